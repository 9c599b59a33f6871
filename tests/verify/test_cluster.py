"""Verification on a cluster of Dask gives the report of one machine, whatever becomes of its workers."""

from __future__ import annotations

import importlib
import json
import os
import re
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kerasmig.verify import Status, VerifyError, VerifyReport, VerifySettings, verify_trees
from kerasmig.verify.caller import cluster, station
from kerasmig.verify.caller.cluster import ClusterExecutor
from kerasmig.verify.caller.releases import differences, releases
from kerasmig.verify.result import to_jsonable
from kerasmig.verify.settings import WrongSettings
from tests.verify.conftest import write_trees
from tests.verify.test_hostile import _NEW, _OLD

_OTHER = _NEW.replace("Dense(nb_classes)", "Dense(nb_classes, activation='relu')")
_CONVOLUTION = (
    "from keras.models import Sequential\nfrom keras.layers import Convolution2D, BatchNormalization\n"
    "from helper import size\nm = Sequential()\n"
    "m.add(Convolution2D(4, 3, 3, input_shape=(size, size, 3), dim_ordering='tf'))\n"
    "m.add(BatchNormalization())\nm.compile('adam', 'mse')\n",
    "from keras.models import Sequential\nfrom keras.layers import Conv2D, BatchNormalization, Input\n"
    "from helper import size\nm = Sequential()\nm.add(Input((size, size, 3)))\n"
    "m.add(Conv2D(4, (3, 3)))\n"
    "m.add(BatchNormalization(epsilon=1e-3))\nm.compile('adam', 'mse')\n",
)
FILES = {
    "same.py": (_OLD + "m = build()\n", _NEW + "m = build()\n"),
    "other.py": (_OLD + "m = build()\n", _OTHER + "m = build()\n"),
    "pkg/deep.py": _CONVOLUTION,
    "pkg/helper.py": ("size = 8\n", "size = 8\n"),
    "dies.py": (_OLD + "import os\nm = build()\nos._exit(7)\n", _NEW),
    "fails.py": (_OLD, _NEW.replace("Dense(nb", "NoSuchLayer(nb")),
    "reads.py": (
        _OLD + "n = len(open('data/n.txt').read())\nm = build(n)\n",
        _NEW + "n = len(open('data/n.txt').read())\nm = build(n)\n",
    ),
    "data/n.txt": ("abcd", "abcd"),
}


def text_of(report: VerifyReport) -> str:
    """A report without what only the clock and the machine tell."""
    text = json.dumps(to_jsonable(report), indent=1, sort_keys=True)
    return re.sub(r'"(\w*seconds|peak_mb)": [\d.]+', r'"\1": 0', text)


def verified(root: Path, **settings: Any) -> VerifyReport:
    old, new = root / "old", root / "new"
    return verify_trees(old, new, settings=VerifySettings(level="training", jobs=2, **settings))


@pytest.mark.slow
@pytest.mark.exhaustive
def test_the_report_is_that_of_one_machine_even_if_workers_are_killed(tmp_path: Path) -> None:
    write_trees(tmp_path, FILES)
    alone = verified(tmp_path)
    assert {pair.status for pair in alone.pairs} >= {Status.MATCH, Status.MISMATCH}
    assert text_of(verified(tmp_path, scheduler="local:2")) == text_of(alone)

    distributed: Any = importlib.import_module("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=2, memory_limit=0, dashboard_address=None
    ) as started:
        killed: list[int] = []

        def progress(what: str, done: int, total: int) -> None:
            if not killed:
                killed.append(next(iter(started.workers.values())).pid)
                os.kill(killed[0], signal.SIGKILL)

        old, new = tmp_path / "old", tmp_path / "new"
        settings = VerifySettings(
            level="training", jobs=2, scheduler=started.scheduler_address, env=("KERASMIG_X=1",)
        )
        report = verify_trees(old, new, settings=settings, progress=progress)
        assert killed and text_of(report) == text_of(alone)
        assert not _programs()  # of the verification, while the cluster itself lives on


def _programs() -> list[str]:
    """Workers of verifications that descend from this process."""
    found, mine = [], str(os.getpid())
    for path in Path("/proc").glob("[0-9]*") if sys.platform == "linux" else ():
        try:
            command = (path / "cmdline").read_bytes()
            variables = (path / "environ").read_bytes()
        except OSError:
            continue
        if b"kerasmig.verify.program.worker" in command and b"KERASMIG_X=1" in variables:
            found.append(f"{path.name} of {mine}")
    return found


# -- what cannot work is told -----------------------------------------------------------------------


@pytest.fixture
def trees(tmp_path: Path) -> Iterator[Path]:
    write_trees(tmp_path, {"net.py": (_OLD, _NEW)})
    yield tmp_path


def test_releases_must_be_the_same(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    other = {**releases(), "keras": "3.0.1"}
    monkeypatch.setattr(cluster, "releases", lambda: other)
    with pytest.raises(VerifyError, match=r"other releases: .*keras .* client has 3\.0\.1"):
        ClusterExecutor(VerifySettings(scheduler="local:1"), tmp_path)


def test_a_worker_that_comes_later_is_looked_at_too(tmp_path: Path) -> None:
    wanted = station.Wanted("x", (), True, {**releases(), "numpy": "9"})
    with pytest.raises(station.DifferentReleases, match=r"numpy .* where the client has 9"):
        station._station(wanted)
    assert differences({"keras": "3"}, {"keras": ""}) == (
        "keras is not installed where the client has 3"
    )


def test_no_scheduler(trees: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "_PATIENCE", "1s")
    with pytest.raises(VerifyError, match=r"no scheduler answers at tcp://127.0.0.1:9.*dask sched"):
        verified(trees, scheduler="tcp://127.0.0.1:9")


def test_no_dask(trees: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "dask", None)
    with pytest.raises(VerifyError, match=r"pip install 'kerasmig\[cluster\]'"):
        verified(trees, scheduler="local")


@pytest.mark.parametrize("text", ["here", "local:0", "local:x", "10.0.0.1:8786", "tcp://"])
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(WrongSettings, match="write local, local:N, or the address"):
        VerifySettings(scheduler=text)


# -- by content -------------------------------------------------------------------------------------


def test_files_come_out_as_they_went_in(tmp_path: Path) -> None:
    names = ["a.py", "sub/b.txt", "caf\xe9.py", os.fsdecode(b"x\xff.py")]
    for name in names:
        path = tmp_path / "tree" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode("utf-8", "surrogateescape") * 9)
    files = sorted(path for path in (tmp_path / "tree").rglob("*") if path.is_file())
    package = station.packed(tmp_path / "tree", files)
    station._unpack(package, tmp_path / "out")
    for name in names:
        assert (tmp_path / "out" / name).read_bytes() == (tmp_path / "tree" / name).read_bytes()
    time.sleep(0.01)
    assert station.packed(tmp_path / "tree", files).digest == package.digest


def test_nothing_is_unpacked_outside(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x")
    package = station.packed(tmp_path / "sub", [])
    assert package.data
    evil = station.packed(tmp_path, [tmp_path / "a"])
    data = evil.data.replace(b'"a"', b'"/"')
    with pytest.raises((ValueError, OSError)):
        station._unpack(station.Package("x", data), tmp_path / "out")
