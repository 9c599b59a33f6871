"""`upgrade_source` runs where there is no fork, no TensorFlow and no compiled package: in Pyodide."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PLAYGROUND = ROOT / "docs" / "_site" / "playground.py"

# In a fresh process: everything that starts a process or a thread raises, as it does in Pyodide,
# and so does every third-party package that the playground does not bring.
CHILD = """
import importlib.abc, json, os, subprocess, sys, threading, _thread
from pathlib import Path

def absent(*_, **__):
    raise RuntimeError("there are no processes and threads in a browser")

for name in ("fork", "forkpty", "posix_spawn", "posix_spawnp", "system", "popen"):
    setattr(os, name, absent)
subprocess.Popen.__init__ = absent
threading.Thread.start = absent
_thread.start_new_thread = absent
for name in ("fcntl", "resource", "termios", "pwd", "grp", "_multiprocessing", "_posixsubprocess"):
    sys.modules[name] = None

brought = set(json.loads(sys.argv[1])) | {"kerasmig"}

class NothingElse(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        top = name.partition(".")[0]
        if top in sys.stdlib_module_names or top in brought:
            return None
        raise ModuleNotFoundError(f"{name} is not brought to the browser", name=name)

sys.meta_path.insert(0, NothingElse())

from kerasmig import UpgradeSettings, upgrade_source

sources = [Path(name).read_text(encoding="utf-8") for name in json.loads(sys.argv[2])]
changed = 0
for source in sources:
    for layout, data_format in (("keep", "auto"), ("channels_last", "explicit")):
        result = upgrade_source(source, UpgradeSettings(layout=layout, data_format=data_format))
        changed += result.code != source
result = upgrade_source("print 'a'\\nfrom keras.layers.core import Dense\\n")
assert "print('a')" in result.code, result.code
compiled = sorted(
    name
    for name, module in sys.modules.items()
    if (getattr(module, "__file__", None) or "").endswith((".so", ".pyd"))
    and name.partition(".")[0] not in sys.stdlib_module_names
)
print(json.dumps({"changed": changed, "compiled": compiled}))
"""


def brought() -> list[str]:
    """The packages that the site serves with kerasmig."""
    words = re.search(r"^NEEDED = \((.*)\)$", PLAYGROUND.read_text(encoding="utf-8"), re.MULTILINE)
    assert words
    return re.findall(r'"(\w+)"', words.group(1))


def run(packages: list[str], programs: list[str]) -> subprocess.CompletedProcess[str]:
    arguments = [json.dumps(packages), json.dumps(programs)]
    command = [sys.executable, "-c", CHILD, *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)


def test_the_core_needs_no_processes_and_no_more_packages_than_the_site_serves() -> None:
    programs = sorted(map(str, (ROOT / "corpus" / "legacy").rglob("*.py")))
    done = run(brought(), programs)
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout)
    assert found["compiled"] == []
    assert found["changed"] > len(programs)


@pytest.mark.parametrize("package", brought())
def test_each_package_that_the_site_serves_is_needed(package: str) -> None:
    assert run([name for name in brought() if name != package], []).returncode != 0
