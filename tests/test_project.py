"""What a newcomer relies on: the quick start, pinned versions, the example."""

import re
import tomllib
from pathlib import Path

import pytest

from lamella import __version__
from lamella.cli.door import app

ROOT = Path(__file__).parents[1]


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


def pins():
    lines = [line for line in read("constraints.txt").splitlines() if line and not line.startswith("#")]
    return dict(line.split("==") for line in lines)


def canonical(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def test_quick_start_is_two_commands_of_one_line():
    section = read("README.md").split("## Quick start", 1)[1].split("\n## ", 1)[0]
    blocks = re.findall(r"^```.*?\n(.*?)^```$", section, flags=re.M | re.S)
    assert len(blocks) == 2
    assert all(block.count("\n") == 1 for block in blocks)
    assert all("-c constraints.txt" in block and block.startswith("python3 -m venv .venv && ") for block in blocks)
    assert "lamella run examples/xiap_scratch.toml" in blocks[0]
    assert "pytest" in blocks[1]


def test_the_readme_names_every_command_and_how_a_shell_finds_it():
    for command in (*app.registered_commands, *app.registered_groups):
        assert f"`lamella {command.name}" in read("README.md")
    assert "source .venv/bin/activate" in read("README.md")


def test_every_dependency_is_pinned_exactly_and_without_an_address():
    project = tomllib.loads(read("pyproject.toml"))["project"]
    wanted = [*project["dependencies"], *(d for extra in project["optional-dependencies"].values() for d in extra)]
    names = {canonical(re.match(r"[\w.-]+", text)[0]) for text in wanted} - {"lamella"}
    assert names <= {canonical(name) for name in pins()}
    assert "://" not in read("constraints.txt")
    assert all(re.fullmatch(r"[\w.]+", version) for version in pins().values())


def test_pins_satisfy_the_projects_own_bounds():
    from packaging.requirements import Requirement

    pinned = {canonical(name): version for name, version in pins().items()}
    for text in tomllib.loads(read("pyproject.toml"))["project"]["dependencies"]:
        requirement = Requirement(text)
        assert pinned[canonical(requirement.name)] in requirement.specifier


def test_versions_agree():
    assert tomllib.loads(read("pyproject.toml"))["project"]["version"] == __version__
    assert f"version: {__version__}" in read("CITATION.cff")


@pytest.mark.parametrize("path", sorted((ROOT / "examples").glob("*.toml")), ids=lambda path: path.name)
def test_examples_are_experiments(path):
    from lamella.assays import ASSAYS
    from lamella.assays.experiment import read_experiment

    assert read_experiment(path, ASSAYS).replicates >= 1


def test_the_example_asks_what_it_says():
    from lamella.assays import ASSAYS
    from lamella.assays.experiment import read_experiment

    experiment = read_experiment(ROOT / "examples" / "xiap_scratch.toml", ASSAYS)
    assert list(experiment.arms) == ["control", "knockdown", "rac1-inhibitor", "mek-inhibitor",
                                     "knockdown+rac1-inhibitor", "knockdown+mek-inhibitor"]
    pairs = {(entry.arm, entry.against) for entry in experiment.compare}
    assert pairs == {(arm, "control") for arm in list(experiment.arms)[1:]} | {
        ("knockdown+rac1-inhibitor", "rac1-inhibitor"), ("knockdown+mek-inhibitor", "mek-inhibitor")}
    assert experiment.assays["scratch"].cells >= 200
    assert experiment.assays["scratch"].duration == "24 h"
