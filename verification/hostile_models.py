"""Mutated SBML and Antimony files: each must simulate or end in one clear error, soon.

    python -m verification.hostile_models [--count 3000] [--seed 1] [FILE ...]

Half of the files are SBML, half Antimony, unless files are named. Every one takes the way that `lamella simulate`
goes, in a worker with a limit of time and memory, so that a crash, a hang or a flood is seen and counted:

- an answer within 10 s: time courses, a cell that failed with its reason, or an error of lamella with text
- at most 1 GB: the data of the worker are limited to that (the interpreter and the compiled kernels included), and
  what the worker and the process that reads Antimony have held at most is read from the system. The mark of the worker
  is never taken back, so a file after which it is too high is tried again in a new worker, which has had no other

Files that fail are printed with their number; the run ends with exit code 1 if there is one.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

from lamella.errors import LamellaError
from lamella.networks import from_sbml
from lamella.solve import simulate
from verification import hostile_antimony, hostile_sbml
from verification.memory import Readers, most_held
from verification.worker import Worker

SECONDS, BYTES = 10.0, 1 << 30
PUBLISHED = Path(__file__).parents[1] / "bench" / "models" / "BIOMD0000000019.xml"
ANSWERS = ("simulated", "failed", "refused")


def originals() -> list[tuple[str, str]]:
    """(suffix, text) of the models to begin with, SBML and Antimony equally many."""
    published = PUBLISHED.read_text()
    sbml = [hostile_sbml.BASE, hostile_sbml.COMPOSED, published]
    antimony = [hostile_antimony.BASE, hostile_antimony.BASE, from_sbml(published)]
    return [(".xml", text) for text in sbml] + [(".ant", text) for text in antimony]


def hostile_file(seed: object, models: list[tuple[str, str]]) -> tuple[str, bytes]:
    """Suffix and content of one hostile file."""
    rng = random.Random(str(seed))
    suffix, text = rng.choice(models)
    mutate = hostile_antimony.mutate_antimony if suffix == ".ant" else hostile_sbml.mutate_sbml
    return suffix, encoded(mutate(text, rng), rng)


def encoded(text: str, rng: random.Random) -> bytes:
    """A text as bytes; now and then in an encoding that nobody expects, or with noise in it."""
    plain = text.encode("utf-8", "surrogatepass")
    kind = rng.randrange(40)
    if kind == 0:
        return b"\xef\xbb\xbf" + plain
    if kind == 1:
        return text.encode(rng.choice(("utf-16", "utf-16-le", "utf-32", "utf-7")), "replace")
    if kind == 2:
        at = rng.randrange(len(plain) + 1)
        return plain[:at] + rng.randbytes(rng.choice((1, 50, 5000))) + plain[at:]
    if kind == 3:
        return rng.choice((b"", b"\n", b"\x00", rng.randbytes(3000), plain[: rng.randrange(200)]))
    return plain


def attempt(suffix: str, content: bytes) -> str:
    """What becomes of a file: 'simulated', 'failed' (a status) or 'refused'. Anything else propagates."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"model{suffix}"
        path.write_bytes(content)
        try:
            result = simulate(path, 10.0)
        except LamellaError as error:
            return "refused" if str(error).strip() else "refused without a word"
    status, reason = int(result["status"].values[0]), str(result["reason"].values[0])
    return "simulated" if status == 0 else "failed" if reason else "failed without a word"


def measured_attempt(suffix: str, content: bytes) -> str:
    """`attempt`, with what this process and the readers that it started have held at most, if that is too much."""
    with Readers() as readers:
        answer = attempt(suffix, content)
    held = most_held("self") + readers.most
    return f"{answer}, with {held >> 20} MB" if held > BYTES else answer


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("files", nargs="*", type=Path, help="files to mutate")
    parser.add_argument("--count", type=int, default=3000)
    parser.add_argument("--first", type=int, default=0, help="number of the first file")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="folder for the files that fail")
    options = parser.parse_args()
    models = [(path.suffix, path.read_text()) for path in options.files] or originals()
    worker = Worker(measured_attempt, SECONDS, BYTES)
    worker.call(".xml", hostile_sbml.BASE.encode())  # so that the kernels are compiled before time counts
    counts: dict[str, int] = {}
    slowest = 0.0
    for k in range(options.first, options.first + options.count):
        suffix, content = hostile_file(f"{options.seed}/{k}", models)
        begun = time.monotonic()
        outcome = worker.call(suffix, content)[1]
        slowest = max(slowest, time.monotonic() - begun)
        if outcome.endswith(" MB"):
            worker.replace()
            outcome = worker.call(suffix, content)[1]
        kind = outcome if outcome in ANSWERS else "bad"
        counts[f"{suffix[1:]} {kind}"] = counts.get(f"{suffix[1:]} {kind}", 0) + 1
        if kind == "bad":
            worker.replace()
            print(f"file {k} ({suffix}): {outcome}", flush=True)
            if options.keep:
                options.keep.mkdir(parents=True, exist_ok=True)
                (options.keep / f"{k}{suffix}").write_bytes(content)
    worker.close()
    print(dict(sorted(counts.items())), f"slowest {slowest:.1f} s")
    return 1 if any(key.endswith("bad") for key in counts) else 0


if __name__ == "__main__":
    sys.exit(main())
