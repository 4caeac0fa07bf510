"""Assembled networks on disk: the same network, and made anew where the file is not what was written."""

import sys

import pytest

from lamella.networks import kept
from lamella.networks.assemble import assemble

CELL = "MCF-7"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("LAMELLA_CACHE_DIR", str(tmp_path))
    return tmp_path


def anew():
    """The network as a fresh process gets it."""
    return assemble.__wrapped__(CELL)


def test_a_kept_network_is_the_one_that_was_made(folder, monkeypatch):
    made = anew()
    (file,) = folder.glob("*.network")
    monkeypatch.setattr(sys.modules[assemble.__module__], "_flattened", None)  # nothing is flattened again
    assert anew() == made
    assert made.evidence["RAC1_loading_front"].says
    assert list(folder.glob("*.network")) == [file]


def test_a_spoilt_file_is_made_anew(folder):
    made = anew()
    (file,) = folder.glob("*.network")
    file.write_bytes(file.read_bytes()[:-7] + b"nonsense")
    assert anew() == made
    assert kept.read(file.stem)[0] == made.sbml


def test_every_number_and_every_law_has_its_say_in_the_name():
    numbers = {"k": assemble(CELL).parameters["k_RAC1_loss"]}
    assert kept.key("a", numbers) == kept.key("a", dict(numbers))
    assert len({kept.key("a", numbers), kept.key("b", numbers), kept.key("a", {})}) == 3


def test_a_folder_that_cannot_be_written_is_no_obstacle(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("LAMELLA_CACHE_DIR", str(tmp_path / "file" / "below"))
    assert anew().digest == assemble(CELL).digest
