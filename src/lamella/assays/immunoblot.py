"""Immunoblot and pull-down: lysates of many cells over time, without a dish.

Cells have grown under the arm's genetics and the medium; drugs go in at time 0, or when the arm says. A replicate is a
lysate of `cells` cells with their own protein totals.
"""

from __future__ import annotations

from functools import partial
from typing import Annotated

import numpy as np
import xarray as xr
from pydantic import Field

from lamella.assays.preparation import draw, numbers, treated
from lamella.assays.protocol import Assay, Conditions, Progress, Setting
from lamella.assays.quantities import written_in
from lamella.culture import advance_treated, grown_population, idealised_inputs
from lamella.errors import SolverError, unknown
from lamella.networks import heterodimers
from lamella.units import quantity

QUANTITIES = {
    "RAC1.total": "RAC1_total",
    "RAC1.gtp": "RAC1_gtp",
    "CDC42.total": "CDC42_total",
    "CDC42.gtp": "CDC42_gtp",
    "RHOA.total": "RHOA_total",
    "RHOA.gtp": "RHOA_gtp",
    "RAF1.total": "RAF1_total",
    "RAF1.active": "RAF1_active",
    "KRAS.gtp": "KRAS_gtp",
    "MAP2K1.p": "MAP2K1_p",
    "MAPK1.p": "MAPK1_p",
    "PAK1.active": "PAK1_active",
    "PTK2.p925": "PTK2_p925",
    "XIAP.total": "XIAP_total",
    "BIRC2.total": "BIRC2_total",
    "BIRC3.total": "BIRC3_total",
    "BIRC7.total": "BIRC7_total",
    "ARHGDIA.sumo": "ARHGDIA_sumo",
    "MYLK.p": "MYLK_p",
    "EGFR.active": "EGFR_active",
    "MET.active": "MET_active",
    "SHC1.p": "SHC1_p",
    "PXN.p": "PXN_p",
    "BMX.p": "BMX_p",
    "RAP1A.gtp": "RAP1A_gtp",
    "XIAP.at_a5b1": "XIAP_adhesion_total",
    "XIAP.DIABLO": "XIAP_DIABLO",
    "BCAR1.CRK": "BCAR1_CRK_total",
    "PTK2.p576": "PTK2_p576",
    "CA.front": "CA_front",
    "CA.rear": "CA_rear",
    "CAPN1.active_front": "CAPN1_active_front",
    "CAPN1.active_rear": "CAPN1_active_rear",
    "PPP3CA.active_rear": "PPP3CA_active_rear",
    "CAMK2A.active": "CAMK2A_active_total",
    "ITGB1BP1.p": "ITGB1BP1_p",
    "tether.off_front": "release_other_front",
    "tether.off_rear": "release_other_rear",
    "tether.off_rear_b3": "release_b3_rear",
    "a5b1.clustered_rear": "clustered_a5b1_rear",
    "avb3.clustered_rear": "clustered_avb3_rear",
    "integrin.free_front": "unbound_front",
    "integrin.free_rear": "unbound_rear",
    "integrin.surface_front": "surface_front",
    "integrin.untethered_rear": "untethered_rear",
    "integrin.left_behind": "left_behind",
    "integrin.internal": "internal_all",
    "a5b1.internal": "internal_a5b1",
    "b1.internal_active": "active_b1_internal",
    "ZNF384.nuclear": "ZNF384_nuclear",
    "MMP1.pro": "MMP1_pro_total",
    "MMP1.docked": "MMP1_docked",
    "MMP2.pro": "MMP2_pro_total",
    "MMP2.active": "MMP2_active_total",
    "MMP2.docked": "MMP2_docked",
    "MMP2.net": "MMP2_net_total",
    "MMP7.pro": "MMP7",
    "MMP9.pro": "MMP9",
    "MMP9.active": "MMP9_active",
    "MMP13.pro": "MMP13",
    "MMP13.active": "MMP13_active",
    "MMP14.total": "MMP14_total",
    "TIMP1": "TIMP1",
    "TIMP2": "TIMP2",
    "proteolysis.under_cell": "proteolysis_under_cell",
    "proteolysis.MMP2": "proteolysis_MMP2",
    "MAPK8.p": "MAPK8_p",
    "MAPK14.p": "MAPK14_p",
    "MAP2K4.p": "MAP2K4_p",
    "MAP3K1.active": "MAP3K1_active",
    "DUSP1.total": "DUSP1",
    "MAPK8.activity": "MAPK8_activity",
    "FGFR1.active": "FGFR1_active",
    "FOS.mRNA": "FOS_mRNA",
    "FOS.total": "FOS_total",
    "FOSL1.total": "FOSL1",
    "JUN.total": "JUN_total",
    "JUN.p": "JUN_p",
    "AP1.activity": "AP1_activity",
    "MYC.total": "MYC",
    "MXD1.total": "MXD1",
    "CCND1.mRNA": "CCND1_mRNA",
    "CCND1.total": "CCND1",
    "CCND3.total": "CCND3",
    "CCNE1.total": "CCNE1",
    "CCNA2.total": "CCNA2",
    "CDK2.total": "CDK2_total",
    "CDK2.activity": "CDK2_activity",
    "CDK4.total": "CDK4_total",
    "CDK4.activity": "CDK4_activity",
    "CCNE1.activity": "CCNE1_activity",
    "CDKN1A.mRNA": "CDKN1A_mRNA",
    "CDKN1A.total": "CDKN1A",
    "CDKN1B.total": "CDKN1B",
    "RB1.p": "RB1_p",
    "RB1.hypo": "RB1",
    "E2F1.total": "E2F1",
    "MCM2.fired": "MCM2_fired",
    "GSK3B.p": "GSK3B_p",
    "SNAI1": "SNAI1",
    "CTNNB1.free": "CTNNB1_free_total",
    "CDH1.total": "CDH1",
    "TGFB1.secreted": "TGFB1_secreted",
    "SMAD3.p": "SMAD3_p",
    "AXIN2": "AXIN2",
    "BIRC5.total": "BIRC5_total",
    "XIAP.ub": "XIAP_ub_total",
    "BIRC2.ub": "BIRC2_ub_total",
    "BIRC3.ub": "BIRC3_ub_total",
    "BIRC7.ub": "BIRC7_ub_total",
    "XIAP.BIRC2": "XIAP_BIRC2_total",
    "BIRC2.BIRC3": "BIRC2_BIRC3_total",
    "XIAP.BIRC5": "XIAP_BIRC5_total",
    "RIPK1.ub": "RIPK1_ub",
    "RIPK1.complex2": "RIPK1_complex2",
    "CASP8.active": "CASP8_active",
    "CFLAR": "CFLAR",
    "IKBKB.active": "IKBKB_active",
    "NFKBIA": "NFKBIA",
    "RELA.nuclear": "RELA_nuclear",
    "RELB.nuclear": "RELB_nuclear",
    "MAP3K14": "MAP3K14",
    "TNF.secreted": "TNF_secreted",
    "TNFRSF11B.secreted": "TNFRSF11B",
    "AKT1.total": "AKT1_total",
    "AKT1.p": "AKT1_p",
    "ILK.active": "ILK_active",
    "RPS6KB1.p": "RPS6KB1_p",
    "BAD.p": "BAD_p",
    "FOXO3.p": "FOXO3_p",
    "PRKCA.active": "PRKCA_active_total",
    "RRAS.gtp": "RRAS_gtp",
    "FLNA.cut": "FLNA_cut",
    "ERBB2.active": "ERBB2_active",
    "ERBB3.active": "ERBB3_active",
    "PDGFRB.active": "PDGFRB_active",
    "KIT.active": "KIT_active",
    "integrin.mobile": "mobile_total",
    "BCL2": "BCL2",
    "BCL2L11": "BCL2L11",
    "BBC3": "BBC3",
    "TP53": "TP53",
    "BMF.free": "BMF",
    "BID.t": "BID_t",
    "BAX.active": "BAX_active",
    "CYCS.cytosolic": "CYCS",
    "DIABLO.mitochondrial": "DIABLO_mitochondrial",
    "DIABLO.cytosolic": "DIABLO_out_total",
    "CASP9.p": "CASP9_p",
    "CASP9.active": "CASP9_active",
    "CASP3.active": "CASP3_active",
    "XIAP.CASP9": "XIAP_CASP9",
    "XIAP.CASP3": "XIAP_CASP3",
    "PARP1.cleaved": "PARP1_cleaved",
} | {f"{name}.{of}": f"{of}_{name}" for name in heterodimers() for of in ("active", "bound", "clustered")}
"""Bands that are one state or observable of the network; extended, ligand-bound and clustered receptors also of one
heterodimer, and those that hold nothing and wander freely."""

