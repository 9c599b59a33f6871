"""Options, files and variables that people know from ruff, black and pre-commit."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from kerasmig.cli import main
from kerasmig.cli.options import upgrade_options
from tests.core.trees import OLD, run, write_tree

ROOT = Path(__file__).parents[2]
DENSE = "from keras.layers import Dense\nDense(output_dim=3)\n"
LEFT = "import keras\nx = keras.layers.Nothing()\n"


def checked(folder: Path, *arguments: str) -> list[str]:
    """The files in which a check finds something."""
    ran = run(folder, "check", "--no-cache", "--output-format", "json", *arguments)
    files = json.loads(ran.out)["run"]["files"]
    return sorted(file["path"] for file in files if file["findings"])


def piped(folder: Path, source: str, *arguments: str) -> tuple[int, str, str]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        result = CliRunner().invoke(main, arguments, input=source)
    finally:
        os.chdir(before)
    return result.exit_code, result.stdout, result.stderr


# -- what stands beside the code -----------------------------------------------------------------


def test_findings_beside_the_code_are_switched_off_as_those_in_it(tmp_path: Path) -> None:
    readme = "KERAS_BACKEND=theano python a.py"
    write_tree(
        tmp_path,
        {
            "a.py": b"import keras\nm = keras.Sequential()\n",
            "README.md": f"`{readme}`\n".encode(),
            "requirements.txt": b"keras==1.2.2\ntensorflow==1.0\n",
        },
    )
    assert checked(tmp_path) == ["README.md", "requirements.txt"]
    assert checked(tmp_path, "--ignore", "KM607") == ["requirements.txt"]
    assert checked(tmp_path, "--select", "KM6") == ["README.md"]
    assert checked(tmp_path, "--per-file-ignores", "*.md:KM607") == ["requirements.txt"]
    assert checked(tmp_path, "--exclude", "*.md") == ["requirements.txt"]
    assert checked(tmp_path, "--exclude", "*.md", "README.md", "a.py")[0] == "README.md"
    run(tmp_path, "upgrade", "--update-requirements", "--ignore", "KM902")
    assert b"keras==1.2.2" in (tmp_path / "requirements.txt").read_bytes()
    (tmp_path / "README.md").write_text(f"`{readme}` <!-- # kerasmig: ignore[KM607] -->\n")
    assert checked(tmp_path) == ["requirements.txt"]
    pins = "keras==1.2.2  # kerasmig: ignore[KM902]\ntensorflow==1.0  # kerasmig: ignore\n"
    (tmp_path / "requirements.txt").write_text(pins)
    assert checked(tmp_path) == []
    run(tmp_path, "upgrade", "--update-requirements")
    assert (tmp_path / "requirements.txt").read_text() == pins


@pytest.mark.parametrize(
    ("arguments", "left"),
    [
        (("--per-file-ignores", "a.py:KM204,b.py:KM204"), []),
        (("--per-file-ignores", "a.py:KM204,KM201,b.py:KM9"), ["b.py"]),
        (("--per-file-ignores", "a.py:KM204", "--per-file-ignores", "b.py:KM2"), []),
        (("--ignore", "ALL"), []),
        (("--select", "ALL"), ["a.py", "b.py"]),
        (("--select", "ALL", "--ignore", "km204"), []),
    ],
)
def test_codes_are_chosen_as_ruff_takes_them(
    arguments: tuple[str, ...], left: list[str], tmp_path: Path
) -> None:
    write_tree(tmp_path, {"a.py": DENSE.encode(), "b.py": DENSE.encode()})
    assert checked(tmp_path, *arguments) == left


@pytest.mark.parametrize("given", ["tests/*", "tests/*:", ":KM2", "a.py:KM2,:KM4", "KM2"])
def test_patterns_without_codes_are_refused(given: str, tmp_path: Path) -> None:
    write_tree(tmp_path, {"a.py": DENSE.encode()})
    ran = run(tmp_path, "check", "--per-file-ignores", given)
    assert ran.code == 2 and "tests/*:KM4" in ran.err


@pytest.mark.parametrize(
    ("comment", "said"),
    [
        ("# kerasmig: ignroe[KM204]", "says nothing that kerasmig knows"),
        ("# kerasmig: data_format=channels_frist", "says nothing that kerasmig knows"),
        ("# kerasmig: ignore[KM2O4]", "unknown code"),
        ("# KERASMIG: ignore[km204]", ""),
        ("# kerasmig:ignore[ALL]", ""),
        ("# noqa: F401  # kerasmig: ignore", ""),
    ],
)
def test_comments_that_are_no_directives_are_reported(
    comment: str, said: str, tmp_path: Path
) -> None:
    source = f"from keras.layers import Dense\nDense(output_dim=3)  {comment}\n"
    write_tree(tmp_path, {"a.py": source.encode()})
    ran = run(tmp_path, "check", "--no-cache")
    assert ("KM925" in ran.out.decode()) == bool(said)
    assert said in ran.out.decode() and ran.code == int(bool(said))


# -- configuration ---------------------------------------------------------------------------------


def test_a_named_configuration_file_takes_the_place_of_the_found_one(tmp_path: Path) -> None:
    write_tree(
        tmp_path,
        {
            "a.py": DENSE.encode(),
            "pyproject.toml": b"[tool.kerasmig]\nidiomatic = true\n",
            "other/pyproject.toml": b"[tool.kerasmig]\ntodo = true\n",
            "plain.toml": b"jobs = 7\n",
            "empty/pyproject.toml": b"[tool.black]\nline-length = 90\n",
        },
    )
    show = ("check", "--show-settings")
    found = run(tmp_path, *show).out.decode()
    assert "idiomatic = true" in found and "todo = false" in found
    named = run(tmp_path, *show, "--config", "other/pyproject.toml").out.decode()
    assert "idiomatic = false" in named and "todo = true" in named
    assert f"other{os.sep}pyproject.toml" in named.splitlines()[0]
    assert "jobs = 7" in run(tmp_path, *show, "--config", "plain.toml").out.decode()
    assert "idiomatic = false" in run(tmp_path, *show, "--isolated").out.decode()
    for arguments, words in (
        (["--config", "empty/pyproject.toml"], "has no [tool.kerasmig]"),
        (["--config", "nowhere.toml"], "nowhere.toml: cannot be read: No such file"),
        (["--config", "plain.toml", "--config", "other/pyproject.toml"], "give one file"),
        (["--config", "plain.toml", "--isolated"], "does not go with --isolated"),
    ):
        ran = run(tmp_path, "check", *arguments)
        assert (ran.code, words in ran.err) == (2, True), ran.err


def test_one_value_can_be_set_over_the_file(tmp_path: Path) -> None:
    write_tree(tmp_path, {"pyproject.toml": b"[tool.kerasmig]\njobs = 2\nignore = ['KM4']\n"})
    text = run(
        tmp_path, "check", "--show-settings", "--config", "layout = 'channels_last'"
    ).out.decode()
    assert 'layout = "channels_last"' in text and "jobs = 2" in text and '"KM4"' in text
    for given, words in (
        ("jobs = 'x'", "--config: jobs must be a whole number"),
        ("colour = 1", "--config: unknown option 'colour'"),
        ("jobs =", "--config: is not TOML"),
    ):
        ran = run(tmp_path, "check", "--config", given)
        assert (ran.code, words in ran.err) == (2, True), ran.err


def test_a_file_of_ones_own_needs_no_table(tmp_path: Path) -> None:
    write_tree(tmp_path, {"kerasmig.toml": b"jobs = 3\n", "sub/a.py": DENSE.encode()})
    assert "jobs = 3" in run(tmp_path / "sub", "check", "--show-settings").out.decode()


def test_settings_are_found_beside_code_that_stands_elsewhere(tmp_path: Path) -> None:
    write_tree(
        tmp_path,
        {
            "project/pyproject.toml": b"[tool.kerasmig]\nignore = ['KM204']\n",
            "project/src/a.py": DENSE.encode(),
            "mine/pyproject.toml": b"[tool.kerasmig]\n",
            "elsewhere/x": b"",
        },
    )
    assert checked(tmp_path / "elsewhere", "../project/src") == []
    assert checked(tmp_path / "elsewhere", "--isolated", "../project/src") != []
    # Where one has settings of one's own, those count.
    assert checked(tmp_path / "mine", "../project/src") != []


def test_what_programs_may_do_is_not_taken_from_a_file_that_came_with_the_code(
    tmp_path: Path,
) -> None:
    write_tree(
        tmp_path,
        {
            "clone/pyproject.toml": b"[tool.kerasmig.verify]\ntrust = true\n",
            "clone/a.py": DENSE.encode(),
            "here/x": b"",
        },
    )
    ran = run(tmp_path / "here", "upgrade", "--diff", "--verify", "../clone")
    assert ran.code == 2
    assert "'trust' in [tool.kerasmig.verify]" in ran.err and "--config" in ran.err


@pytest.mark.parametrize("value", ['a "x"', "ü", "a b/*.py"])
def test_shown_settings_can_be_read_back(tmp_path: Path, value: str) -> None:
    shown = run(
        tmp_path, "check", "--show-settings", "--exclude", value, "--per-file-ignores",
        f"{value}:KM4", "--select", "KM2,KM4", "--data-format", "explicit",
    ).out  # fmt: skip
    (tmp_path / "kerasmig-settings.toml").write_bytes(shown)
    again = run(tmp_path, "check", "--show-settings", "--config", "kerasmig-settings.toml").out
    assert again.splitlines()[1:] == shown.splitlines()[1:]


def test_settings_that_add_go_beside_those_of_the_file(tmp_path: Path) -> None:
    files = {"pyproject.toml": b"[tool.kerasmig]\nignore = ['KM204']\nexclude = ['x.py']\n"}
    write_tree(tmp_path, files)
    text = run(
        tmp_path, "check", "--show-settings", "--extend-ignore", "KM4", "--extend-exclude", "y.py"
    ).out.decode()
    assert 'ignore = ["KM204", "KM4"]' in text
    assert 'exclude = ["x.py", "y.py"]' in text
    assert (
        'ignore = ["KM4"]'
        in run(tmp_path, "check", "--show-settings", "--ignore", "KM4").out.decode()
    )


# -- which files -----------------------------------------------------------------------------------

TREE = {
    "pyproject.toml": b"[tool.kerasmig]\nextend-exclude = ['src/old/', 'skip_*.py']\n",
    "src/a.py": DENSE.encode(),
    "src/skip_b.py": DENSE.encode(),
    "src/old/c.py": DENSE.encode(),
    "build/d.py": DENSE.encode(),
}


def test_patterns_of_a_file_are_seen_from_its_folder(tmp_path: Path) -> None:
    write_tree(tmp_path, TREE)
    assert checked(tmp_path) == ["src/a.py"]
    assert checked(tmp_path, "src") == ["src/a.py"]
    assert checked(tmp_path / "src") == ["a.py"]


def test_what_is_named_outright_is_taken_unless_exclusion_is_forced(tmp_path: Path) -> None:
    write_tree(tmp_path, TREE)
    named = ("src/a.py", "src/skip_b.py", "src/old/c.py", "build/d.py")
    assert checked(tmp_path, *named) == sorted(named)
    assert checked(tmp_path, "--force-exclude", *named) == ["src/a.py"]
    assert checked(tmp_path, "src/old") == ["src/old/c.py"]
    assert checked(tmp_path, "--force-exclude", "src/old", "src/a.py") == ["src/a.py"]
    assert checked(tmp_path, "--config", "force-exclude = true", *named) == ["src/a.py"]
    assert checked(
        tmp_path, "--config", "force-exclude = true", "--no-force-exclude", *named
    ) == sorted(named)


def test_files_can_be_listed(tmp_path: Path) -> None:
    write_tree(tmp_path, TREE)
    ran = run(tmp_path, "upgrade", "--show-files")
    assert (ran.code, ran.out.decode().split()) == (0, ["src/a.py"])
    assert run(tmp_path, "check", "--show-files", "nowhere").code == 3
    assert (tmp_path / "src/a.py").read_text() == DENSE


# -- stdin -----------------------------------------------------------------------------------------


def test_stdin_has_the_name_that_is_given(tmp_path: Path) -> None:
    files = {"pyproject.toml": b"[tool.kerasmig]\nper-file-ignores = { 'gen/*' = ['KM204'] }\n"}
    write_tree(tmp_path, {**files, "gen/x": b""})
    code, out, _ = piped(tmp_path, LEFT, "check", "-", "--stdin-filename", "src/n.py",
                         "--output-format", "concise")  # fmt: skip
    assert code == 1 and out.startswith("src/n.py:2:5: KM")
    for given, expected in (("src/n.py", "units=3"), ("gen/n.py", "output_dim=3")):
        code, out, err = piped(tmp_path, DENSE, "upgrade", "-", "--stdin-filename", given)
        assert code == 0 and expected in out, err
    code, out, err = piped(tmp_path, "def f(:\n", "upgrade", "-", "--stdin-filename", "n.py")
    assert (code, out) == (3, "def f(:\n") and "n.py" in err
    notebook = {
        "cells": [
            {"cell_type": "code", "source": [DENSE], "metadata": {}, "outputs": [],
             "execution_count": None}
        ],
        "metadata": {}, "nbformat": 4, "nbformat_minor": 4,
    }  # fmt: skip
    code, out, err = piped(
        tmp_path, json.dumps(notebook), "upgrade", "-", "--stdin-filename", "n.ipynb"
    )
    assert code == 0 and "units=3" in "".join(json.loads(out)["cells"][0]["source"]), err


def test_stdin_of_an_excluded_name_passes_through(tmp_path: Path) -> None:
    write_tree(tmp_path, TREE)
    asked = ("-", "--stdin-filename", "src/old/c.py")
    assert piped(tmp_path, DENSE, "upgrade", *asked)[1] != DENSE
    assert piped(tmp_path, DENSE, "upgrade", *asked, "--force-exclude")[:2] == (0, DENSE)
    assert piped(tmp_path, DENSE, "upgrade", *asked, "--force-exclude", "--diff")[:2] == (0, "")
    assert piped(tmp_path, DENSE, "check", *asked)[0] == 1
    assert piped(tmp_path, DENSE, "check", *asked, "--force-exclude")[0] == 0


def test_a_name_without_stdin_is_refused(tmp_path: Path) -> None:
    ran = run(tmp_path, "check", ".", "--stdin-filename", "a.py")
    assert ran.code == 2 and "give `-` as the path" in ran.err


# -- output ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["text", "json", "html", "concise"])
def test_a_report_goes_into_a_file(tmp_path: Path, form: str) -> None:
    write_tree(tmp_path, {"a.py": LEFT.encode()})
    ran = run(tmp_path, "check", "--output-format", form, "-o", "report.out")
    assert (ran.code, ran.out) == (1, b"")
    assert "Nothing" in (tmp_path / "report.out").read_text(encoding="utf-8")
    assert run(tmp_path, "check", "-o", "no/such/folder/report").code == 3


def test_a_diff_stays_on_stdout_beside_a_report_in_a_file(tmp_path: Path) -> None:
    write_tree(tmp_path, {"a.py": DENSE.encode()})
    ran = run(tmp_path, "upgrade", "--diff", "-o", "report.txt")
    assert ran.out.startswith(b"diff --git ") and b"uses " not in ran.out
    assert "uses " in (tmp_path / "report.txt").read_text()


def coloured(folder: Path, *arguments: str, **variables: str) -> bool:
    known = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "FORCE_COLOR")}
    done = subprocess.run(
        [sys.executable, "-m", "kerasmig", *arguments],
        cwd=folder,
        env={**known, "PYTHONIOENCODING": "utf-8", "TERM": "xterm", **variables},
        capture_output=True,
        check=False,
    )
    return re.search(rb"\x1b\[[\d;]*3[0-7]m", done.stdout) is not None


@pytest.mark.parametrize(
    "arguments", [("check", "-v"), ("upgrade", "--diff"), ("start", "--plan")], ids="_".join
)
def test_colours_are_as_the_environment_asks(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    write_tree(tmp_path, {"a.py": OLD.encode()})
    assert not coloured(tmp_path, *arguments)
    assert coloured(tmp_path, *arguments, FORCE_COLOR="1")
    assert not coloured(tmp_path, *arguments, FORCE_COLOR="1", NO_COLOR="1")


@pytest.mark.parametrize("form", ["json", "html", "markdown"])
def test_reports_are_reproducible(
    tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_tree(tmp_path, {"a.py": LEFT.encode()})
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1480000000")
    first = run(tmp_path, "check", "--output-format", form).out
    assert b"2016-11-24 15:06 UTC" in first
    assert run(tmp_path, "check", "--output-format", form).out == first


# -- pre-commit ------------------------------------------------------------------------------------


def test_requirement_files_can_be_named(tmp_path: Path) -> None:
    write_tree(tmp_path, {"requirements.txt": b"keras==1.2.2\ntheano\n", "readme.md": b"x"})
    ran = run(tmp_path, "check", "requirements.txt")
    assert ran.code == 1 and b"requirements.txt:1" in ran.out and b"KM902" in ran.out
    assert run(tmp_path, "upgrade", "requirements.txt", "--update-requirements").code == 0
    assert "keras>=3.8" in (tmp_path / "requirements.txt").read_text()
    assert run(tmp_path, "check", "requirements.txt").code == 0


def test_the_hooks_take_what_they_are_for_and_say_nothing_else(tmp_path: Path) -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    for hook in hooks:
        words = hook["entry"].split()
        assert words[0] == "kerasmig" and words[1] in main.commands
        assert "--force-exclude" in words
        assert "--quiet" in words or "concise" in words  # no summary
        for name in ("a.py", "x/b.ipynb", "requirements.txt", "r/requirements-dev.in", "setup.cfg",
                     "environment.yml", "pyproject.toml", "Pipfile", "setup.py"):  # fmt: skip
            assert re.search(hook["files"], name), name
        for name in ("a.md", "a.pyc", "x.txt", "notes/pyproject.toml.bak"):
            assert not re.search(hook["files"], name), name
    write_tree(tmp_path, {"a.py": DENSE.replace("output_dim", "units").encode()})
    ran = run(tmp_path, *hooks[0]["entry"].split()[1:], "a.py")
    assert (ran.code, ran.out, ran.err) == (0, b"", "")
    write_tree(tmp_path, {"a.py": DENSE.encode()})
    ran = run(tmp_path, *hooks[0]["entry"].split()[1:], "a.py")
    assert ran.code == 1 and b"a.py:2:1: KM204 [*] " in ran.out  # never a failure without a word


def test_upgrade_and_check_share_their_options() -> None:
    marked = {
        option.name for option in getattr(upgrade_options(lambda: None), "__click_params__", ())
    }
    for name in ("upgrade", "check"):
        assert marked <= {parameter.name for parameter in main.commands[name].params}
