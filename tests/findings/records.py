"""Records made for tests: a small one that is right, and changes to it."""

from __future__ import annotations

from lamella.findings import Finding, IndexLine, read_finding

TEXT = """
schema = 1
id = "{id}"
claim = "Without the ligase its substrate accumulates in the cell."
source = {{ review = "oberoi-2013", section = "IAPs", claims = [{claims}] }}
role = "{role}"
cell = {cell}
module = "mapk"
kind = "experiment"
second_reading = "Read as the level at constant synthesis."
[arms]
{arms}
{expect}
"""

ARMS = """control = {}
treated = { knockdown = { XIAP = 0.9 } }"""

ORDERING = """[[expect]]
assay = "blot"
quantity = "RAC1.total"
relation = "treated > control"
"""


def record(*, id: str = "a-finding", claims: str = '"IAP-001"', role: str = "calibrate", cell: str = '"HeLa"',
           arms: str = ARMS, expect: str = ORDERING, extra: str = "") -> Finding:
    """A record of which any part may be replaced."""
    text = TEXT.format(id=id, claims=claims, role=role, cell=cell, arms=arms, expect=expect)
    return read_finding(text.replace('\nkind =', f'\n{extra}\nkind =', 1), "test.toml")


def line(claim: str = "IAP-001", *, says: str = "the substrate accumulates", check: bool = False,
         record: str = "a-finding", why: str = "", restates: tuple[str, ...] = ()) -> IndexLine:
    """A line of the index."""
    return IndexLine(id=claim, says=says, check=check, module="mapk", kind="experiment", record=record, why=why,
                     restates=restates)