RATES = ("tether.off_front", "tether.off_rear", "tether.off_rear_b3", "proteolysis.under_cell", "proteolysis.MMP2")
"""Bands that are not amounts but rates [1/s]: of tethers that let go, of matrix that is cut."""

SUMS = {
    "PTK2.p397": ("PTK2_p397_front", "PTK2_p397_rear"),
    "SRC.active": ("SRC_active_front", "SRC_active_rear"),
    "BCAR1.p": ("BCAR1_p_front", "BCAR1_p_rear"),
    "MMP1.total": ("MMP1_pro_total", "MMP1_active"),
    "MMP2.total": ("MMP2_pro_total", "MMP2_active_total"),
    "MMP7.total": ("MMP7", "MMP7_active"),
    "MMP9.total": ("MMP9", "MMP9_active"),
    "MMP13.total": ("MMP13", "MMP13_active"),
    "MYL9.p": ("MYL9_p_front", "MYL9_p_rear"),
    "WASF2.active": ("WASF2_active_front", "WASF2_active_rear"),
    "WASF2.p": ("WASF2_p", "WASF2_active_front", "WASF2_active_rear"),
    "AKT1.membrane": ("AKT1_membrane", "AKT1_p"),
    "PIP3": ("PIP3_front", "PIP3_rear"),
    "integrin.bound": ("bound_front", "bound_rear"),
    "integrin.clustered": ("adhesion_front", "adhesion_rear"),
    "integrin.active": ("active_front", "active_rear"),
    "ROCK2.active": ("ROCK2_active_front", "ROCK2_active_rear"),
    "RAC1.gtp_front": ("RAC1_gtp_front",),
    "RAC1.gtp_rear": ("RAC1_gtp_rear",),
    "integrin.clustered_front": ("adhesion_front",),
    "integrin.clustered_rear": ("adhesion_rear",),
    "integrin.active_front": ("active_front",),
}
"""Bands that are a sum over the front and the rear of the cell, or, by imaging, one of the two."""


