"""How a program that runs in Keras 1.2.2 hands its checks' results to the tests.

Starting TensorFlow costs more than all checks together, so one process runs many of them.
"""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

CHECKS: dict[str, Callable[[], Any]] = {}


def check(function: Callable[[], Any]) -> Callable[[], Any]:
    """Register a function that returns something JSON can hold, or raises."""
    CHECKS[function.__name__] = function
    return function


def run_all(before_each: Callable[[], Any]) -> None:
    """Run every check and write ``{name: {"result": ...} or {"error": ...}}`` to ``sys.argv[1]``."""
    results: dict[str, dict[str, Any]] = {}
    for name, function in CHECKS.items():
        before_each()
        try:
            results[name] = {"result": function()}
        except Exception:
            results[name] = {"error": traceback.format_exc()}
    text = json.dumps(results, default=lambda scalar: scalar.item())  # NumPy's
    Path(sys.argv[1]).write_text(text, encoding="utf-8")
