"""Where Landlock is missing, bubblewrap confines as well: all the programs that write, one after the other."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from kerasmig.verify.program import bubblewrap, confinement, landlock
from tests.hostile.programs import SECRETS, WRITING

pytestmark = pytest.mark.skipif(not bubblewrap.available(), reason="bubblewrap is not installed")

_RUN = """
import json, os, sys
from pathlib import Path
from kerasmig.verify.program import confinement, landlock
landlock.version = lambda: 0
for name in sys.argv[4].split():
    __import__(name)
level = confinement.confine(Path(sys.argv[1]), Path(sys.argv[1]), (), ())
names = {"VICTIM": sys.argv[2], "HOME": sys.argv[3], "COPY": sys.argv[1], "OTHER": os.getppid()}
said = []
for code in json.load(sys.stdin):
    try:
        last = code.rpartition("; ")
        exec(code, dict(names))
        said.append(str(eval(last[2].rpartition(chr(10))[2], dict(names))) if "id_rsa" in code else "")
    except BaseException as error:
        said.append(repr(error))
print(json.dumps([level, said]))
"""
_NEEDED = (
    "numpy h5py PIL.Image PIL.PngImagePlugin scipy.io yaml sqlite3 multiprocessing.shared_memory "
    "dbm.dumb shelve zipfile tarfile gzip mmap tempfile logging faulthandler sysconfig"
)


def test_nothing_outside_is_changed_or_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(landlock, "version", lambda: 0)
    assert confinement.available() == "bubblewrap"
    victim, home, session = tmp_path / "victim", tmp_path / "home", tmp_path / "session"
    (victim / "sub").mkdir(parents=True)
    (victim / "data.bin").write_bytes(b"precious" * 1000)
    (victim / "sub" / "deep.txt").write_text("deep")
    (home / ".ssh").mkdir(parents=True)
    (home / ".ssh" / "id_rsa").write_text("hostile-secret")
    (home / ".bashrc").write_text("mine")
    folder = session / "runs" / "1"
    folder.mkdir(parents=True)
    (folder / "main.py").write_text("x = 1\n")

    def state() -> list[tuple[str, bytes, int, int]]:
        found = sorted([*victim.rglob("*"), *home.rglob("*")])
        return [
            (str(p), p.read_bytes() if p.is_file() else b"", p.stat().st_mode, p.stat().st_mtime_ns)
            for p in found
        ]

    before = state()
    # Without what ends the process itself, or waits for a pipe.
    codes = [code for name, code in WRITING.items() if name not in ("atexit", "pipe")]
    codes += [SECRETS[name] for name in ("key", "key by a link")]
    done = subprocess.run(
        [*confinement.wrapper(folder, session, (), ()), sys.executable, "-c", _RUN,
         str(folder), str(victim), str(home), _NEEDED],
        input=json.dumps(codes),
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    level, said = json.loads(done.stdout.splitlines()[-1])
    assert level == "bubblewrap, seccomp" and len(said) == len(codes)
    assert "hostile-secret" not in done.stdout
    assert state() == before
    assert not list(Path("/dev/shm").glob("*kerasmig-hostile*"))


def test_a_process_that_was_not_wrapped_is_not_taken_for_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(landlock, "version", lambda: 0)
    monkeypatch.setenv("KERASMIG_WRAPPED", "1")
    with pytest.raises(OSError, match="not started by bubblewrap"):
        confinement.confine(tmp_path, tmp_path, (), ())
