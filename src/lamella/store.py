"""What goes to disk, whole or not at all.

Every write lands under a temporary name beside its target, is flushed to the
disk and then renamed, so that a run killed at any moment leaves finished files
and leftovers with a telling name, never half a result.
"""

from __future__ import annotations

import json
import math
import os
import shutil
import tempfile
import threading
import warnings
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from lamella.errors import InputError

UNFINISHED = ".unfinished-"
"""Start of the name of everything that is being written."""

MARK = "run.toml"
"""The file that tells a run's folder from any other folder."""


def cache_folder() -> Path:
    """Where what can be made again is kept between runs: LAMELLA_CACHE_DIR, or the user's cache folder."""
    given = os.environ.get("LAMELLA_CACHE_DIR")
    if given:
        return Path(given)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "lamella" / "networks"


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Lend a temporary path beside `path`; when the block ends well, what stands there replaces `path`.

    The block may create a file or a folder. When it raises, nothing changes.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    room = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=path.parent))
    try:
        lent = room / path.name
        yield lent
        _flush(lent)
        if path.is_dir():
            os.rename(path, room / "former")
        os.replace(lent, path)
        _flush_folder(path.parent)
    finally:
        shutil.rmtree(room, ignore_errors=True)


def write_text(path: Path, text: str) -> None:
    """UTF-8 text with the line ends as given."""
    with replacing(path) as lent:
        lent.write_bytes(text.encode())


def write_json(path: Path, value: object) -> None:
    write_text(path, json_text(value))


def json_text(value: object) -> str:
    """JSON that every reader accepts: numbers that are not finite become null."""
    return json.dumps(_plain(value), indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def write_parquet(path: Path, table: pd.DataFrame) -> None:
    with replacing(path) as lent:
        table.to_parquet(lent, engine="pyarrow", index=False, compression="zstd")


def write_parquet_parts(path: Path, parts: Iterable[pd.DataFrame]) -> None:
    """One file from tables with the same columns, one in memory at a time."""
    import pyarrow as pa
    from pyarrow import parquet

    with replacing(path) as lent, ExitStack() as open_files:
        writer = None
        for part in parts:
            table = pa.Table.from_pandas(part, preserve_index=False)
            if writer is None:
                writer = open_files.enter_context(parquet.ParquetWriter(lent, table.schema, compression="zstd"))
            writer.write_table(table)


def write_zarr(path: Path, dataset: xr.Dataset) -> None:
    """A Dataset as a Zarr v3 folder. Text is stored as variable-length UTF-8, which other Zarr readers know."""
    named = dataset.copy().assign_attrs(_plain(dataset.attrs))
    for name, array in dataset.variables.items():
        values = array.values.astype(object) if array.dtype.kind == "U" else array.values
        named[name] = (array.dims, values, _plain(array.attrs))
    with replacing(path) as lent, warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*Zarr V3 specification.*")
        named.to_zarr(lent, mode="w", zarr_format=3, consolidated=False)


class Units:
    """Finished pieces of a run, one file each, named by the hash of all that they depend on."""

    def __init__(self, folder: Path):
        self.folder = Path(folder)

    def __contains__(self, key: str) -> bool:
        return self._path(key).is_file()

    def write(self, key: str, dataset: xr.Dataset, *, compress: bool = True) -> None:
        """Keep `dataset` under `key`; `compress` where room matters more than time."""
        arrays, header = {}, {"dims": {}, "coords": list(dataset.coords), "attrs": {}, "dataset": dataset.attrs}
        for number, (name, array) in enumerate(dataset.variables.items()):
            values = np.asarray(array.values)
            arrays[f"v{number}"] = values.astype(str) if values.dtype.kind == "O" else values
            header["dims"][str(name)] = list(array.dims)
            header["attrs"][str(name)] = array.attrs
        with replacing(self._path(key)) as lent:
            save = np.savez_compressed if compress else np.savez
            save(lent, header=np.array(json_text(header)), **arrays)

    def read(self, key: str) -> xr.Dataset | None:
        """The piece under `key`; None where there is none or the disk has spoilt it."""
        try:
            with np.load(self._path(key), allow_pickle=False) as file:
                header = json.loads(str(file["header"]))
                variables = {name: (dims, file[f"v{number}"], header["attrs"][name])
                             for number, (name, dims) in enumerate(header["dims"].items())}
        except Exception:  # a damaged piece is computed again, whatever is wrong with it
            return None
        return xr.Dataset(variables, attrs=header["dataset"]).set_coords(header["coords"])

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}.npz"


