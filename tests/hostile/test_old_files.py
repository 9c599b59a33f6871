"""What a file of Keras 1 holds may be code: where it is run at all, it changes nothing outside."""

from __future__ import annotations

import json
import marshal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kerasmig.oldfiles.errors import NeedsAnswer, OldFileError
from kerasmig.oldfiles.migrating import migrated
from kerasmig.oldfiles.workers import Worker
from kerasmig.verify.program import confinement

TRIES = """
for act in (
    lambda: open(VICTIM + '/data.bin', 'w').write('x'),
    lambda: __import__('os').remove(VICTIM + '/data.bin'),
    lambda: __import__('os').system('touch ' + VICTIM + '/new'),
    lambda: __import__('h5py').File(VICTIM + '/new.h5', 'w'),
    lambda: __import__('socket').create_connection(('127.0.0.1', 9)),
    lambda: open(VICTIM + '/data.bin').read(),
    lambda: open(VICTIM + '/../home/.ssh/id_rsa').read(),
):
    try:
        act()
    except Exception as error:
        refused.append(type(error).__name__)
"""


def stored(source: str) -> list[Any]:
    """Byte code as Keras 1 stored that of a Lambda: a function of one argument, which it gives back."""
    code = compile(f"def f(x):\n    refused = []\n{_indented(source)}    return x\n", "f", "exec")
    function = next(c for c in code.co_consts if hasattr(c, "co_code"))
    return [marshal.dumps(function).decode("raw_unicode_escape"), None, None]


def _indented(source: str) -> str:
    return "".join(f"    {line}\n" for line in source.strip().splitlines())


@pytest.fixture
def outside(tmp_path: Path) -> Iterator[Path]:
    victim = tmp_path / "victim"
    (tmp_path / "home" / ".ssh").mkdir(parents=True)
    (tmp_path / "home" / ".ssh" / "id_rsa").write_text("secret")
    victim.mkdir()
    (victim / "data.bin").write_bytes(b"precious")
    (tmp_path / "files").mkdir()
    yield victim
    assert sorted(path.name for path in victim.iterdir()) == ["data.bin"]
    assert (victim / "data.bin").read_bytes() == b"precious"


@pytest.mark.slow
@pytest.mark.exhaustive
@pytest.mark.skipif(not confinement.available(), reason="nothing here can confine")
@pytest.mark.parametrize("side", ["old", "new"])
def test_code_in_the_process_that_loads_it_is_confined(
    side: str, outside: Path, tmp_path: Path
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    told = f"VICTIM = {str(outside)!r}\n{TRIES}\n"
    with Worker(side, scratch) as worker:
        worker.allow([tmp_path / "files" / "net.h5"])
        if side == "new":
            request: dict[str, Any] = {
                "do": "convert",
                "source": f"refused = []\n{told}\nraise ValueError(refused)",
                "format": "keras",
                "output": str(scratch / "new.keras"),
            }
        else:
            told += "raise ValueError(refused)\n"
            request = {"config": json.dumps(model(told)), "measured": str(scratch / "old.npz")}
        with pytest.raises(OldFileError) as raised:
            worker.ask(request)
    # All but os.system, which says it by its exit code: here nobody sees it.
    assert str(raised.value).count("PermissionError'") == 6, raised.value


def model(code: str) -> dict[str, Any]:
    """A Sequential of Keras 1 whose second layer is stored code."""
    dense: dict[str, Any] = {"name": "d", "output_dim": 2, "batch_input_shape": [None, 3]}
    own: dict[str, Any] = {
        "name": "l",
        "function": stored(code),
        "function_type": "lambda",
        "arguments": {},
    }
    own |= {"output_shape": None, "output_shape_type": "raw"}
    return {
        "class_name": "Sequential",
        "config": [
            {"class_name": "Dense", "config": dense},
            {"class_name": "Lambda", "config": own},
        ],
    }


def test_code_behind_another_layer_of_its_name_is_seen() -> None:
    """Keras 1 builds and calls both; the second one is harmless, and what the model is made of."""

    def node(name: str) -> list[Any]:
        return [name, 0, 0]

    def layer(kind: str, name: str, inbound: list[Any], **config: Any) -> dict[str, Any]:
        config = {"name": name, **config}
        return {"class_name": kind, "name": name, "config": config, "inbound_nodes": inbound}

    both = [[node("a"), node("a")]]
    merge = {"mode_type": "raw", "mode": "sum", "concat_axis": -1, "dot_axes": -1}
    code = {**merge, "mode_type": "lambda", "mode": stored("pass")}
    layers = [
        layer("InputLayer", "a", [], batch_input_shape=[None, 3]),
        layer("Merge", "m", both, **code),
        layer("Merge", "m", both, **merge),
    ]
    config = {
        "class_name": "Model",
        "config": {
            "layers": layers,
            "input_layers": [node("a")],
            "output_layers": [node("m")],
        },
    }
    with pytest.raises((OldFileError, NeedsAnswer), match="two layers of the configuration"):
        migrated(config, None, "", frozenset())
