"""A cell without a dish: the same exchange on an idealised spread cell, for population assays.

Its inputs at front and rear are those that a single cell of the tissue gets on the same coating (means of the dish),
and the load among them goes with its own pull. A suspended cell has no matrix under it, one on an adhesive island as
much of it as the island has.
"""

from __future__ import annotations

from lamella.culture.alone import told_alone
from lamella.culture.exchange import means_of_halves
from lamella.networks import Network, Treatment


def idealised_inputs(
    network: Network, treatment: Treatment, *, front_equals_rear: bool = False, suspended: bool | None = None
) -> dict[str, float]:
    """What an idealised cell of the line is told: defaults of the network, what single cells are told on the arm's
    coating, and the coating.

    suspended  whether it is off the matrix; None: as the treatment begins
    returns    input -> value; densities 0 for cells in suspension
    """
    off = treatment.suspended if suspended is None else suspended
    inputs = {name: network.parameters[name].value for name in network.inputs}
    inputs |= told_alone(network.cell.name, treatment.density)
    if treatment.island is not None:
        inputs["contact"] = min(1.0, treatment.island / (inputs["area_front"] + inputs["area_rear"]))
    for ligand, amount in treatment.density.items():
        for half in ("front", "rear"):
            inputs[f"{ligand}_{half}"] = 0.0 if off else amount
    if off:
        for half in ("front", "rear"):
            inputs[f"fresh_{half}"], inputs[f"load_{half}"] = 0.0, 1.0
    return means_of_halves(inputs) if front_equals_rear else inputs
