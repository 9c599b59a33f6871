"""What every test needs."""

from __future__ import annotations

import os
import signal

import pytest

# Keras 3 under channels_first on any CPU: see "only supports the NHWC" in docs/verification.md.
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "1"

# What a script runs with `&` ignores interrupts, and so would the programs that tests interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--exhaustive", action="store_true", help="run the long tests, and only those")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the long tests out, or all others.

    Begins with the files that take minutes: else one worker is left with them in the end.
    """
    wanted = config.getoption("--exhaustive")
    chosen: dict[bool, list[pytest.Item]] = {True: [], False: []}
    for item in items:
        chosen[(item.get_closest_marker("exhaustive") is not None) == wanted].append(item)
    if chosen[False]:
        config.hook.pytest_deselected(items=chosen[False])
    items[:] = chosen[True]
    slow = {item.path for item in items if item.get_closest_marker("slow") is not None}
    items.sort(key=lambda item: item.path not in slow)
