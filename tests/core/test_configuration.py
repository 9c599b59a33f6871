"""Values in pyproject.toml are checked, and a wrong one is named with its key."""

from __future__ import annotations

from pathlib import Path

import pytest

from kerasmig.cli.exits import exit_code
from kerasmig.finding import FileResult, RunResult
from kerasmig.project.config import load
from kerasmig.verify import Skipped, VerifyReport
from kerasmig.verify.settings import VerifySettings, WrongSettings
from tests.core.trees import OLD, run, write_tree

WRONG = [
    ("tool = 1", "tool must be a table"),
    ("[tool]\nkerasmig = 5", "tool.kerasmig must be a table"),
    ("[tool.kerasmig]\njobs = '4'", "jobs must be a whole number, not '4'"),
    ("[tool.kerasmig]\njobs = true", "jobs must be a whole number, not True"),
    ("[tool.kerasmig]\njobs = -1", "jobs must be a number of workers"),
    ("[tool.kerasmig]\nidiomatic = 'yes'", "idiomatic must be true or false, not 'yes'"),
    ("[tool.kerasmig]\ntodo = 1", "todo must be true or false, not 1"),
    ("[tool.kerasmig]\nselect = 'KM2'", "select must be a list of strings, not 'KM2'"),
    ("[tool.kerasmig]\nexclude = ['!']", "exclude: '!' is not a pattern"),
    ("[tool.kerasmig]\ninclude = ['[z-a]']", "include: '[z-a]' is not a pattern"),
    ("[tool.kerasmig]\nverify = 3", "verify must be a table"),
    ("[tool.kerasmig.verify]\ntime-limit = '60'", "time-limit must be a number, not '60'"),
    ("[tool.kerasmig.verify]\ntime-limit = 0", "time-limit must be positive"),
    ("[tool.kerasmig.verify]\ntime_limit = true", "time_limit must be a number, not True"),
    ("[tool.kerasmig.verify]\nmodels = 'net.py'", "models must be a list of strings, not 'net.py'"),
    ("[tool.kerasmig.verify]\nskip = [1]", "skip must be a list of strings, not [1]"),
    ("[tool.kerasmig.verify]\nmemory-limit = 1.5", "memory-limit must be a whole number"),
    ("[tool.kerasmig.verify]\npython = '/bin/sh'", "unknown option 'python'"),
    ("[tool.kerasmig.verify]\nscheduler = 'tcp://h:1'", "unknown option 'scheduler'"),
    ("[tool.kerasmig.verify]\ncache-dir = []", "cache-dir must be a path as a string"),
    ("[tool.kerasmig.verify]\nlevel = 'deep'", "level = 'deep': choose one of"),
    ("[tool.kerasmig.verify]\ncolour = 1", "unknown option 'colour'"),
    ("x = " + "[" * 5000, "nested too deeply"),
    ("x = " + "9" * 5000, "is not TOML"),
    ("x = ", "is not TOML"),
    ("\udcff", "is not TOML"),
]


@pytest.mark.parametrize(("text", "words"), WRONG, ids=[words for _, words in WRONG])
def test_a_wrong_value_is_named(text: str, words: str, tmp_path: Path) -> None:
    files = {"net.py": OLD.encode(), "pyproject.toml": text.encode("utf-8", "surrogateescape")}
    write_tree(tmp_path, files)
    ran = run(tmp_path, "upgrade")
    assert ran.code == 2
    assert words in ran.err and "pyproject.toml" in ran.err
    assert (tmp_path / "net.py").read_bytes() == OLD.encode()


def test_right_values_are_taken(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        "[tool.kerasmig]\ntodo = true\njobs = 2\n"
        "[tool.kerasmig.verify]\ntime-limit = 5\nmodels = ['net.py --size 3']\ncache-dir = 'x'\n",
        encoding="utf-8",
    )
    config = load(tmp_path)
    assert config.upgrade.todo and config.jobs == 2
    assert config.verify["time-limit"] == 5


@pytest.mark.parametrize("text", ["[tool]\nblack = 3", "[tool.black]\nline-length = 'abc'"])
def test_what_black_would_refuse_costs_no_rewrite(text: str, tmp_path: Path) -> None:
    write_tree(tmp_path, {"net.py": OLD.encode(), "pyproject.toml": text.encode()})
    ran = run(tmp_path, "upgrade", "--no-backup")
    assert ran.code == 0
    assert b"Conv2D(" in (tmp_path / "net.py").read_bytes()


def test_a_pattern_on_the_command_line_is_checked(tmp_path: Path) -> None:
    write_tree(tmp_path, {"net.py": OLD.encode()})
    ran = run(tmp_path, "check", "--exclude", "!")
    assert ran.code == 2 and "'!' is not a pattern" in ran.err


def test_a_wrong_setting_of_the_library_is_named() -> None:
    with pytest.raises(WrongSettings, match="time-limit must be positive"):
        VerifySettings(time_limit=-1)


def test_an_error_of_ours_is_no_wrong_usage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: object) -> None:
        raise TypeError("a bug")

    write_tree(tmp_path, {"net.py": OLD.encode()})
    monkeypatch.setattr("kerasmig.old_and_new.require_tensorflow", broken)
    with pytest.raises(TypeError, match="a bug"):
        run(tmp_path, "upgrade", "--diff", "--verify")


def test_unreadable_code_of_a_verification_ends_with_3() -> None:
    report = VerifyReport(skipped=(Skipped("a.py", 1, "a.py", "no Python", unreadable=True),))
    assert report.exit_code == 3
    assert exit_code(RunResult((FileResult("a.py"),)), report, False) == 3
