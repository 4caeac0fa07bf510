"""Changes that make SBML texts hostile."""

from __future__ import annotations

import random
import re

_MATH = 'xmlns="http://www.w3.org/1998/Math/MathML"'


def _math(content: str) -> str:
    return f"<math {_MATH}>{content}</math>"


def _apply(operation: str, *arguments: str) -> str:
    return f"<apply><{operation}/>{''.join(arguments)}</apply>"


def _ci(name: str) -> str:
    return f"<ci> {name} </ci>"


_SYMBOL = '<csymbol encoding="text" definitionURL="http://www.sbml.org/sbml/symbols/{0}"> {0} </csymbol>'
_TIME = _SYMBOL.format("time")

BASE = f"""<?xml version="1.0" encoding="UTF-8"?>
<sbml xmlns="http://www.sbml.org/sbml/level3/version2/core" level="3" version="2">
<model id="everything" substanceUnits="mole" timeUnits="second" extentUnits="mole" conversionFactor="cf">
<listOfFunctionDefinitions>
<functionDefinition id="mm">{_math('<lambda><bvar><ci> x </ci></bvar><bvar><ci> y </ci></bvar>'
 + _apply("divide", _apply("times", _ci("x"), _ci("y")), _apply("plus", "<cn> 1 </cn>", _ci("x"))) + '</lambda>')}
</functionDefinition>
<functionDefinition id="twice">{_math('<lambda><bvar><ci> x </ci></bvar><apply><ci> mm </ci><ci> x </ci>'
 '<cn> 2 </cn></apply></lambda>')}</functionDefinition>
</listOfFunctionDefinitions>
<listOfCompartments><compartment id="c" spatialDimensions="3" size="2" constant="true"/>
<compartment id="v" spatialDimensions="3" size="1.5" constant="false"/>
<compartment id="point" spatialDimensions="0" constant="true"/></listOfCompartments>
<listOfSpecies>
<species id="A" compartment="c" initialAmount="6" hasOnlySubstanceUnits="false" boundaryCondition="false"
 constant="false"/>
<species id="B" compartment="v" initialConcentration="1" hasOnlySubstanceUnits="false" boundaryCondition="false"
 constant="false" conversionFactor="cf"/>
<species id="C" compartment="c" initialAmount="2" hasOnlySubstanceUnits="true" boundaryCondition="true"
 constant="false"/>
<species id="D" compartment="point" initialAmount="1" hasOnlySubstanceUnits="true" boundaryCondition="false"
 constant="false"/>
</listOfSpecies>
<listOfParameters><parameter id="k" value="0.5" constant="true"/><parameter id="cf" value="1.2" constant="true"/>
<parameter id="x" constant="false"/><parameter id="y" value="1" constant="false"/>
<parameter id="w" value="1e-3" constant="false"/><parameter id="a1" constant="false"/>
<parameter id="a2" constant="false"/></listOfParameters>
<listOfInitialAssignments><initialAssignment symbol="w">{_math(_apply("power", _ci("k"), "<cn> 2 </cn>"))}
</initialAssignment></listOfInitialAssignments>
<listOfRules>
<assignmentRule variable="x">{_math("<piecewise><piece>" + _ci("A") + _apply("gt", _ci("A"), "<cn> 1 </cn>")
 + "</piece><otherwise>" + _apply("exp", _ci("B")) + "</otherwise></piecewise>")}</assignmentRule>
<rateRule variable="y">{_math(_apply("sin", _TIME))}</rateRule>
<rateRule variable="v">{_math(_apply("times", "<cn> 0.1 </cn>", _ci("v")))}</rateRule>
<algebraicRule>{_math(_apply("minus", _apply("plus", _ci("a1"), _ci("a2")), _ci("A")))}</algebraicRule>
<algebraicRule>{_math(_apply("minus", _ci("a1"), _ci("a2"), ))}</algebraicRule>
</listOfRules>
<listOfReactions>
<reaction id="R1" reversible="false"><listOfReactants><speciesReference species="A" stoichiometry="1" constant="true"/>
</listOfReactants><listOfProducts><speciesReference id="n" species="B" stoichiometry="2" constant="false"/>
</listOfProducts><kineticLaw>{_math(_apply("times", _ci("local"), _ci("A"), _ci("c")))}
<listOfLocalParameters><localParameter id="local" value="0.3"/></listOfLocalParameters></kineticLaw></reaction>
<reaction id="R2" reversible="true"><listOfReactants><speciesReference species="B" stoichiometry="1" constant="true"/>
</listOfReactants><listOfProducts><speciesReference species="D" stoichiometry="1.5" constant="true"/></listOfProducts>
<listOfModifiers><modifierSpeciesReference species="C"/></listOfModifiers>
<kineticLaw>{_math('<apply><ci> twice </ci>' + _apply("times", _ci("k"), _ci("B"), _ci("C")) + "</apply>")}
</kineticLaw></reaction>
</listOfReactions>
<listOfEvents>
<event id="E1" useValuesFromTriggerTime="true"><trigger initialValue="false" persistent="false">
{_math(_apply("and", _apply("gt", _TIME, "<cn> 2 </cn>"), _apply("lt", _ci("A"), "<cn> 5 </cn>")))}</trigger>
<priority>{_math("<cn> 3 </cn>")}</priority><delay>{_math("<cn> 0.5 </cn>")}</delay>
<listOfEventAssignments><eventAssignment variable="A">{_math(_apply("plus", _ci("A"), "<cn> 4 </cn>"))}
</eventAssignment><eventAssignment variable="n">{_math("<cn> 1 </cn>")}</eventAssignment></listOfEventAssignments>
</event>
<event id="E2" useValuesFromTriggerTime="false"><trigger initialValue="true" persistent="true">
{_math(_apply("geq", _TIME, "<cn> 4 </cn>"))}</trigger><listOfEventAssignments>
<eventAssignment variable="v">{_math(_apply("divide", _ci("v"), "<cn> 2 </cn>"))}</eventAssignment>
</listOfEventAssignments></event>
</listOfEvents></model></sbml>"""
"""A model with one of everything."""

