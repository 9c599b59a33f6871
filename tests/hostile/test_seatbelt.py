"""The rules for the sandbox of macOS, as text: later ones win."""

from __future__ import annotations

from pathlib import Path

from kerasmig.verify.program.seatbelt import profile


def test_only_the_folders_may_be_written_and_homes_not_be_read(tmp_path: Path) -> None:
    odd = tmp_path / 'a "b'
    lines = profile([tmp_path / "python"], [odd], [tmp_path / "home"]).splitlines()
    denied = lines.index("(deny file-write*)")
    quoted = str(odd.resolve()).replace('"', '\\"')
    assert lines.index(f'(allow file-write* (subpath "{quoted}"))') > denied
    hidden = next(i for i, line in enumerate(lines) if "deny file-read-data" in line)
    assert next(i for i, line in enumerate(lines) if "allow file-read-data" in line) > hidden
    assert {"(deny network*)", "(deny process-exec)", "(deny process-fork)"} <= set(lines)
