"""The guided way, over a repository as a researcher finds it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kerasmig.cli.start import Guide
from kerasmig.cli.work import configure
from kerasmig.project.plan import Look, State, Step, steps
from kerasmig.project.surroundings import Line, commands_told, settings_of_keras1
from tests.core.trees import read_tree, run, stamps
from tests.start.repository import clone

QUESTION = "# kerasmig: data_format=undecided"


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / "cache"))
    folder = clone(tmp_path / "digits")
    monkeypatch.chdir(folder)
    return folder


def _guide() -> Guide:
    return Guide(Path(), configure({}))


def _steps() -> tuple[Look, dict[str, Step]]:
    look = _guide().look
    return look, {step.key: step for step in steps(look)}


def _write(line: Line) -> None:
    """Do what is said of a line."""
    path = Path(line.path)
    text = path.read_text()
    assert line.old in text
    path.write_text(text.replace(line.old, line.new, 1))


def test_report_names_every_step_from_clone_to_training(repository: Path) -> None:
    before = stamps(repository)
    result = run(repository, "start", ".")
    out = result.out.decode()
    assert result.code == 1
    assert stamps(repository) == before
    plan, _, left = out.partition("What is left, in order:\n")
    assert len(plan.splitlines()) <= 12
    assert "1 notebook" in plan and "1 in Python 2" in plan and "1 undecided" in plan
    wanted = [
        "$ kerasmig upgrade .\n",
        "digits/models.py:18: build_volume: channels first or last?",
        "write: # kerasmig: data_format=channels_first",
        "$ kerasmig upgrade . --update-requirements",
        "requirements.txt: versions of today for keras, theano, numpy, h5py",
        "$ kerasmig convert weights/digits.h5 --backend theano",
        "write: FROM python:3.11",
        "write: ENV KERAS_BACKEND tensorflow",
        "write: KERAS_BACKEND=tensorflow python3 train.py --data digits.npz --nb-epoch 20",
        "train.py:4: ",
        "$ kerasmig start . --prove",
        "$ python train.py --data digits.npz --nb-epoch 20",
        "$ jupyter notebook look.ipynb",
    ]
    positions = [left.find(word) for word in wanted]
    assert -1 not in positions, [w for w, at in zip(wanted, positions, strict=True) if at < 0]
    order = [positions[wanted.index(word)] for word in wanted if word.startswith("$ ")]
    assert order == sorted(order)


def test_every_item_left_has_a_command_or_a_line(repository: Path) -> None:
    look = _guide().look
    for step in steps(look):
        assert (step.state is State.DONE) == (not step.left)
        for todo in step.left:
            assert todo.command or todo.write, todo


def test_quitting_at_once_leaves_every_byte_alone(repository: Path) -> None:
    before = stamps(repository)
    _guide().walk(lambda question: "q", decisions=True)
    assert stamps(repository) == before


def test_no_to_everything_leaves_every_byte_alone(repository: Path) -> None:
    before = read_tree(repository)
    asked: list[str] = []

    def no(question: str) -> str:
        asked.append(question)
        return "n"

    _guide().walk(no, decisions=True)
    assert read_tree(repository) == before
    assert len(asked) == 4  # the proof is not offered while nothing is upgraded


def test_the_way_can_be_left_and_taken_up_until_nothing_is_open(repository: Path) -> None:
    def ask(question: str) -> str:
        return "n" if question.startswith("Run old and new models") else "y"

    _guide().walk(ask, decisions=False)
    look, way = _steps()
    assert way["upgrade"].state is State.DONE
    assert "keras>=3.8" in Path("requirements.txt").read_text()
    assert QUESTION in Path("digits/models.py").read_text()
    assert way["decide"].state is State.OPEN and way["proof"].state is State.YOURS
    assert "--prove" in way["proof"].left[0].command

    models = Path("digits/models.py")
    models.write_text(
        models.read_text().replace("data_format=undecided", "data_format=channels_last")
    )
    for line in look.settings:
        _write(line)
    assert "heano" not in Path("requirements.txt").read_text()
    _guide().walk(ask, decisions=False)
    look, way = _steps()
    assert [
        key for key, step in way.items() if step.state is State.OPEN and key != "environment"
    ] == []
    assert "theano" not in "".join(
        Path(name).read_text().lower() for name in ("README.md", "Dockerfile", "train.py")
    )
    before = read_tree(repository)
    _guide().walk(ask, decisions=False)
    assert read_tree(repository) == before


def test_undo_takes_the_upgrade_of_the_guide_back(repository: Path) -> None:
    before = read_tree(repository)

    def ask(question: str) -> str:
        return "y" if question.startswith("Rewrite") else "n"

    _guide().walk(ask, decisions=False)
    assert read_tree(repository) != before
    assert run(repository, "undo", ".").code == 0
    assert read_tree(repository) == before


def test_tree_before_holds_what_stood_there_first(repository: Path) -> None:
    from kerasmig.old_and_new import tree_before

    old = {name: data for name, data in read_tree(repository).items() if name.endswith(".py")}
    assert run(repository, "upgrade", ".", "--data-format", "channels_last").code in (0, 1)
    with tree_before(repository) as tree:
        found = {name: data for name, data in read_tree(tree).items() if name.endswith(".py")}
    assert found == old


@pytest.mark.parametrize(
    ("name", "line", "new"),
    [
        (
            "README.md",
            "`KERAS_BACKEND=theano python train.py`",
            "`KERAS_BACKEND=tensorflow python train.py`",
        ),
        ("run.sh", "export KERAS_BACKEND='theano'", "export KERAS_BACKEND='tensorflow'"),
        ("Dockerfile", "ENV KERAS_BACKEND theano", "ENV KERAS_BACKEND tensorflow"),
        (".travis.yml", "  - KERAS_BACKEND: theano", "- KERAS_BACKEND: tensorflow"),
        ("Makefile", "THEANO_FLAGS=device=gpu python2.7 a.py", "python3 a.py"),
        (
            "a.py",
            'os.environ["KERAS_BACKEND"] = "theano"',
            'os.environ["KERAS_BACKEND"] = "tensorflow"',
        ),
        (
            "a.py",
            "os.environ.setdefault('KERAS_BACKEND', 'theano')",
            "os.environ.setdefault('KERAS_BACKEND', 'tensorflow')",
        ),
        (".travis.yml", "- pip install theano tensorflow", "- pip install tensorflow"),
        ("setup.sh", "pip install Theano==0.8", "pip install 'tensorflow>=2.18'"),
        (
            "README.md",
            "Keras and Theano: `pip install keras==1.2.2 theano`",
            "Keras and Theano: `pip install 'keras>=3.8' 'tensorflow>=2.18'`",
        ),
        ("keras.json", '{"backend": "theano"}', '{"backend": "tensorflow"}'),
        ("a.ipynb", '"name": "python2"', '"name": "python3"'),
    ],
)
def test_lines_that_choose_what_is_gone(tmp_path: Path, name: str, line: str, new: str) -> None:
    path = tmp_path / name
    path.write_text(f"{line}\n")
    (found,) = settings_of_keras1([path])
    assert (found.line, found.new) == (1, new)
    path.write_text(f"{new}\n")
    assert not list(settings_of_keras1([path]))


@pytest.mark.parametrize(
    "line",
    [
        "To update Theano: `pip install git+git://github.com/Theano/Theano.git --upgrade`",
        "We like theano.",
        "KERAS_BACKEND=tensorflow python a.py",
        "see /usr/bin/python2-config",
    ],
)
def test_lines_that_stay(tmp_path: Path, line: str) -> None:
    path = tmp_path / "README.md"
    path.write_text(f"{line}\n")
    assert not list(settings_of_keras1([path]))


def test_weights_of_an_unknown_backend_are_asked_for_with_the_likelier_answer(
    repository: Path,
) -> None:
    for name in ("README.md", "Dockerfile", "train.py"):
        text = Path(name).read_text()
        Path(name).write_text(text.replace("theano", "tensorflow"))
    (todo,) = _steps()[1]["files"].left
    assert "say --backend theano or tensorflow" in todo.what
    assert todo.command.endswith(
        "--backend theano   # or --backend tensorflow, if it was trained there"
    )


def test_what_the_upgrade_took_out_still_tells_of_old_weights(repository: Path) -> None:
    for name in ("README.md", "Dockerfile"):
        text = Path(name).read_text()
        Path(name).write_text(text.replace("theano", "tensorflow"))
    assert run(repository, "upgrade", ".").code in (0, 1)
    assert "theano" not in Path("train.py").read_text()
    (todo,) = _steps()[1]["files"].left
    assert "train.py:4 (before the upgrade) chooses Theano" in todo.what
    assert "--backend theano" in todo.command


def test_a_model_of_ones_own_function_is_named_as_a_command_takes_it(repository: Path) -> None:
    todo = _steps()[1]["decide"].left[0]
    (place,) = re.findall("`kerasmig shapes (.*?)`", todo.what)
    result = run(repository, "shapes", place)
    assert result.code in (0, 1) and "build_volume" in result.out.decode()
    assert "digits/models.py:9" not in result.out.decode()


def test_commands_are_those_of_the_programs(tmp_path: Path) -> None:
    path = tmp_path / "README.md"
    path.write_text("$ python2 ./train.py --lr 0.1\n`python -m tools.eval`\n    python other.py\n")
    told = commands_told([path], ["train.py", "tools/eval.py"])
    assert told == ["python ./train.py --lr 0.1", "python -m tools.eval"]


def test_commands_of_another_folder_are_started_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my src").mkdir()
    (tmp_path / "my src" / "train.py").write_text("")
    readme = tmp_path / "my src" / "README.md"
    readme.write_text("    python2 train.py --lr 0.1\n")
    assert commands_told([readme], ["my src/train.py"]) == [
        "cd 'my src' && python train.py --lr 0.1"
    ]
    monkeypatch.chdir(tmp_path / "my src")
    assert commands_told([readme], ["train.py"]) == ["python train.py --lr 0.1"]


def test_an_environment_is_made_before_what_needs_it(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kerasmig.cli.start._keras3_installed", lambda: False)
    monkeypatch.chdir(repository.parent)
    look = Guide(Path("digits"), configure({})).look
    keys = [step.key for step in steps(look) if step.left]
    assert keys.index("requirements") < keys.index("environment") < keys.index("files")
    (environment,) = [step for step in steps(look) if step.key == "environment"]
    assert environment.left[0].command == "python3 -m venv .venv && . .venv/bin/activate"
    assert environment.left[1].command == "pip install -r digits/requirements.txt"


def test_old_files_are_not_passed_over_where_h5py_is_missing(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kerasmig.oldfiles.waiting.find_spec", lambda name: None)
    (todo,) = _steps()[1]["files"].left
    assert "may hold weights or a model of Keras 1: reading it needs h5py" in todo.what


def test_modes_do_not_go_together(repository: Path) -> None:
    result = run(repository, "start", "--plan", "--yes")
    assert result.code == 2 and "give one of them" in result.err


def test_a_finished_project_has_nothing_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "net.py").write_text("import keras\n\nmodel = keras.Sequential()\n")
    result = run(tmp_path / "p", "start")
    assert re.match("Keras 3 already", result.out.decode())
    assert "$ kerasmig upgrade" not in result.out.decode()
