"""How a verification is to be done; filled from ``[tool.kerasmig.verify]`` and from flags."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

LEVELS = ("shapes", "outputs", "training", "program")

CONDITIONS = ("accept", "fail")
_SCHEDULER = re.compile(r"local(:[1-9]\d*)?|\w+://\S+")


class WrongSettings(ValueError):
    """A setting has a value that cannot be; the message begins with its name."""


@dataclass(frozen=True)
class VerifySettings:
    """Settings of one verification.

    Args:
        level: how deep to compare: ``shapes`` (layers, shapes, parameter counts), ``outputs``
            (and outputs with the weights carried over), ``training`` (and training mode, losses
            and weights after training steps with what the program itself compiled) or ``program``
            (and what the programs themselves do with them, over the first batches of a few epochs).
        time_limit: seconds of CPU time that one program may take on one side; measuring each model
            that it has built may take as long again. By the clock four times as much: machines are
            busy, and a program that only waits is stopped at once when its seconds are over.
        program_limit: seconds that workers may be busy with whole programs (level ``program``) before no
            further one is begun; of those that are left only the models are compared.
        memory_limit: megabytes of resident memory that one program may take on one side; 0 means
            half of what the machine has.
        tolerance: largest difference allowed, relative to the size of the old output.
        seed: seeds weights, inputs and batches.
        jobs: programs to run at once; 0 means one per core.
        models: explicit places: ``"nets/unet.py:build(512, classes=2)"`` calls a function,
            ``"train.py --size 3"`` gives a script its arguments.
        stubs: modules to be replaced by inert stand-ins although they may be installed.
        skip: file patterns (as in ``fnmatch``) that are not run.
        env: environment variables that programs see besides the few that Python and the libraries
            need: ``"NAME"`` as it is here, or ``"NAME=value"``.
        read, write: files and folders that programs may read, or change, outside their copy.
        trust: run programs even where nothing on this system can confine them.
        cache_dir: where results are kept by content; None: no cache.
        fork: fork programs off a warm worker where the system allows.
        conditions: what a match is worth that holds under a condition only: ``accept`` it, or
            ``fail``.
        turned: models of the new program may take and give the channels last where those of the
            old one had them first (``--layout channels_last --with-data``).
        scheduler: where programs are run: empty on this machine by itself, ``local`` or ``local:N``
            on a Dask cluster started here, else the address of a scheduler of Dask.
        python: interpreter for the workers; None: this one.

    Raises:
        WrongSettings: a level that does not exist, or a limit that is negative or (memory aside) zero.
    """

    level: str = "outputs"
    time_limit: float = 60.0
    program_limit: float = 900.0
    memory_limit: int = 0
    tolerance: float = 1e-4
    seed: int = 0
    jobs: int = 0
    models: Sequence[str] = ()
    stubs: Sequence[str] = ()
    skip: Sequence[str] = ()
    env: Sequence[str] = ()
    read: Sequence[str] = ()
    write: Sequence[str] = ()
    trust: bool = False
    cache_dir: Path | None = None
    fork: bool = True
    conditions: str = "accept"
    turned: bool = False
    scheduler: str = ""
    python: str | None = None

    def __post_init__(self) -> None:
        if self.level not in LEVELS:
            raise WrongSettings(f"level = {self.level!r}: choose one of {', '.join(LEVELS)}")
        if self.conditions not in CONDITIONS:
            raise WrongSettings(
                f"conditions = {self.conditions!r}: choose one of {', '.join(CONDITIONS)}"
            )
        for name in ("time_limit", "program_limit", "tolerance"):
            if getattr(self, name) <= 0:
                raise WrongSettings(
                    f"{name.replace('_', '-')} must be positive, not {getattr(self, name)!r}"
                )
        if self.scheduler and not _SCHEDULER.fullmatch(self.scheduler):
            raise WrongSettings(
                f"scheduler = {self.scheduler!r}: write local, local:N, or the address of a "
                "scheduler such as tcp://10.0.0.1:8786"
            )
        if self.memory_limit < 0:
            raise WrongSettings(f"memory-limit must not be negative: {self.memory_limit!r}")

    @property
    def job_count(self) -> int:
        """Programs to run at once."""
        return self.jobs if self.jobs > 0 else os.cpu_count() or 1

    @property
    def megabytes(self) -> int:
        """Resident memory that one program may take on one side."""
        return self.memory_limit or machine_megabytes() // 2


def machine_megabytes() -> int:
    """Memory of the machine, or of the container that we run in; 8 GB where nobody tells."""
    sizes = []
    with contextlib.suppress(OSError, ValueError, AttributeError):
        sizes.append(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    for name in ("memory.max", "memory/memory.limit_in_bytes"):
        with contextlib.suppress(OSError, ValueError):
            sizes.append(int(Path("/sys/fs/cgroup", name).read_text()))
    sizes = [size for size in sizes if size > 0]
    return min(sizes, default=8 << 30) // 1_000_000