class Folder:
    """The output folder of one run, claimed before anything is computed."""

    def __init__(self, path: Path):
        self.path = Path(path)
        self._made: list[Path] = []

    def check(self, identity: str) -> None:
        """Refuse a folder that cannot be written or that holds something else. Writes nothing.

        identity   line that stands in the `run.toml` of the same run and of no other
        raises     InputError
        """
        where = str(self.path)
        try:
            if self.path.exists():
                self._check_contents(identity)
            else:
                nearest = next(parent for parent in self.path.absolute().parents if parent.exists())
                if not nearest.is_dir():
                    raise InputError("the output folder cannot be made", where=where,
                                     why=f"'{nearest}' is a file.", remedy="Choose another folder with --out DIR.")
                _try_write(nearest)
        except OSError as error:
            raise InputError("the output folder cannot be written", where=where,
                             why=f"{error.strerror or error}.",
                             remedy="Choose a folder that you may write to with --out DIR.") from None

    def claim(self, identity: str, text: str) -> None:
        """Check the folder, make it and leave `text` in it as its `run.toml`."""
        self.check(identity)
        whole = self.path.absolute()
        self._made = [folder for folder in (whole, *whole.parents) if not folder.exists()]
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            for leftover in self.path.rglob(f"{UNFINISHED}*"):
                shutil.rmtree(leftover, ignore_errors=True)
            write_text(self.path / MARK, text)
        except OSError as error:
            raise InputError("the output folder cannot be written", where=str(self.path),
                             why=f"{error.strerror or error}.",
                             remedy="Choose a folder that you may write to with --out DIR.") from None

    def leave(self) -> None:
        """Undo `claim`, unless something was finished in the folder since or before."""
        if {entry.name for entry in self.path.iterdir()} != {MARK}:
            return
        (self.path / MARK).unlink()
        for folder in self._made:
            if any(folder.iterdir()):
                break
            folder.rmdir()

    def _check_contents(self, identity: str) -> None:
        where = str(self.path)
        if not self.path.is_dir():
            raise InputError("the output folder is a file", where=where, remedy="Choose another name with --out DIR.")
        found = [entry.name for entry in self.path.iterdir() if not entry.name.startswith(UNFINISHED)]
        _try_write(self.path)
        if not found or self._holds(identity):
            return
        if MARK in found:
            raise InputError("the output folder holds another run", where=where,
                             why="Its run.toml describes a different experiment.",
                             remedy="Choose another folder with --out DIR, or remove this one.")
        raise InputError("the output folder holds other files", where=where,
                         why="A run is only written into a new or an empty folder.",
                         remedy="Choose another folder with --out DIR.")

    def _holds(self, identity: str) -> bool:
        mark = self.path / MARK
        return mark.is_file() and identity in mark.read_text(encoding="utf-8", errors="replace").splitlines()


def _try_write(folder: Path) -> None:
    """Raise OSError unless a file can be made in `folder` (permission bits alone do not tell)."""
    with tempfile.TemporaryFile(dir=folder, prefix=f"{UNFINISHED}{threading.get_ident()}-") as file:
        file.write(b"0")


def _flush(path: Path) -> None:
    """Push a file, or every file of a folder, to the disk."""
    if path.is_dir():
        for folder, _, names in os.walk(path):
            for name in names:
                _flush(Path(folder) / name)
            _flush_folder(Path(folder))
        return
    with open(path, "rb+") as file:
        os.fsync(file.fileno())


def _flush_folder(path: Path) -> None:
    if os.name != "posix":  # elsewhere a folder cannot be opened
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _plain(value: Any) -> Any:
    """Dictionaries, lists, text, finite numbers and null."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [_plain(item) for item in value]
    if isinstance(value, np.generic):
        return _plain(value.item())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