class ImmunoblotConditions(Conditions):
    """Keys under [assays.immunoblot]."""

    duration: Annotated[str, written_in("s", above=0.0)] = "24 h"
    points: Annotated[int, Field(ge=2, le=500)] = 13
    cells: Annotated[int, Field(ge=1, le=20000)] = 60


def readout_name(quantity_name: str) -> str:
    """'RAC1.gtp' as the read-out 'rac1_gtp'."""
    return quantity_name.lower().replace(".", "_")


def states_of(band: str) -> tuple[str, ...]:
    """The states and observables of the network that a band, or its read-out, sums up.   raises InputError"""
    for name in (*QUANTITIES, *SUMS):
        if band in (name, readout_name(name)):
            return SUMS.get(name) or (QUANTITIES[name],)
    raise unknown("band", band, (*QUANTITIES, *SUMS))


def run(setting: Setting, conditions: ImmunoblotConditions, progress: Progress) -> xr.Dataset:
    """The lysates of one arm and replicate."""
    duration = quantity(conditions.duration, "s")
    network, treatment = treated(setting)
    told = partial(idealised_inputs, network, treatment, front_equals_rear=setting.front_equals_rear)
    population = grown_population(network, treatment, draw(setting, conditions.cells), numbers(setting), told())
    times = np.linspace(0.0, duration, conditions.points)
    names = (*QUANTITIES.values(), *(part for parts in SUMS.values() for part in parts))
    rows = [population.observe(names).mean(axis=0)]
    for i, span in enumerate(np.diff(times)):
        advance_treated(population, treatment, times[i], span, lambda off: told(suspended=off))
        bad = np.flatnonzero(population.status != 0)
        if bad.size:
            raise SolverError(f"the network of cell {bad[0] + 1} could not be advanced", where=f"arms.{setting.arm}")
        rows.append(population.observe(names).mean(axis=0))
        progress((i + 1) / (len(times) - 1))
    column = dict(zip(names, np.array(rows).T))
    bands = {name: column[state] for name, state in QUANTITIES.items()}
    bands |= {name: sum(column[part] for part in parts) for name, parts in SUMS.items()}
    unit = lambda name: {"units": "1/s" if name in RATES else "molecules"}
    data = {name: ("times", values, unit(name)) for name, values in bands.items()}
    data |= {readout_name(name): ((), float(values[-1]), unit(name)) for name, values in bands.items()}
    return xr.Dataset(data, coords={"times": times}, attrs={"assay": "immunoblot"})


IMMUNOBLOT = Assay(
    name="immunoblot",
    tissue=False,
    summary="Proteins, their active forms and phosphorylation in lysates over time.",
    conditions=ImmunoblotConditions,
    readouts={
        readout_name(name): f"{name}, {'1/s' if name in RATES else 'molecules per cell'} at the end"
        for name in (*QUANTITIES, *SUMS)
    },
    run=run,
)
