"""How a verification is to be done; filled from ``[tool.kerasmig.verify]`` and from flags."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

LEVELS = ("shapes", "outputs", "training")


@dataclass(frozen=True)
class VerifySettings:
    """Settings of one verification.

    Args:
        level: how deep to compare: ``shapes`` (layers, shapes, parameter counts), ``outputs``
            (and outputs with the weights carried over), ``training`` (and training mode, losses
            and weights after training steps with what the program itself compiled).
        time_limit: seconds that one program may take on one side.
        memory_limit: megabytes of resident memory that one program may take on one side.
        tolerance: largest difference allowed, relative to the size of the old output.
        seed: seeds weights, inputs and batches.
        jobs: programs to run at once; 0 means one per core.
        models: explicit places: ``"nets/unet.py:build(512, classes=2)"`` calls a function,
            ``"train.py --size 3"`` gives a script its arguments.
        stubs: modules to be replaced by inert stand-ins although they may be installed.
        skip: file patterns (as in ``fnmatch``) that are not run.
        cache_dir: where results are kept by content; None: no cache.
        fork: fork programs off a warm worker where the system allows.
        python: interpreter for the workers; None: this one.

    Raises:
        ValueError: a level that does not exist, or a limit that is not positive.
    """

    level: str = "outputs"
    time_limit: float = 60.0
    memory_limit: int = 4096
    tolerance: float = 1e-4
    seed: int = 0
    jobs: int = 0
    models: Sequence[str] = ()
    stubs: Sequence[str] = ()
    skip: Sequence[str] = ()
    cache_dir: Path | None = None
    fork: bool = True
    python: str | None = None

    def __post_init__(self) -> None:
        if self.level not in LEVELS:
            raise ValueError(f"level {self.level!r}: choose one of {', '.join(LEVELS)}")
        for name in ("time_limit", "memory_limit", "tolerance"):
            if getattr(self, name) <= 0:
                raise ValueError(f"{name} must be positive, not {getattr(self, name)!r}")

    @property
    def job_count(self) -> int:
        """Programs to run at once."""
        return self.jobs if self.jobs > 0 else os.cpu_count() or 1