_COMP = (
    'xmlns:comp="http://www.sbml.org/sbml/level3/version1/comp/version1" comp:required="true"'
)
COMPOSED = f"""<?xml version="1.0" encoding="UTF-8"?>
<sbml xmlns="http://www.sbml.org/sbml/level3/version1/core" level="3" version="1" {_COMP}>
<comp:listOfModelDefinitions><comp:modelDefinition id="inner"><listOfCompartments><compartment id="c" size="1"
 spatialDimensions="3" constant="true"/></listOfCompartments><listOfSpecies><species id="S" compartment="c"
 initialConcentration="3" hasOnlySubstanceUnits="false" boundaryCondition="false" constant="false"/></listOfSpecies>
<listOfParameters><parameter id="k" value="0.1" constant="true"/></listOfParameters><listOfReactions>
<reaction id="J" reversible="false" fast="false"><listOfReactants><speciesReference species="S" stoichiometry="1"
 constant="true"/></listOfReactants><kineticLaw>{_math(_apply("times", _ci("k"), _ci("S")))}</kineticLaw></reaction>
</listOfReactions><comp:listOfPorts><comp:port comp:id="p" comp:idRef="S"/></comp:listOfPorts></comp:modelDefinition>
<comp:modelDefinition id="middle"><comp:listOfSubmodels><comp:submodel comp:id="m1" comp:modelRef="inner"/>
<comp:submodel comp:id="m2" comp:modelRef="inner"/></comp:listOfSubmodels></comp:modelDefinition>
</comp:listOfModelDefinitions>
<model id="outer"><listOfCompartments><compartment id="c" size="2" spatialDimensions="3" constant="true">
<comp:listOfReplacedElements><comp:replacedElement comp:idRef="c" comp:submodelRef="A"/></comp:listOfReplacedElements>
</compartment></listOfCompartments><listOfParameters><parameter id="k" value="0.7" constant="true">
<comp:listOfReplacedElements><comp:replacedElement comp:idRef="k" comp:submodelRef="A"/></comp:listOfReplacedElements>
</parameter></listOfParameters><comp:listOfSubmodels><comp:submodel comp:id="A" comp:modelRef="inner"/>
<comp:submodel comp:id="B" comp:modelRef="middle"/></comp:listOfSubmodels></model></sbml>"""
"""A hierarchical model."""

NUMBERS = (
    "0", "-1", "1e308", "-1e308", "1e-320", "NaN", "INF", "1e999", "0x10", "", "--1", "9" * 400, "1e9", "2147483648",
)  # fmt: skip
OPERATIONS = (
    "times", "divide", "power", "root", "ln", "factorial", "and", "eq", "piecewise", "lambda", "nonsense", "quotient",
    "rem", "max", "implies", "arccosh", "log", "not", "minus", "semantics",
)  # fmt: skip


def mutate_sbml(text: str, rng: random.Random) -> str:
    """One to three changes of structure, names or numbers."""
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        text = rng.choice(MUTATIONS)(text, rng)
    return text


