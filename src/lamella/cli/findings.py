"""`lamella findings`: what papers observed, and what the model makes of it."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lamella.errors import InputError

if TYPE_CHECKING:
    from lamella.findings import Finding

app = typer.Typer(no_args_is_help=True,
                  help="Findings: list, show, run and judge them.\n\nExample:  lamella findings list --cell HeLa")

STORE = Path("results/findings")
"""Where checks keep what they judged, unless told otherwise."""

Store = Annotated[Path, typer.Option("--store", help="Folder in which checks keep verdicts and dishes.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Cell = Annotated[str | None, typer.Option("--cell", help="Only findings in this cell line.", show_default="all")]
Assay = Annotated[str | None, typer.Option("--assay", help="Only findings that read this assay.", show_default="all")]
Role = Annotated[str | None, typer.Option("--role", help="check or calibrate.", show_default="both")]
Kind = Annotated[str | None, typer.Option("--kind", help="mechanism, experiment, quantity, context or clinical.",
                                          show_default="all")]
HasVerdict = Annotated[str | None, typer.Option("--verdict", show_default="all",
                                                help="holds, fails or 'not applicable', as the store has it.")]
Module = Annotated[str | None, typer.Option("--module", help="Part of the biology.", show_default="all")]


@app.command("list")
def list_(cell: Cell = None, assay: Assay = None, role: Role = None, module: Module = None, kind: Kind = None,
          verdict: HasVerdict = None,
          store: Store = STORE, as_json: AsJson = False) -> None:
    """List the findings that are records.

    Example:  lamella findings list --cell HeLa --json
    """
    from lamella.findings import index, load_all
    from lamella.store import json_text

    chosen = selected(load_all(), cell=cell, assay=assay, role=role, module=module, kind=kind)
    said = stored_verdicts(store, chosen) if verdict or store.is_dir() else {}
    if verdict is not None:
        chosen = with_verdict(chosen, said, verdict)
    if as_json:
        rows = [{**_row(finding), "verdict": said.get(finding.id)} for finding in chosen]
        sys.stdout.write(json_text({"findings": rows, "claims": len(index())}))
        return
    for finding in chosen:
        print(f"{finding.id}\n  {finding.claim}\n  {', '.join(finding.claims)} ({finding.role}); {_cells(finding)}; "
              f"{', '.join(finding.assays)}{'; ' * (finding.id in said)}{said.get(finding.id, '')}")
    print(f"\n{len(chosen)} records; the index holds {len(index())} claims.")


@app.command()
def show(name: Annotated[str, typer.Argument(metavar="FINDING", show_default=False,
                                             help="Id of a record, or of a claim, such as IAP-173.")],
         as_json: AsJson = False) -> None:
    """Show one finding: claim, source, arms, expectations; by its id or by that of a claim that it judges.

    Example:  lamella findings show cas-and-pi3k-are-parallel-routes-to-rac
    """
    from lamella.findings import get, protocol
    from lamella.store import json_text

    finding = get(name)
    if as_json:
        sys.stdout.write(json_text(finding.model_dump(mode="json", by_alias=True)))
        return
    print(f"{finding.id}\n  {finding.claim}\n")
    print(f"  claims   {', '.join(finding.claims)} ({finding.role})")
    print(f"  source   {finding.source.review}, {finding.source.section}")
    print(f"  cell     {_cells(finding)}")
    if finding.protocol:
        print(f"  protocol {finding.protocol}: {protocol(finding.protocol).says}")
    for kind in ("matrix", "medium"):
        if getattr(finding, kind):
            print(f"  {kind:8} {', '.join(f'{key} {value}' for key, value in getattr(finding, kind).items())}")
    for arm, treatment in finding.arms.items():
        print(f"  arm      {arm}: {_treated(treatment)}")
    for expectation in finding.expect:
        print(f"  expect   {expectation.assay}, {expectation.says()}{' (our corollary)' * expectation.corollary}")
    print(f"  reading  {' '.join(finding.second_reading.split())}")
    if finding.fails:
        print(f"  fails    {' '.join(finding.fails.split())}")


@app.command()
def lint(as_json: AsJson = False) -> None:
    """Check records, index and networks against the rules; ends with code 1 if something is wrong.

    The networks come in where a number is fitted: never to a claim that is to check it.

    Example:  lamella findings lint
    """
    from dataclasses import asdict

    from lamella.assays import ASSAYS
    from lamella.findings import index, load_all
    from lamella.findings import lint as complaints
    from lamella.store import json_text
    from lamella.verdicts import ModelNames, cross_check

    found = [*complaints(names=ModelNames(ASSAYS)), *cross_check()]
    if as_json:
        sys.stdout.write(json_text({"problems": [asdict(complaint) for complaint in found]}))
    else:
        for complaint in found:
            print(complaint)
        problems = f"{len(found) or 'no'} problem{'s' * (len(found) != 1)}"
        print(f"{len(load_all())} records, {len(index())} claims, {problems}.")
    if found:
        raise typer.Exit(1)


def selected(findings: tuple[Finding, ...], *, names: list[str] | None = None, cell: str | None = None,
             assay: str | None = None, role: str | None = None, module: str | None = None,
             kind: str | None = None) -> list[Finding]:
    """The findings that pass every filter given.

    names    ids; all where empty
    raises   InputError: an id or a filter that fits nothing
    """
    from lamella.errors import nearest
    from lamella.findings import get

    chosen = [get(name) for name in dict.fromkeys(names)] if names else list(findings)
    filters = {"--cell": (cell, lambda f: f.cells or (_cells(f),)), "--assay": (assay, lambda f: f.assays),
               "--role": (role, lambda f: (f.role,)), "--module": (module, lambda f: (f.module,)),
               "--kind": (kind, lambda f: (f.kind,))}
    for flag, (wanted, of) in filters.items():
        if wanted is None:
            continue
        known = {value for finding in findings for value in of(finding)}
        if wanted not in known:
            raise InputError(f"no finding has '{wanted}'", where=flag, remedy=nearest(wanted, known))
        chosen = [finding for finding in chosen if wanted in of(finding)]
    return chosen


def stored_verdicts(store: Path, findings: list[Finding]) -> dict[str, str]:
    """Finding -> its verdict in the store, for those that have one that is not stale."""
    from lamella.verdicts import Results

    return {verdict.finding.id: verdict.outcome.value for verdict in Results(store).verdicts(findings)}


def with_verdict(findings: list[Finding], said: Mapping[str, str], wanted: str) -> list[Finding]:
    """The findings with a verdict.   raises InputError: no such verdict"""
    from lamella.errors import unknown
    from lamella.verdicts import Outcome

    known = {outcome.value: outcome.value for outcome in Outcome} | {"not_applicable": "not applicable"}
    if wanted not in known:
        raise unknown("verdict", wanted, known, "--verdict")
    return [finding for finding in findings if said.get(finding.id) == known[wanted]]


def _cells(finding: Finding) -> str:
    return finding.cell if isinstance(finding.cell, str) else ", ".join(finding.cell)


def _treated(treatment: Mapping[str, Any]) -> str:
    """An arm's table in the words of `lamella assay --arm`."""
    clauses = []
    for kind, items in treatment.items():
        if isinstance(items, Mapping):
            clauses.append(f"{kind} {', '.join(f'{key}={value}' for key, value in items.items())}")
        else:
            texts = items if isinstance(items, (tuple, list)) else [items] if isinstance(items, str) else []
            clauses.append(f"{kind} {', '.join(map(str, texts))}".strip())
    return "; ".join(clauses) or "untreated"


def _row(finding: Finding) -> dict[str, object]:
    return {"id": finding.id, "claim": finding.claim, "claims": finding.claims, "role": finding.role,
            "cell": finding.cell, "module": finding.module, "kind": finding.kind, "assays": finding.assays}
