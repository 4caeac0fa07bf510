"""`lamella findings structures`: what the reviews say of how proteins are built, held against the network."""

from __future__ import annotations

import sys

from lamella.cli.findings import AsJson


def structures(as_json: AsJson = False) -> None:
    """Print what the reviews say of domains, families and receptors, and whether the network is built so.

    Nothing is run: a domain is there if reactions of the network need it. Which they are, --json tells.

    Example:  lamella findings structures --json
    """
    from lamella.store import json_text
    from lamella.verdicts import Outcome, judge_structures

    found = judge_structures()
    counts = {outcome.value: sum(said.outcome is outcome for said in found) for outcome in Outcome}
    if as_json:
        rows = [said.to_dict() for said in found]
        sys.stdout.write(json_text({"counts": {**counts, "of": len(found)}, "rows": rows}))
        return
    for said in found:
        print(f"{said.outcome.value:16}{said.structure.says} ({', '.join(said.structure.claims)}).")
        print(f"{'':16}{said.reason}")
    print(f"\n{', '.join(f'{count} {state}' for state, count in counts.items())}, of {len(found)}.")