def _replaced(text: str, place: re.Match, new: str) -> str:
    return text[: place.start()] + new + text[place.end() :]


def _number(text: str, rng: random.Random) -> str:
    places = list(re.finditer(r'(?<=["> ])-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?(?=["< ])', text))
    return _replaced(text, rng.choice(places), rng.choice(NUMBERS)) if places else text


def _name(text: str, rng: random.Random) -> str:
    places = list(re.finditer(r'(?<=")[A-Za-z_]\w*(?=")|(?<=<ci> )\w+', text))
    return _replaced(text, rng.choice(places), rng.choice(places).group()) if places else text


def _tag(text: str, rng: random.Random) -> str:
    places = list(re.finditer(r"(?<=<)/?[\w:]+", text))
    return _replaced(text, rng.choice(places), rng.choice(places).group()) if places else text


def _attribute(text: str, rng: random.Random) -> str:
    places = list(re.finditer(r'\s[\w:]+="[^"]*"', text))
    return _replaced(text, rng.choice(places), rng.choice(("", " " + rng.choice(places).group()))) if places else text


def _cut(text: str, rng: random.Random) -> str:
    start = rng.randrange(max(len(text), 1))
    return text[:start] + text[start + rng.randint(1, 200) :]


def _element(text: str, rng: random.Random) -> str:
    """Take a whole element out, so that the rest is still XML."""
    places = list(re.finditer(r"<(\w+)\b[^>]*/>|<(math|reaction|species|parameter|trigger|event|delay|kineticLaw|"
                              r"assignmentRule|piecewise|apply|otherwise|bvar)\b.*?</\2>", text, re.DOTALL))
    return _replaced(text, rng.choice(places), "") if places else text


def _repeat(text: str, rng: random.Random) -> str:
    elements = list(re.finditer(r"<(\w+)[^>]*/>|<(math|reaction|species|parameter|event)\b.*?</\2>", text, re.DOTALL))
    if not elements:
        return text
    chosen, place = rng.choice(elements), rng.choice(elements)
    return text[: place.start()] + chosen.group() * rng.choice((1, 2, 50)) + text[place.start() :]


def _operator(text: str, rng: random.Random) -> str:
    places = list(re.finditer(r"<(times|plus|divide|minus|power|exp|ln|lt|gt|geq|and|sin)\s*/>", text))
    return _replaced(text, rng.choice(places), f"<{rng.choice(OPERATIONS)}/>") if places else text


def _nest(text: str, rng: random.Random) -> str:
    places = list(re.finditer(r"<ci>[^<]*</ci>", text))
    if not places:
        return text
    place, depth = rng.choice(places), rng.choice((10, 300, 900, 5000, 100_000))
    opening, closing = rng.choice((
        ("<apply><exp/>", "</apply>"), ("<apply><minus/>", "</apply>"), ("<piecewise><otherwise>",
        "</otherwise></piecewise>"), ("<apply><plus/><cn> 1 </cn>", "</apply>"), ("<semantics>", "</semantics>"),
    ))  # fmt: skip
    return _replaced(text, place, opening * depth + place.group() + closing * depth)


def _wide(text: str, rng: random.Random) -> str:
    places = list(re.finditer(r"<ci>[^<]*</ci>", text))
    if not places:
        return text
    place = rng.choice(places)
    operation = rng.choice(("plus", "times", "max", "eq", "xor", "minus", "piecewise"))
    return _replaced(text, place, f"<apply><{operation}/>" + place.group() * rng.choice((0, 40, 20_000)) + "</apply>")


def _bomb(text: str, rng: random.Random) -> str:
    declarations = rng.choice((
        "".join(f'<!ENTITY e{k} "{("&e" + str(k - 1) + ";") * 10}">' for k in range(1, 10)),
        '<!ENTITY e0 SYSTEM "file:///dev/zero">', '<!ENTITY % e0 SYSTEM "http://example.org/x.dtd"> %e0;',
        f'<!ENTITY e0 "{"x" * 1_000_000}">',
    ))  # fmt: skip
    root = re.search(r"<sbml|<\w", text)
    if root is None:
        return text
    found = f"<!DOCTYPE sbml [{declarations}]>"
    return text[: root.start()] + found + text[root.start() :].replace("<cn>", "<cn>&e9;", rng.choice((0, 1)))


def _crowd(text: str, rng: random.Random) -> str:
    """Thousands of new things."""
    count = rng.choice((100, 1000, 3000))
    return rng.choice((_many_parameters, _chained_rules, _many_species, _doubling_functions, _many_events))(text, count)


