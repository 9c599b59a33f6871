"""The five image networks of Keras 1.2.2 itself: no manual step, and a match in both orderings.

Their files come from the legacy runtime's own copy, which pip fetched; nothing of them is stored
here.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from kerasmig.finding import Applicability
from kerasmig.legacy.install import ensure
from kerasmig.old_and_new import verify_run
from kerasmig.project.project import Project
from kerasmig.settings import UpgradeSettings
from kerasmig.verify import Status, VerifySettings

NETWORKS = {
    "vgg16": (138_357_544, ("tf", "th")),
    "vgg19": (143_667_240, ("tf", "th")),
    "resnet50": (25_636_712, ("tf", "th")),
    "inception_v3": (23_660_968, ("tf", "th")),
    "xception": (22_910_480, ("tf", "th")),  # sets tf itself while it builds
}


@pytest.mark.slow
@pytest.mark.exhaustive
def test_networks_are_upgraded_and_match(tmp_path: Path) -> None:
    applications = ensure() / "keras" / "applications"
    for name in NETWORKS:
        shutil.copy(applications / f"{name}.py", tmp_path)
    project = Project(tuple(sorted(tmp_path.glob("*.py"))), UpgradeSettings())
    run = project.upgrade()
    manual = [
        (file.path, finding.line, finding.message)
        for file in run.files
        for finding in file.findings
        if finding.applicability is Applicability.MANUAL
    ]
    assert manual == []

    settings = VerifySettings(level="outputs", time_limit=900, memory_limit=12_000, jobs=1)
    report = verify_run(project, run, settings)
    found = {
        (Path(pair.place.file).stem, pair.ordering): (pair.status, pair.params_old, pair.params_new)
        for pair in report.pairs
        if pair.status is not Status.NOT_VERIFIED
    }
    assert found == {
        (name, ordering): (Status.MATCH, params, params)
        for name, (params, orderings) in NETWORKS.items()
        for ordering in orderings
    }
