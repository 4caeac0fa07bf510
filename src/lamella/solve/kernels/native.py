"""Generated networks as machine code: compiled once, kept on disk by content, lane width and processor."""

from __future__ import annotations

import dataclasses
import hashlib
import threading
from pathlib import Path

import llvmlite
import llvmlite.binding as llvm
import numpy as np

from lamella.reactions.lower import Lowered
from lamella.solve.kernels import generate, vector_math
from lamella.solve.kernels.lanes import LANES
from lamella.solve.rosenbrock import Method
from lamella.store import cache_folder, replacing

_LOCK = threading.Lock()
_LOADED: dict[str, Native] = {}
_MOST_LOADED = 64
"""Networks whose machine code stays in memory though nothing uses it any more; the last used are kept."""
_DIGEST = 32


@dataclasses.dataclass(frozen=True)
class Native:
    """Machine code of one network: `addresses` in the order of `generate.functions`; the engine keeps it alive."""

    addresses: np.ndarray
    engine: object


def network_key(net: Lowered, method: Method) -> str:
    """Digest of everything that the machine code depends on."""
    digest = hashlib.blake2b(digest_size=20)
    versions = (llvmlite.__version__, LANES, llvm.get_process_triple(), llvm.get_host_cpu_name())
    digest.update(repr((versions, llvm.get_host_cpu_features().flatten())).encode())
    for module in (generate, vector_math):
        digest.update(Path(str(module.__file__)).read_bytes())
    for array in (*_arrays(net), method.a, method.c):
        digest.update(repr((array.dtype.str, array.shape)).encode())
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


def _arrays(net: Lowered) -> list[np.ndarray]:
    parts = (net.rates, net.jacobian, net.balance, net.matrix, net.drift, net.factorisation)
    return [getattr(part, field.name) for part in parts for field in dataclasses.fields(part)]


def is_cached(net: Lowered, method: Method) -> bool:
    """Whether machine code for a network can be had without compiling."""
    key = network_key(net, method)
    return key in _LOADED or (cache_folder() / f"{key}.o").is_file()


def native(net: Lowered, method: Method) -> Native:
    """Machine code of a network, from memory, from disk, or compiled now."""
    key = network_key(net, method)
    with _LOCK:
        found = _LOADED.pop(key, None)
        if found is None:
            path = cache_folder() / f"{key}.o"
            data = _read(path)
            if data is None:
                data = _compile(generate.source(net, method))
                _write(path, data)
            found = _load(data, method)
        _LOADED[key] = found
        if len(_LOADED) > _MOST_LOADED:
            del _LOADED[next(iter(_LOADED))]
        return found


def _read(path: Path) -> bytes | None:
    """Object code from disk; None if there is none, or if it is not what was written."""
    try:
        raw = path.read_bytes()
    except OSError:
        return None
    data = raw[_DIGEST:]
    return data if hashlib.blake2b(data, digest_size=_DIGEST).digest() == raw[:_DIGEST] else None


def _write(path: Path, data: bytes) -> None:
    """Keep object code; a folder that cannot be written is no obstacle."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as temporary:
            temporary.write_bytes(hashlib.blake2b(data, digest_size=_DIGEST).digest() + data)
    except OSError:
        return


def _machine() -> llvm.TargetMachine:
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    return llvm.Target.from_triple(llvm.get_process_triple()).create_target_machine(
        cpu=llvm.get_host_cpu_name(), features=llvm.get_host_cpu_features().flatten(), opt=2, jit=True
    )


def _compile(text: str) -> bytes:
    """Object code of LLVM text."""
    machine = _machine()
    module = llvm.parse_assembly(text)
    module.verify()
    options = llvm.create_pipeline_tuning_options(speed_level=1)
    options.loop_vectorization = options.slp_vectorization = False
    passes = llvm.create_pass_builder(machine, options)
    passes.getModulePassManager().run(module, passes)
    return machine.emit_object(module)


def _load(data: bytes, method: Method) -> Native:
    machine = _machine()
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), machine)
    engine.add_object_file(llvm.ObjectFileRef.from_data(data))
    engine.finalize_object()
    addresses = [engine.get_function_address(f"lamella_{name}") for name in generate.functions(method)]
    return Native(np.array(addresses, dtype=np.int64), engine)