def _within(text: str, tag: str, content: str) -> str:
    return text.replace(f"</{tag}>", content + f"</{tag}>", 1)


def _many_parameters(text: str, count: int) -> str:
    new = "".join(f'<parameter id="q{k}" value="{k}" constant="false"/>' for k in range(count))
    return _within(text, "listOfParameters", new)


def _chained_rules(text: str, count: int) -> str:
    text = _many_parameters(text, count)
    chain = "".join(f'<assignmentRule variable="q{k}">{_math(_ci(f"q{(k + 1) % count}"))}</assignmentRule>'
                    for k in range(count - count % 2))  # fmt: skip
    return _within(text, "listOfRules", chain)


def _many_species(text: str, count: int) -> str:
    text = _within(text, "listOfSpecies", "".join(
        f'<species id="s{k}" compartment="c" initialAmount="1" hasOnlySubstanceUnits="true" boundaryCondition="false" '
        'constant="false"/>' for k in range(count)))  # fmt: skip
    return _within(text, "listOfReactions", "".join(
        f'<reaction id="r{k}" reversible="false"><listOfReactants><speciesReference species="s{k}" stoichiometry="1" '
        f'constant="true"/></listOfReactants><kineticLaw>{_math(_apply("times", _ci("k"), _ci(f"s{k}")))}</kineticLaw>'
        "</reaction>" for k in range(count)))  # fmt: skip


def _doubling_functions(text: str, count: int) -> str:
    depth = min(count, 40)
    call = lambda k: f"<apply><ci> d{k} </ci><ci> x </ci></apply>"
    body = lambda k: _apply("plus", call(k - 1), call(k - 1)) if k else _ci("x")
    lambdas = "".join(
        f'<functionDefinition id="d{k}">{_math(f"<lambda><bvar><ci> x </ci></bvar>{body(k)}</lambda>")}'
        "</functionDefinition>" for k in range(depth)
    )  # fmt: skip
    text = _within(text, "listOfFunctionDefinitions", lambdas)
    return text.replace("<cn> 2 </cn>", f"<apply><ci> d{depth - 1} </ci><cn> 2 </cn></apply>", 2)


def _many_events(text: str, count: int) -> str:
    flip = lambda k: (
        f'<event id="f{k}" useValuesFromTriggerTime="true"><trigger initialValue="false" persistent="true">'
        + _math(_apply("lt" if k % 2 else "gt", _ci("w"), "<cn> 0 </cn>"))
        + "</trigger><listOfEventAssignments>"
        f'<eventAssignment variable="w">{_math(f"<cn> {1 if k % 2 else -1} </cn>")}</eventAssignment>'
        "</listOfEventAssignments></event>"
    )
    return _within(text, "listOfEvents", "".join(flip(k) for k in range(min(count, 300))))


def _often(text: str, rng: random.Random) -> str:
    """A trigger that flips millions of times."""
    fast = _apply("gt", _apply("sin", _apply("times", f"<cn> {rng.choice(('1e3', '1e6', '1e9'))} </cn>", _TIME)),
                  "<cn> 0 </cn>")  # fmt: skip
    return text.replace(_apply("geq", _TIME, "<cn> 4 </cn>"), fast)


def _circle(text: str, rng: random.Random) -> str:
    """Something that needs itself."""
    return rng.choice((
        lambda t: t.replace('comp:modelRef="inner"', 'comp:modelRef="middle"'),
        lambda t: t.replace('comp:modelRef="middle"', 'comp:modelRef="outer"'),
        lambda t: t.replace("<ci> mm </ci>", "<ci> twice </ci>", 1),
        lambda t: t.replace('assignmentRule variable="x"', 'assignmentRule variable="A"'),
        lambda t: t.replace("<ci> A </ci>", "<ci> x </ci>"),
        lambda t: t.replace('symbol="w"', 'symbol="k"'),
        lambda t: t.replace('comp:idRef="c"', 'comp:idRef="B"'),
    ))(text)  # fmt: skip


def _encoding(text: str, rng: random.Random) -> str:
    wrong = rng.choice(("UTF-16", "ISO-8859-1", "nonsense", "US-ASCII", "UTF-7"))
    return text.replace("UTF-8", wrong, 1)


# those that leave XML whole come more often: they get further
MUTATIONS = (
    *[_number] * 8, *[_name] * 8, *[_operator] * 8, *[_repeat] * 3, *[_attribute] * 5, *[_element] * 5, *[_circle] * 2,
    _tag, _cut, _nest, _wide, _bomb, _crowd, _often, _encoding,
)  # fmt: skip
