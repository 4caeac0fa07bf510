"""From a primary mass to colonies: the host, the wall of a vessel, the flow that drags, what the stages add up to."""

import numpy as np
import pytest

from lamella.assays import EXTRAVASATION, METASTASIS, Setting
from lamella.assays.detached import detached
from lamella.assays.extravasation import vessel, wall_of
from lamella.assays.hosts import doses, immunities, organs
from lamella.assays.metastasis import dragged, follow
from lamella.assays.preparation import treated
from lamella.assays.section import FIBRES, Ground
from lamella.networks import Perturbations, assemble, ligands

QUIET = lambda share: None
STAGES = ("exited", "survived", "arrested", "waited", "crossed", "outgrown")


def setting(replicate=0, cell="HeLa", **perturbations):
    return Setting(cell, "arm", Perturbations(**perturbations), {"fibronectin": "10 ug/ml"}, {"EGF": "10 ng/ml"}, 1,
                   replicate)  # fmt: skip


def conditions(**given):
    return METASTASIS.conditions(**({"cells": 24, "section": 6, "route": "vein"} | given))


def test_hosts_are_made_of_what_networks_know():
    network = assemble("HeLa")
    for organ in organs().values():
        assert {*organ.wall, *organ.matrix} <= ligands().keys()
        assert min(organ.gap, organ.thickness, organ.flow) > 0.0
        assert doses(organ.medium).keys() <= network.parameters.keys()
    assert organs()["lung"].gap < organs()["liver"].gap
    assert immunities()["none"] == {}
    assert immunities()["scid"].keys() < immunities()["competent"].keys()


def test_a_wall_has_posts_and_its_own_ligands_and_tissue_lies_behind():
    lung = organs()["lung"]
    _, treatment = treated(setting(), two_ends=True)
    ground = Ground((120, 80), 40, 1.0, 1)
    held = {ligand.name: np.asarray(ligand.initial) for ligand in wall_of(treatment, ground, lung, 3.0).ligands}
    posts = held.pop(FIBRES)
    assert set(np.flatnonzero(posts.any(axis=1))) == {40, 42}
    gaps = np.diff(np.flatnonzero(posts[40]))
    assert (gaps == 4).all()
    where = {name: set(np.flatnonzero(held[name][:, 0])) for name in ("VCAM1", "collagen_I")}
    assert set(range(40, 44)) < where["VCAM1"] < set(range(44))
    assert where["collagen_I"] == set(range(44, 120))
    assert held["fibronectin"][60, 0] == pytest.approx(2.5 * held["fibronectin"][42, 0])


def test_flow_drags_as_at_a_sphere_on_a_wall():
    cells = detached(setting(), 4, 0.0)
    radius = (3.0 * 2680.0 / (4.0 * np.pi)) ** (1.0 / 3.0)
    assert dragged(cells, 2.0) == pytest.approx(1.7009 * 6.0 * np.pi * radius**2 * 2.0, rel=1e-3)


def test_death_ligands_of_the_host_kill_cells_that_have_receptors_for_them():
    alone, hunted = (follow(setting(), conditions(immunity=host), QUIET) for host in ("none", "competent"))
    deaf = follow(setting(knockout=("TNFRSF10A", "FAS", "TNFRSF1A")), conditions(immunity="competent"), QUIET)
    assert alone.waited.mean() > 0.8
    assert hunted.waited.mean() < 0.5 * alone.waited.mean()
    assert deaf.waited.mean() > 0.8
    for later, earlier in ((alone.grown, alone.waited), (hunted.waited, hunted.held)):
        assert (later <= earlier).all()


def test_a_section_on_the_way_is_on_the_clock_of_the_treatment():
    timed = setting(inhibitor={"palbociclib": "1 uM from 2 h", "U0126": "1 uM from 9 h"})
    culture = vessel(timed, organs()["liver"], 4, 0.0, elapsed=3.0 * 3600.0).culture
    column = culture.population.program.parameters.index
    assert (culture.population.parameters[:, column("CDK4_inhibitor")] > 0.0).all()
    assert not culture.population.parameters[:, column("MAP2K1_inhibitor")].any()
    assert culture.seconds == 3.0 * 3600.0


def test_flow_takes_cells_whose_integrins_are_gone():
    bare = follow(setting(knockout=("ITGB1", "ITGB5")), conditions(), QUIET)
    assert bare.alive.any()
    assert not bare.held.any()


def test_cells_without_the_kinases_of_the_cycle_do_not_grow_out():
    assert follow(setting(), conditions(), QUIET).grown.mean() > 0.2
    assert not follow(setting(knockout=("CDK2", "CDK4")), conditions(), QUIET).grown.any()


def test_colonies_are_what_the_stages_leave():
    near = conditions(route="primary", organ="liver", vessel="6 um", stay="12 h", crossing="16 h", section=5,
                      sent=100000)  # fmt: skip
    one, again = (METASTASIS.run(setting(1), near, QUIET) for _ in range(2))
    assert one.identical(again)
    mean = 1e5 * float(one.efficiency)
    assert mean == pytest.approx(1e5 * np.prod([float(one[name]) for name in STAGES]), rel=1e-9)
    assert mean > 0.0
    assert abs(float(one.colonies) - mean) < 5.0 * np.sqrt(mean)


def test_cells_cross_a_wide_wall_and_hardly_one_whose_gaps_are_too_narrow_for_a_nucleus():
    def crossed(**given):
        some = EXTRAVASATION.conditions(cells=8, duration="16 h", frame="4 h", **given)
        return [EXTRAVASATION.run(setting(r, inhibitor={"GM6001": "10 uM"}), some, QUIET) for r in (1, 2)]

    share = lambda wells: float(np.mean([float(well.crossed) for well in wells]))
    narrow, wide = crossed(gap="1 um"), crossed(gap="14 um")
    assert share(wide) > 0.3
    assert share(narrow) < 0.2 * share(wide)  # a nucleus drawn out to one site gets through now and then
    assert all((np.diff(well.crossed_course) >= 0.0).all() for well in wide)
