"""Fetching one pinned sdist with the package client that the user already has.

pip and uv know the user's mirrors, proxies, certificates and credentials; we know none of them.
Both are given the hash, so that they refuse other bytes *before* they run the sdist's setup.py
(which neither lets us skip).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from kerasmig.legacy.errors import LegacyError

# A client waits and retries by itself; this only ends one that hangs.
_PATIENCE_SECONDS = 600
_HASH_COMPLAINTS = ("do not match the hashes", "hash mismatch")


@dataclass(frozen=True)
class Requirement:
    """One sdist: its project, version, the SHA-256 of the file, and that of the sources in it."""

    project: str
    version: str
    sha256: str
    contents: str = ""

    def line(self) -> str:
        """The line of a requirements file that allows this file and no other."""
        return f"{self.project}=={self.version} --hash=sha256:{self.sha256}\n"


@dataclass(frozen=True)
class Client:
    """A package client: its name for messages and the command that starts it."""

    name: str
    command: tuple[str, ...]

    def fetch(self, requirement: Requirement, into: Path) -> None:
        """Put the sdist (pip) or its installed packages (uv) into the folder `into`.

        Raises:
            ChecksumError: the index served other bytes than the pinned ones.
            FetchFailed: anything else that the client gave up on.
        """
        wanted = into / "requirement.txt"
        wanted.write_text(requirement.line(), encoding="utf-8")
        try:
            done = subprocess.run(
                [*self.command, *self._arguments(requirement, into), "-r", str(wanted)],
                cwd=into,  # not the user's folder: a local pip.py or setup.cfg must not matter
                env=os.environ | {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                encoding="utf-8",
                errors="replace",
                timeout=_PATIENCE_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise FetchFailed(f"{self.name}: no answer in {_PATIENCE_SECONDS} s") from None
        except OSError as error:
            raise FetchFailed(f"{self.name}: {error}") from error
        finally:
            wanted.unlink(missing_ok=True)
        if done.returncode != 0:
            if any(complaint in done.stdout.lower() for complaint in _HASH_COMPLAINTS):
                raise checksum_error(requirement, f"{self.name} refused it")
            raise FetchFailed(f"{self.name}: {_gist(done.stdout)}")

    def _arguments(self, requirement: Requirement, into: Path) -> list[str]:
        # --no-binary takes the project, not :all:, which would build setuptools from source too.
        common = ["--no-deps", "--require-hashes", "--no-binary", requirement.project.lower()]
        if self.name == "pip":
            return ["download", *common, "--dest", str(into)]
        # uv has no `download`; an unpacked install of the hash-checked sdist is as good.
        return ["pip", "install", *common, "--python", sys.executable, "--target", str(into)]


class FetchFailed(Exception):
    """A client could not bring the file; the text says in its words why."""


class ChecksumError(LegacyError):
    """The file that was served is not the file that was pinned."""


def checksum_error(requirement: Requirement, detail: str) -> ChecksumError:
    """The error for a file of `requirement` whose SHA-256 is not the pinned one."""
    return ChecksumError(
        f"The {requirement.project} {requirement.version} that your package index serves is not "
        f"the released file: its SHA-256 differs from {requirement.sha256} ({detail}).",
        "Nothing was installed. Ask whoever runs the index or proxy, or fetch "
        f"{requirement.project}-{requirement.version}.tar.gz from pypi.org, unpack it and point "
        "KERASMIG_LEGACY_PATH to the folder.",
    )


def package_clients() -> list[Client]:
    """The clients to try, best first: pip of this interpreter, then uv."""
    clients = []
    if _runs([sys.executable, "-m", "pip", "--version"]):
        clients.append(Client("pip", (sys.executable, "-m", "pip")))
    if uv := shutil.which("uv"):
        clients.append(Client("uv", (uv,)))
    return clients


def _runs(command: list[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, timeout=60, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _gist(output: str) -> str:
    """The line of a client's output that tells most: the last one that speaks of an error."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if line.lower().startswith(("error", "╰─▶", "caused by"))]
    return (errors or lines or ["no output"])[-1]
