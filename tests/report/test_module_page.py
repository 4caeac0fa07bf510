"""Pages of modules: the reactions of the file, what acts on them by the law, evidence and numbers."""

import pytest

from lamella.networks import assemble
from lamella.networks.library import module
from lamella.report.module_diagram import _arrows, module_picture, spoken_form
from lamella.report.module_page import module_page
from lamella.report.module_story import half_free, story
from lamella.report.style import drawing


@pytest.fixture(name="told", scope="module")
def _told():
    return {step.name: step for step in story("rho_gtpases").steps}


def test_every_reaction_of_the_module_is_a_step(told):
    held = {half_free(name) for name, holder in assemble("HeLa").modules.items() if holder == "rho_gtpases"}
    assert set(told) == held
    assert told["RAC1_loading"].places == ("front", "rear")
    assert told["RAC1_synthesis"].places == ()


def test_signs_are_those_of_the_laws(told):
    loading = told["RAC1_loading"]
    assert (loading.before, loading.after) == (("RAC1",), ("RAC1_gtp",))
    assert {"PIP3", "BCAR1_p"} <= set(loading.drives)
    assert loading.slows == ()
    assert {"RAC1_gtp", "PAK1_active"} <= set(told["RHOA_loading"].slows)
    assert set(told["RAC1_hydrolysis"].drives) == {"ROCK2_catalysis", "ROCK2_active"}
    assert told["RAC1_hydrolysis"].slows == told["CDC42_hydrolysis"].drives == ()
    (sumo,) = (step for step in story("rhogdi").steps if step.name == "ARHGDIA_sumoylation")
    assert sumo.slows == ("XIAP",)


def test_what_is_not_there_in_an_untreated_cell_is_told_too():
    steps = {step.name: step for step in story("apoptosis").steps}
    assert {"BID_t", "BCL2L11"} <= set(steps["BAX_activation"].drives)


def test_what_only_spreads_in_the_membrane_is_no_arrow(told):
    pairs = {(arrow.start, arrow.end) for arrow in _arrows(told.values())}
    assert ("RAC1", "RAC1_gtp") in pairs
    assert ("RAC1_gtp", "RAC1") in pairs
    assert (None, "RAC1") in pairs
    assert ("RAC1", None) in pairs
    assert ("RAC1_gtp", "RAC1_gtp") not in pairs


def test_the_page_holds_reactions_claims_and_every_parameter():
    page = module_page("rhogdi")
    for text in ("ARHGDIA-SUMO", "XIAP keeps SUMO", "IAP-209", "Yu", "membrane_access ="):
        assert text in page, text
    assert all(f"<code>{name}</code>" in page for name in module("rhogdi").parameters)
    assert "<svg" in page
    assert "http-equiv" in page


def test_a_module_without_reactions_has_its_formulas():
    page = module_page("recycling")
    assert "What it computes" in page
    assert "<svg" not in page


def test_forms_are_written_as_people_write_them():
    assert [spoken_form(name) for name in ("RAC1_gtp", "XIAP_CASP3", "PARP1_cleaved", "MYL9_p")] == [
        "RAC1-GTP", "XIAP:CASP3", "PARP1 cut", "MYL9-P"]


def test_all_forms_are_drawn_inside_the_picture():
    with drawing():
        (axes,) = module_picture(story("ras_erk")).figure.axes
        left, right = axes.get_xlim()
        low, high = axes.get_ylim()
        boxes = [patch.get_window_extent() for patch in axes.patches]
        inside = axes.get_window_extent()
    assert len(boxes) > 20
    assert right > left
    assert high > low
    assert all(box.x0 >= inside.x0 - 1 and box.x1 <= inside.x1 + 1 for box in boxes)
    assert all(box.y0 >= inside.y0 - 1 and box.y1 <= inside.y1 + 1 for box in boxes)
