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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take minutes: else one worker is left with them in the end."""
    slow = {item.path for item in items if item.get_closest_marker("slow") is not None}
    items.sort(key=lambda item: item.path not in slow)
