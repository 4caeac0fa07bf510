"""Changes that make Antimony texts hostile."""

from __future__ import annotations

import random
import re

BASE = """
// a bit of everything
function mm(S, V, K)
  V*S/(K + S)
end
model part(x)
  x = 2; inner = 1; use: x -> ; inner*x
end
model *whole()
  compartment cell = 1.5, nucleus = 0.2
  substanceOnly species A in cell = 10, B in cell = 0; species C in nucleus = 3; const species F in cell = 1
  unit minute = 60 second; unit time_unit = minute
  k1 = 0.3 per_minute; unit per_minute = 1/(60 second); V = 2; K = 5; n = 2.2
  p1: part(A)
  convert: A -> B; k1*A*F - 0.1*B; sat: B => 2 C; mm(B, V, K)*(1 + C^n/(1 + C^n))
  total := A + B + C*nucleus
  w = 1; w' = 0.1*w*(1 - w/10); start = 4; B = start/2
  at (time > 2 && A < 8): A = A + 5, w = 1
  at 0.5 after total > 12, priority=2, persistent=false: B = piecewise(1, B > 3, B)
  A identity "http://identifiers.org/uniprot/P00533"
  p1.inner = 0.4
end
"""
NUMBERS = ("0", "-1", "1e308", "-1e308", "1e-320", "NaN", "inf", "1e999", "0x10", "--1", "9" * 400, "1e", ".")
WORDS = ("model", "end", "species", "compartment", "at", "function", "import", "is", "delete", "unit", "const", "var",
         "->", "=>", ":=", "'", ";", "(", ")", ",", "piecewise", "time", "$", "has", "\"", "//", "/*", "*/", "@",
         "maximize", "extent_conversion_factor", "{", "}", "after", "priority", "~", "SBO", "^", "\\", "\x01", "é",
         "factorial")
PLACES = ("import \"/dev/zero\"\n", "import \"/etc/passwd\"\n", "import \"model.ant\"\n", "import \".\"\n",
          "import \"http://example.org/x.xml\"\n")


def mutate_antimony(text: str, rng: random.Random) -> str:
    """One to three changes of structure, names or numbers."""
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        text = rng.choice(MUTATIONS)(text, rng)
    return text


def _replaced(text: str, place: re.Match, new: str) -> str:
    return text[: place.start()] + new + text[place.end() :]


def _number(text: str, rng: random.Random) -> str:
    places = list(re.finditer(r"(?<![\w.])\d+(?:\.\d+)?(?:[eE][-+]?\d+)?", text))
    return _replaced(text, rng.choice(places), rng.choice(NUMBERS)) if places else text


def _name(text: str, rng: random.Random) -> str:
    places = list(re.finditer(r"[A-Za-z_]\w*", text))
    return _replaced(text, rng.choice(places), rng.choice(places).group()) if places else text


def _word(text: str, rng: random.Random) -> str:
    at = rng.randrange(len(text) + 1)
    return text[:at] + f" {rng.choice(WORDS)} " + text[at:]


def _cut(text: str, rng: random.Random) -> str:
    start = rng.randrange(max(len(text), 1))
    return text[:start] + text[start + rng.randint(1, 80) :]


def _repeat(text: str, rng: random.Random) -> str:
    lines = text.splitlines(keepends=True) or [text]
    at = rng.randrange(len(lines))
    lines.insert(rng.randrange(len(lines) + 1), lines[at] * rng.choice((1, 2, 300)))
    return "".join(lines)


def _nest(text: str, rng: random.Random) -> str:
    places = list(re.finditer(r"(?<=[*+;] )[A-Za-z_]\w*|(?<=\*)[A-Za-z_]\w*", text))
    if not places:
        return text
    place, depth = rng.choice(places), rng.choice((10, 200, 3000, 100_000))
    opening = rng.choice(("(", "sin(", "-(", "2*("))
    return _replaced(text, place, opening * depth + place.group() + ")" * depth)


