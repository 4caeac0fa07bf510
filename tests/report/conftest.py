"""One report of the made-up scratch experiment, shared by the tests that only read it."""

import pytest
import scratch_result

from lamella.report import write_report


class Report:
    """Writes reports of variants of the experiment, each into a fresh folder unless one is named."""

    def __init__(self, folder):
        self.folder, self.count = folder, 0

    def __call__(self, dataset, experiment=None, tracks=None, causal=None, rows=None, out=None):
        arms = {arm: scratch_result.ARMS[arm] for arm in map(str, dataset["arms"].values) if arm in scratch_result.ARMS}
        made = experiment or scratch_result.experiment(arms, replicates=dataset.sizes["replicates"])
        self.count += 1
        folder = out or self.folder / str(self.count)
        folder.mkdir(exist_ok=True)
        rows = scratch_result.comparisons(made, dataset) if rows is None else rows
        found = {} if tracks is None else {"scratch": tracks}
        return write_report(folder, made, {"scratch": dataset}, found, rows, scratch_result.PROVENANCE, causal)


@pytest.fixture
def report(tmp_path):
    return Report(tmp_path)


@pytest.fixture(scope="session")
def full(tmp_path_factory):
    """Dataset, tracks and the text of the report of six arms with everything in it."""
    dataset = scratch_result.scratch(replicates=3, size=72)
    table = scratch_result.tracks(dataset)
    path = Report(tmp_path_factory.mktemp("full"))(dataset, tracks=table, causal=scratch_result.CAUSAL)
    return dataset, table, path.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def full_page(full):
    return full[2]


@pytest.fixture
def small():
    """Two arms, two dishes each, in few sites."""
    return scratch_result.scratch(("control", "knockdown"), replicates=2, size=48)


@pytest.fixture
def tiny(small):
    """One read-out alone, for what does not depend on the figures."""
    return small[["closure"]]
