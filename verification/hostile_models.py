"""Mutated SBML and Antimony texts: each must simulate or end in one clear error, soon.

    python -m verification.hostile_models [--count 3000] [--seed 1] [FILE ...]

Every text runs in a worker with a limit of time and memory, so that a crash or a hang of the reader is seen and
counted. Half of the texts are SBML, half Antimony, unless files are named.
Texts that fail are printed with their seed; the run ends with exit code 1 if there is one.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import re
import resource
import sys
import time
from pathlib import Path

from lamella.errors import LamellaError
from lamella.networks import from_sbml, to_sbml_guarded
from lamella.reactions import compile_program, read_sbml
from lamella.solve import Population
from verification.hostile_antimony import BASE, mutate_antimony

SECONDS, BYTES = 10.0, 1 << 30
NUMBERS = ("0", "-1", "1e308", "-1e308", "1e-320", "NaN", "INF", "1e999", "0x10", "", "--1", "9" * 400)
DEFAULT = Path(__file__).parents[1] / "bench" / "models" / "BIOMD0000000019.xml"


def mutate(text: str, rng: random.Random) -> str:
    """One or two changes of structure, names or numbers."""
    if not text.lstrip().startswith("<"):
        return mutate_antimony(text, rng)
    for _ in range(rng.randint(1, 2)):
        text = rng.choice(MUTATIONS)(text, rng)
    return text


def _number(text: str, rng: random.Random) -> str:
    places = list(re.finditer(r'(?<=["> ])-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?(?=["< ])', text))
    return _replaced(text, rng.choice(places), rng.choice(NUMBERS)) if places else text


def _name(text: str, rng: random.Random) -> str:
    places = list(re.finditer(r'(?<=")[A-Za-z_]\w*(?=")|(?<=<ci> )\w+', text))
    return _replaced(text, rng.choice(places), rng.choice(places).group()) if places else text


def _tag(text: str, rng: random.Random) -> str:
    places = list(re.finditer(r"(?<=<)/?\w+", text))
    return _replaced(text, rng.choice(places), rng.choice(places).group()) if places else text


def _cut(text: str, rng: random.Random) -> str:
    start = rng.randrange(max(len(text), 1))
    return text[:start] + text[start + rng.randint(1, 200) :]


def _repeat(text: str, rng: random.Random) -> str:
    elements = list(re.finditer(r"<(\w+)[^>]*/>|<(math|reaction|species|parameter)\b.*?</\2>", text, re.DOTALL))
    if not elements:
        return text
    chosen, place = rng.choice(elements), rng.choice(elements)
    return text[: place.start()] + chosen.group() * rng.choice((1, 2, 50)) + text[place.start() :]


def _operator(text: str, rng: random.Random) -> str:
    places = list(re.finditer(r"<(times|plus|divide|minus|power|exp|ln|lt|gt|and)\s*/>", text))
    names = ("times", "divide", "power", "root", "ln", "factorial", "and", "eq", "piecewise", "lambda", "nonsense")
    return _replaced(text, rng.choice(places), f"<{rng.choice(names)}/>") if places else text


def _nest(text: str, rng: random.Random) -> str:
    places = list(re.finditer(r"<ci>[^<]*</ci>", text))
    if not places:
        return text
    place, depth = rng.choice(places), rng.choice((10, 300, 900, 5000))
    return _replaced(text, place, "<apply><exp/>" * depth + place.group() + "</apply>" * depth)


def _bomb(text: str, rng: random.Random) -> str:
    declarations = "".join(f'<!ENTITY e{k} "{("&e" + str(k - 1) + ";") * 10}">' for k in range(1, 10))
    return text.replace("<sbml", f'<!DOCTYPE sbml [<!ENTITY e0 "ha">{declarations}]><sbml', 1)


def _replaced(text: str, place: re.Match, new: str) -> str:
    return text[: place.start()] + new + text[place.end() :]


# those that leave XML whole come more often: they get further
MUTATIONS = (*[_number] * 6, *[_name] * 6, *[_operator] * 6, *[_repeat] * 3, _tag, _cut, _nest, _bomb)


def attempt(text: str) -> str:
    """What becomes of a text: 'simulated', 'failed' (a status) or 'refused'. Anything else propagates."""
    try:
        sbml = text if text.lstrip().startswith("<") else to_sbml_guarded(text)
        program = compile_program(read_sbml(sbml))
        population = Population(program, program.defaults[None], execution="tape", most_steps=2000)
        return "simulated" if population.advance(10.0)[0] == 0 else "failed"
    except LamellaError as error:
        return "refused" if str(error).strip() else "refused without a word"


def _work(requests, answers) -> None:
    resource.setrlimit(resource.RLIMIT_DATA, (BYTES, BYTES))
    while True:
        try:
            text = requests.recv()
        except EOFError:
            return
        try:
            answers.send(attempt(text))
        except BaseException as error:
            answers.send(f"crashed: {type(error).__name__}: {error}")


class Worker:
    """A process that tries texts, and is replaced when it dies or hangs."""

    def __init__(self) -> None:
        self._start()

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        there, self.requests = context.Pipe(False)
        self.answers, back = context.Pipe(False)
        self.process = context.Process(target=_work, args=(there, back), daemon=True)
        self.process.start()
        there.close()
        back.close()
        self.fresh = True

    def try_text(self, text: str) -> str:
        self.requests.send(text)
        patience = SECONDS + (120.0 if self.fresh else 0.0)  # the first text waits for imports and kernels
        self.fresh = False
        begun = time.monotonic()
        while time.monotonic() - begun < patience:
            try:
                if self.answers.poll(0.05):
                    return self.answers.recv()
            except EOFError:
                self.process.join()
                code = self.process.exitcode
                self._start()
                return f"the process died ({code})"
        self.process.kill()
        self._start()
        return f"no answer within {SECONDS:g} s"


def originals() -> list[str]:
    """SBML and Antimony to begin with, equally many."""
    sbml = DEFAULT.read_text()
    return [sbml, from_sbml(sbml), to_sbml_guarded(BASE), BASE]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="*", type=Path, help="texts to mutate")
    parser.add_argument("--count", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    texts = [path.read_text() for path in options.files] or originals()
    worker = Worker()
    counts: dict[str, int] = {}
    bad = 0
    for k in range(options.count):
        rng = random.Random(f"{options.seed}/{k}")
        outcome = worker.try_text(mutate(rng.choice(texts), rng))
        kind = outcome if outcome in ("simulated", "failed", "refused") else "bad"
        counts[kind] = counts.get(kind, 0) + 1
        if kind == "bad":
            bad += 1
            print(f"text {k}: {outcome}", flush=True)
    print(counts)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
