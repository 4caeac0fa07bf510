"""Movies of dishes: a frame a picture, colours of the state, nothing where too few pictures were kept."""

from itertools import pairwise

import numpy as np
import pytest
import xarray as xr
from matplotlib.colors import Normalize, to_rgb
from PIL import Image, ImageSequence

from lamella.assays.film import padded
from lamella.report import write_movies
from lamella.report.label_images import EMPTY
from lamella.report.movie import MOST, reach_of, shaded


def dishes(frames, shades=True, arms=("control", "more: 10 %")):
    """Two cells that move apart by a site a frame, in two arms."""
    labels = np.zeros((len(arms), frames, 40, 30), np.uint16)
    for f in range(frames):
        labels[:, f, 5 + f % 10 : 12 + f % 10, 5:20], labels[:, f, 25:33, 5:20] = 1, 2
    variables = {"labels": (("arms", "frames", "x", "y"), labels)}
    if shades:
        rise = np.linspace(0.0, 1.0, frames)
        state = np.stack([np.full(frames, np.nan), rise, 1.0 - rise], axis=1)
        variables["shades"] = (("arms", "frames", "numbers"), np.stack([state] * len(arms)), {"long_name": "RAC1_gtp"})
    return xr.Dataset(variables, coords={"arms": list(arms), "frames": 1800.0 * np.arange(frames)},
                      attrs={"site_um": 2.0})  # fmt: skip


def frames_of(path):
    with Image.open(path) as movie:
        return [np.asarray(frame.convert("RGB")) for frame in ImageSequence.Iterator(movie)]


@pytest.mark.parametrize("shades", [True, False])
def test_a_movie_has_a_frame_a_picture_and_the_same_bytes_again(tmp_path, shades):
    made = write_movies(tmp_path, {"scratch": dishes(5, shades)})
    assert [path.name for path in made] == ["scratch-control.gif", "scratch-more--10--.gif"]
    seen = frames_of(made[0])
    assert len(seen) == 5
    assert all((one != two).any() for one, two in pairwise(seen))
    again = write_movies(tmp_path / "again", {"scratch": dishes(5, shades)})
    assert made[0].read_bytes() == again[0].read_bytes()


def test_too_few_pictures_make_no_movie_and_many_are_thinned(tmp_path):
    assert write_movies(tmp_path, {"scratch": dishes(2)}) == []
    assert list(tmp_path.iterdir()) == []
    (path,) = write_movies(tmp_path, {"scratch": dishes(MOST + 30, arms=("one",))})
    assert len(frames_of(path)) <= MOST


def test_cells_are_coloured_by_their_state_and_grey_without():
    image = np.zeros((9, 9), np.uint16)
    image[1:4, 1:4], image[5:8, 5:8] = 1, 2
    colours = shaded(image, np.array([np.nan, 3.0, np.nan]), Normalize(3.0, 4.0))
    assert (colours[0, 0] == np.round(255 * np.array(to_rgb(EMPTY)))).all()
    assert (colours[2, 2] != colours[6, 6]).any()
    assert (colours[2, 2] == [68, 1, 84]).all()  # the low end of viridis


def test_all_arms_share_their_scale_and_unlike_numbers_of_cells_fit():
    assert reach_of(np.array([[np.nan, 1.0], [5.0, 5.0]]))[1] == pytest.approx(5.0)
    assert reach_of(np.array([np.nan])) == (0.0, 1.0)
    rows = padded([np.array([1.0]), np.array([1.0, 2.0])])
    assert np.isnan(rows[0, 1])