def _chain(text: str, rng: random.Random) -> str:
    count = rng.choice((5, 500, 5000))
    rules = "".join(f"  z{k} := z{k + 1} + 1;\n" for k in range(count))
    end = f"  z{count} := z0" if rng.random() < 0.5 else f"  z{count} = 1"
    return re.sub(r"\nend\s*$", lambda _: f"\n{rules}{end}\nend\n", text)


def _self(text: str, rng: random.Random) -> str:
    return rng.choice((
        "model a()\n x: a()\nend\n", "model a()\n x: b()\nend\nmodel b()\n y: a()\nend\n",
        "function f(x)\n f(x) + 1\nend\nmodel m\n y := f(2)\nend\n",
        "function f(x)\n g(x)\nend\nfunction g(x)\n f(x)\nend\nmodel m\n y := f(2)\nend\n",
        "model m\n x := y; y := x\nend\n", "model m\n x = y; y = x\nend\n",
        "model m\n n = 1; at n > 0: n = -1; at n < 0: n = 1\nend\n",
        "model m\n S = 1; R: S -> " + "1e300 " + "S; S\nend\n",
        "".join(f"model m{k}()\n a: m{k + 1}(); b: m{k + 1}()\nend\n" for k in range(rng.choice((6, 14, 25))))
        + "model m25()\n x = 1\nend\n",
    ))  # fmt: skip


def _import(text: str, rng: random.Random) -> str:
    return rng.choice(PLACES) + text


def _operator(text: str, rng: random.Random) -> str:
    places = list(re.finditer(r" ?[-+*/^<>] ?", text))
    new = rng.choice(("+", "-", "*", "/", "^", "<", ">=", "==", "&&", "%", "^-", "/0*", "*1e300*"))
    return _replaced(text, rng.choice(places), new) if places else text


def _swap(text: str, rng: random.Random) -> str:
    """Move a statement somewhere else."""
    parts = re.split(r"([;\n])", text)
    i, j = rng.randrange(len(parts)), rng.randrange(len(parts))
    parts[i], parts[j] = parts[j], parts[i]
    return "".join(parts)


def _crowd(text: str, rng: random.Random) -> str:
    """Many new things."""
    count = rng.choice((50, 300, 2000, 8000))
    new = rng.choice((
        "".join(f"  s{k} = 1; r{k}: s{k} -> s{k + 1}; k1*s{k};\n" for k in range(count)),
        "".join(f"  q{k} = {k};\n" for k in range(count)),
        "  z = " + " + ".join(["k1"] * count) + ";\n",
        "".join(f"  at k1 > {k}: w = {k};\n" for k in range(min(count, 500))),
        "".join(f"  at w > {k}: w = {k + 1};\n" for k in range(min(count, 500))),
        f"  tick = 0; tick' = 1e{rng.choice((2, 4, 7))}; at tick > 1: tick = 0;\n",
        "".join(f"  at sin(1e{rng.choice((3, 6, 9))}*time) > 0.{k % 9}: w = {k};\n" for k in range(min(count, 5))),
        "".join(f"  part{k}: part(A);\n" for k in range(min(count, 300))),
    ))  # fmt: skip
    return re.sub(r"\nend\s*$", lambda _: f"\n{new}\nend\n", text)


def _binary(text: str, rng: random.Random) -> str:
    at = rng.randrange(len(text) + 1)
    return text[:at] + "".join(chr(rng.choice((0, 1, 7, 27, 127, 255, 0x2028, 0xFFFF))) for _ in range(9)) + text[at:]


MUTATIONS = (
    *[_number] * 6, *[_name] * 6, *[_word] * 6, *[_repeat] * 3, *[_cut] * 3,
    *[_operator] * 6, *[_swap] * 3, _nest, _crowd, _chain, _self, _import, _binary,
)  # fmt: skip
