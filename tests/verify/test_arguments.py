"""Arguments made up for builders that nobody calls."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kerasmig.verify.program.arguments import (
    CannotInfer,
    command_line_choice,
    fill,
    from_call_site,
    infer,
)


@pytest.mark.parametrize(
    ("name", "ordering", "value"),
    [
        ("nb_classes", "tf", 10),
        ("num_classes", "tf", 10),
        ("input_shape", "tf", (64, 64, 3)),
        ("input_shape", "th", (3, 64, 64)),
        ("weights_path", "tf", None),
        ("dropout", "tf", 0.25),
        ("img_rows", "th", 64),
        ("channels", "th", 3),
    ],
)
def test_values_come_from_names(name: str, ordering: str, value: object) -> None:
    assert infer(name, ordering, 0, None) == value


def test_unknown_name_is_refused() -> None:
    with pytest.raises(CannotInfer, match="zzz"):
        infer("zzz", "tf", 0, None)


def test_defaults_stay() -> None:
    def build(nb_classes: int, depth: int = 5) -> None: ...

    assert fill(build, {}, "tf", 0, None) == {"nb_classes": 10}


def test_call_site_is_evaluated_with_the_callers_names() -> None:
    def build(shape: Any, n: int = 1) -> None: ...

    given = from_call_site(
        build, "(rows, 3), n=k", {"rows": "28", "k": "rows * 2"}, {}, strict=True
    )
    assert given == {"shape": (28, 3), "n": 56}


def test_later_attempts_stand_in_for_what_a_name_does_not_say() -> None:
    def build(zzz: int, nb_classes: int) -> None: ...

    with pytest.raises(CannotInfer, match="zzz"):
        fill(build, {}, "tf", 0, None, str.upper)
    assert fill(build, {}, "tf", 1, None, str.upper) == {"zzz": "ZZZ", "nb_classes": 10}


def test_a_parameter_takes_what_the_function_compares_it_with_in_turn() -> None:
    def build(kind: str, size: str) -> int:
        if kind == "deep":
            return 2
        if kind in ("wide", "deep"):
            return 1
        return 0 if kind != "none" else len(size)

    for attempt, kind in enumerate(("deep", "wide", "deep")):
        assert fill(build, {"size": "3"}, "tf", attempt, None)["kind"] == kind


def test_an_option_takes_what_the_script_compares_it_with(tmp_path: Path) -> None:
    script = tmp_path / "train.py"
    script.write_text("if args.mode == 'train':\n    pass\nelif args.mode == 'test':\n    pass\n")
    assert command_line_choice(str(script), "mode") == "train"
    assert command_line_choice(str(script), "path") is None
