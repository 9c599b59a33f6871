"""The command line as a person meets it: help, wrong usage, exit codes, what is imported."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from kerasmig.cli import main

LEGACY = (
    "from keras.layers import Convolution2D, Input\n"
    "x = Convolution2D(8, 3, 3)(Input((64, 64, 3)))\n"
)
CLEAN = "from keras.layers import Conv2D\nx = Conv2D(8, (3, 3), padding='same')\n"


def invoke(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, list(arguments))
    return result.exit_code, result.stdout, result.stderr


def pipe(stdin: str) -> tuple[int, str, str]:
    """``kerasmig upgrade -`` as a process of its own, in no project."""
    command = [sys.executable, "-m", "kerasmig", "upgrade", "-"]
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            command, input=stdin, capture_output=True, text=True, encoding="utf-8", cwd=folder
        )
    return done.returncode, done.stdout, done.stderr


def test_help_imports_nothing_heavy() -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "kerasmig", "--help"],
        capture_output=True,
        text=True,
    )
    imported = {
        line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()
    }
    assert done.returncode == 0
    assert "kerasmig" in imported
    assert not imported & {"tensorflow", "keras", "libcst", "black", "numpy", "rich"}


def test_check_ends_with_1_while_anything_is_left(tmp_path: Path) -> None:
    (tmp_path / "old.py").write_text(LEGACY)
    assert invoke("check", str(tmp_path))[0] == 1
    assert (tmp_path / "old.py").read_text() == LEGACY


def test_check_ends_with_0_on_code_of_today(tmp_path: Path) -> None:
    (tmp_path / "new.py").write_text(CLEAN)
    assert invoke("check", str(tmp_path))[0] == 0


def test_stdin_to_stdout() -> None:
    code, out, err = pipe(LEGACY)
    assert code == 0
    assert out == LEGACY.replace("Convolution2D(8, 3, 3)", "Conv2D(8, (3, 3))").replace(
        "Convolution2D", "Conv2D"
    )
    assert "uses" in err


def test_a_syntax_error_on_stdin_gives_the_text_back() -> None:
    code, out, err = pipe("def f(:\n    keras\n")
    assert code == 3
    assert out == "def f(:\n    keras\n"
    assert "cannot be parsed" in err


def test_an_unreadable_input_ends_with_3_and_the_rest_is_done(tmp_path: Path) -> None:
    (tmp_path / "bad.py").write_text("import keras\ndef f(:\n")
    (tmp_path / "good.py").write_text(LEGACY)
    code, out, _ = invoke("upgrade", str(tmp_path), "--no-backup")
    assert code == 3
    assert "bad.py" in out and "line 2" in out
    assert "Conv2D(8, (3, 3))" in (tmp_path / "good.py").read_text()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["upgrade", "nowhere"], "no such file"),
        (["verify", "."], "give OLD and NEW"),
        (["verify", ".", ".", "--shard", "3/2"], "write it as 2/5"),
        (["explain", "KM999"], "nothing is known"),
        (["upgrade", ".", "--data-format", "middle"], "Invalid value"),
    ],
)
def test_wrong_usage_ends_with_2(
    arguments: list[str], words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, _, err = invoke(*arguments)
    assert code == 2
    assert words in err
    assert "Traceback" not in err


def test_wrong_configuration_ends_with_2(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").write_text("[tool.kerasmig]\ncolour = true\n")
    code, _, err = invoke("upgrade", ".")
    assert code == 2
    assert "unknown option 'colour'" in err


def test_verify_without_tensorflow_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name, package=None: None)
    (tmp_path / "old.py").write_text(LEGACY)
    code, _, err = invoke("upgrade", str(tmp_path), "--diff", "--verify")
    assert code == 2
    assert "pip install 'kerasmig[verify]'" in err


def test_explain_a_code_and_a_name() -> None:
    assert "## Why" in invoke("explain", "KM201")[1]
    assert "`nb_row`" in invoke("explain", "Convolution2D")[1]
    assert "`nb_row`" in invoke("explain", "Conv2D")[1]


def test_shapes_of_a_model_under_both_readings(tmp_path: Path) -> None:
    (tmp_path / "old.py").write_text(LEGACY.replace("(64, 64, 3)", "(4, 84, 84)"))
    code, out, _ = invoke("shapes", str(tmp_path / "old.py"))
    assert code == 0
    assert "(None, 8, 82, 82)" in out and "(None, 2, 82, 8)" in out


def test_shapes_of_a_model_that_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "old.py").write_text(LEGACY)
    code, _, err = invoke("shapes", f"{tmp_path / 'old.py'}:net")
    assert code == 1
    assert "no model" in err


def test_rules_as_table_and_json() -> None:
    assert "KM302" in invoke("rules")[1]
    assert {"code": "KM302"}.items() <= {
        key: value
        for row in json.loads(invoke("rules", "--output-format", "json")[1])
        if row["code"] == "KM302"
        for key, value in row.items()
    }.items()


def test_an_ignored_line_is_left_alone(tmp_path: Path) -> None:
    source = LEGACY.replace("3)))\n", "3)))  # kerasmig: ignore[KM201]\n")
    (tmp_path / "old.py").write_text(source)
    code, _, _ = invoke("upgrade", str(tmp_path), "--no-backup")
    assert code == 0
    assert (tmp_path / "old.py").read_text() == source


def test_codes_take_commas_and_names_and_must_be_known(tmp_path: Path) -> None:
    (tmp_path / "old.py").write_text(LEGACY)
    assert invoke("check", str(tmp_path), "--ignore", "KM2,import,KM111")[0] == 0
    code, _, err = invoke("check", str(tmp_path), "--select", "KM201,KM209x")
    assert code == 2
    assert "unknown code 'KM209x'; did you mean KM209?" in err


def test_codes_can_be_ignored_in_some_files(tmp_path: Path) -> None:
    (tmp_path / "old.py").write_text(LEGACY)
    (tmp_path / "pyproject.toml").write_text("")
    ignores = ("--per-file-ignores", "old.py:KM1,KM2")
    assert invoke("check", str(tmp_path), "--no-cache", *ignores)[0] == 0
    assert invoke("check", str(tmp_path), "--per-file-ignores", "old.py")[0] == 2


@pytest.mark.parametrize(
    "text",
    ["ignore = ['KM99']", "select = ['nothing']", "per-file-ignores = {'*.py' = ['KMX']}",
     "per-file-ignores = ['a']", "per-file-ignores = {'*.py' = 'KM2'}"],
)  # fmt: skip
def test_codes_of_the_configuration_must_be_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    (tmp_path / "pyproject.toml").write_text(f"[tool.kerasmig]\n{text}\n")
    monkeypatch.chdir(tmp_path)
    code, _, err = invoke("check", ".")
    assert code == 2
    assert "pyproject.toml" in err


def test_a_baseline_hides_what_is_known(tmp_path: Path) -> None:
    (tmp_path / "old.py").write_text(LEGACY)
    known = tmp_path / "known.json"
    check = ("check", str(tmp_path / "old.py"), "--no-cache", "--baseline", str(known))
    assert invoke(*check)[0] == 2
    assert invoke(*check, "--update-baseline")[0] == 0
    assert invoke(*check)[0] == 0
    (tmp_path / "old.py").write_text("\n" + LEGACY)
    assert invoke(*check)[0] == 0, "a line that moved is still known"
    (tmp_path / "old.py").write_text(LEGACY + "y = Convolution2D(8, 5, 5, border_mode='same')\n")
    assert invoke(*check)[0] == 1
    known.write_text("[]")
    assert invoke(*check)[0] == 2
    assert invoke("check", str(tmp_path), "--update-baseline")[0] == 2


def test_exit_zero_and_the_short_forms(tmp_path: Path) -> None:
    (tmp_path / "old.py").write_text("import keras\nx = keras.layers.Nothing()\n")
    path = str(tmp_path)
    assert invoke("check", path)[0] == 1
    assert invoke("check", path, "--exit-zero")[0] == 0
    assert invoke("upgrade", path, "--diff", "--exit-zero")[0] == 0
    code, out, _ = invoke("check", path, "--output-format", "concise")
    assert code == 1
    line, column, rest = out.splitlines()[0].partition(".py:")[2].split(":", 2)
    assert (line, column) == ("2", "5") and rest.startswith(" KM102 ")
    (tmp_path / "old.py").write_text(LEGACY)
    code, out, _ = invoke("check", path, "--output-format", "concise")
    assert code == 1 and "KM201 [*] " in out
    for form in ("github", "markdown"):
        code, told, _ = invoke("check", path, "--output-format", form)
        assert code == 1 and "would be changed" in told
        assert "to make with `kerasmig upgrade`" in told
    invoke("upgrade", path)
    assert "[*]" not in invoke("check", path, "--output-format", "concise")[1]
    (tmp_path / "old.py").write_text("import keras\nx = keras.layers.Nothing()\n")
    issues = json.loads(invoke("check", path, "--output-format", "gitlab")[1])
    assert {issue["severity"] for issue in issues} >= {"major"}
    assert len({issue["fingerprint"] for issue in issues}) == len(issues)


def test_check_of_what_is_done_is_short(tmp_path: Path) -> None:
    (tmp_path / "new.py").write_text(CLEAN)
    _, out, _ = invoke("check", str(tmp_path))
    assert len(out.splitlines()) <= 5


def test_a_check_asks_for_a_data_format_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "net.py").write_text(
        "from keras.layers import Input, Conv2D\nfrom keras.models import Model\n"
        "x = Input(shape=(16, 16, 16))  # kerasmig: data_format=undecided\n"
        "m = Model(inputs=x, outputs=Conv2D(8, (3, 3))(x))\n"
    )
    code, out, _ = invoke("check", str(tmp_path))
    assert code == 1 and len(out.splitlines()) <= 6
    assert "as channels_first" not in out
    assert f"`kerasmig shapes {tmp_path}/net.py` shows both readings" in out.replace("\n", " ")
    assert "as channels_first" in invoke("check", str(tmp_path), "-v")[1]
    assert "as channels_first" in invoke("upgrade", str(tmp_path))[1]
