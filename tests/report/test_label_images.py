"""What is read off a label image: wound, free edge, window, shapes; and bands of a blot."""

import numpy as np
import pytest
import scratch_result
import xarray as xr

from lamella.report.blots import band
from lamella.report.label_images import free_edge, has_wound, painted, site_um, window, wound
from lamella.report.shapes import cell_shapes
from lamella.report.tracks import origin_paths


@pytest.fixture
def sheets():
    """Two sheets of two cells each round a wound, a chink in the left one.   [12, 8]"""
    image = np.zeros((12, 8), dtype=np.uint16)
    image[0:2], image[2:4], image[8:10], image[10:12] = 1, 2, 3, 4
    image[0, 0] = 0
    return image


def test_wound_is_the_largest_opening_and_not_a_chink(sheets):
    space = wound(sheets)
    assert space.sum() == 4 * 8
    assert not space[0, 0]
    assert free_edge(sheets, space).tolist() == [2, 3]
    assert has_wound(sheets)


def test_later_wounds_are_what_is_left_of_the_first(sheets):
    later = sheets.copy()
    later[4:6] = 2
    later[0:2] = 0
    space = wound(later, wound(sheets))
    assert space.sum() == 2 * 8
    assert not space[0:2].any()
    later[6:8, :7] = 3
    assert not wound(later, wound(sheets)).any()  # two sites are a chink


def test_scattered_cells_have_no_wound():
    image = np.zeros((20, 20), dtype=np.uint16)
    image[2:4, 2:4], image[10:13, 10:13] = 1, 2
    assert not has_wound(image)
    assert not has_wound(np.ones((5, 5), dtype=np.uint16))
    assert not has_wound(np.zeros((5, 5), dtype=np.uint16))


def test_window_keeps_the_wound_with_cells_round_it():
    image = np.ones((100, 30), dtype=np.uint16)
    image[:, :] = 1 + np.arange(100)[:, None] // 5
    image[40:60] = 0
    labels = xr.DataArray(image[None], dims=("frames", "x", "y"))
    assert window(labels).slices == (slice(28, 72), slice(0, 30))


def test_scale_comes_from_the_attribute_or_the_coordinate():
    labels = xr.DataArray(np.zeros((1, 3, 3)), dims=("frames", "x", "y"))
    assert site_um(labels) is None
    assert site_um(labels.assign_coords(x=[0.0, 1.5, 3.0])) == 1.5
    assert site_um(labels.assign_attrs(site_um=2.0)) == 2.0
    assert site_um(labels.assign_attrs(site_um=0.0)) is None


def test_free_edge_cells_and_wound_are_told_apart_by_colour(sheets):
    colours = painted(sheets, np.array([2]))
    inside, edge, space = colours[10, 3].astype(int), colours[2, 3].astype(int), colours[6, 3].astype(int)
    assert edge[0] > edge[2] + 80  # yellow
    assert inside[2] > inside[0]  # blue-grey
    assert space.max() < 40


@pytest.mark.parametrize(("axis", "aspect"), [((1.0, 0.0), 3.0), ((0.0, 2.0), 1 / 3)])
def test_aspect_is_measured_along_the_axis(axis, aspect):
    image = np.zeros((50, 50), dtype=np.uint16)
    image[10:40, 20:30] = 7
    shape, = cell_shapes(image, None, {7: axis})
    assert shape.aspect == pytest.approx(aspect, rel=1e-6)
    assert np.ptp(shape.outline[:, 0]) / np.ptp(shape.outline[:, 1]) == pytest.approx(aspect, rel=0.05)


def test_cells_at_the_border_and_specks_have_no_shape():
    image = np.zeros((30, 30), dtype=np.uint16)
    image[0:10, 5:15], image[15, 15], image[18:26, 5:15] = 1, 2, 3
    assert len(cell_shapes(image, None, {})) == 1
    assert cell_shapes(image, np.array([1, 2]), {}) == []


def test_darkness_of_a_band_is_in_proportion_to_the_amount():
    assert band(0.5).sum() == pytest.approx(0.5 * band(1.0).sum())
    assert band(1.0).max() == pytest.approx(1.0, abs=0.02)
    assert band(float("nan")).sum() == 0


def test_tracks_start_at_the_origin_and_keep_their_end():
    dataset = scratch_result.scratch(("control",), replicates=2, size=48)
    table = scratch_result.tracks(dataset)
    shuffled = table.sample(frac=1.0, random_state=1)
    paths = origin_paths(shuffled, ["control"], edge_only=False)["control"]
    own = table[(table["replicate"] == 0) & (table["cell"] == table["cell"].min())].sort_values("time_s")
    expected = own[["x_um", "y_um"]].to_numpy()
    assert all((path[0] == 0).all() for path in paths)
    assert paths[0][-1] == pytest.approx(expected[-1] - expected[0])
    assert len(paths) <= 60
    assert max(map(len, paths)) <= 40
