"""``keras1_compat.py`` under the real Keras 3: each name alone makes a module that imports."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from kerasmig.compat import compat_names, compat_source

_IMPORT_ALL = """
import importlib, json, pathlib, sys
import keras
failed = {}
for path in sorted(pathlib.Path('.').glob('alone_*.py')):
    try:
        importlib.import_module(path.stem)
    except Exception as error:
        failed[path.stem] = repr(error)
print(json.dumps(failed))
"""


@pytest.mark.slow
def test_each_name_alone_is_a_module_that_imports(tmp_path: Path) -> None:
    for name in compat_names():
        (tmp_path / f"alone_{name}.py").write_text(compat_source([name]), encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-c", _IMPORT_ALL],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert json.loads(run.stdout.splitlines()[-1]) == {}
