"""Pictures that are not there are made by folders of classes, where the program looks for them."""

from __future__ import annotations

import os
import types
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from kerasmig.verify.program.recorder import Recorder
from kerasmig.verify.stretch.loops import Counts
from kerasmig.verify.stretch.pictures import INSTEAD, InOrder, Pictures
from kerasmig.verify.stretch.recording import Recording


class Generator:
    """Stands where the library's generator does: gives the folder that it is to read."""

    def flow_from_directory(self, directory: str, *args: Any, **kwargs: Any) -> Path:
        return Path(directory)


def watched(
    root: Path, *, make: bool = True, outputs: Sequence[int | None] = ()
) -> tuple[Any, Any, Recording]:
    """A generator and a module with ``load_img``, watched, and what is told of them."""
    recording = Recording(Recorder(root), Counts())
    generator = type("Watched", (), {"flow_from_directory": Generator.flow_from_directory})
    module = types.SimpleNamespace(load_img=lambda path, **kwargs: Image.open(path))
    Pictures(recording, make=make, outputs=lambda: outputs).watch(module, generator)
    return generator(), module, recording


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "program"
    root.mkdir()
    monkeypatch.chdir(root)
    return root


def classes(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize(
    ("outputs", "given", "count"),
    [
        ((None, 5), {}, 5),
        ((None, 5), {"class_mode": "binary"}, 2),
        ((None, 1), {}, 2),
        ((), {}, 2),
        ((None, 5), {"classes": ["cat", "dog", "owl"]}, 3),
    ],
)
def test_there_are_as_many_classes_as_the_program_needs(
    here: Path, outputs: tuple[int | None, ...], given: dict[str, Any], count: int
) -> None:
    generator, _, recording = watched(here, outputs=outputs)
    found = generator.flow_from_directory("data/train", target_size=(20, 24), **given)
    assert found == here / "data" / "train"
    assert len(classes(found)) == count
    assert classes(found) == given.get("classes", classes(found))
    pictures = sorted(found.rglob("*.png"))
    assert len(pictures) >= 3 * count
    assert Image.open(pictures[0]).size == (24, 20)
    assert sorted(recording.told.made) == [p.relative_to(here).as_posix() for p in pictures]
    assert any("data/train" in note for note in recording.recorder.notes)


def test_a_picture_is_another_one_when_it_is_mirrored_or_turned(here: Path) -> None:
    generator, _, _ = watched(here)
    found = generator.flow_from_directory("a", target_size=(20, 24))
    first = np.asarray(Image.open(min(found.rglob("*.png"))))
    for other in (first[::-1], first[:, ::-1], first[..., ::-1]):
        assert not np.array_equal(first, other)


def test_the_folders_of_a_program_have_the_same_classes(here: Path) -> None:
    generator, _, _ = watched(here, outputs=(None, 7))
    train = generator.flow_from_directory("train", classes=["x", "y"])
    assert classes(generator.flow_from_directory("test")) == classes(train) == ["x", "y"]


def test_pictures_that_are_there_are_taken(here: Path) -> None:
    (here / "own" / "one").mkdir(parents=True)
    Image.new("RGB", (4, 4)).save(here / "own" / "one" / "a.jpg")
    generator, _, recording = watched(here)
    assert generator.flow_from_directory("own") == Path("own")
    assert recording.told.made == []


def test_what_lies_outside_is_looked_for_within_on_both_sides(here: Path) -> None:
    outside = here.parent / "elsewhere" / "train"
    generator, _, _ = watched(here)
    found = generator.flow_from_directory(str(outside))
    assert INSTEAD in found.parts and found.is_relative_to(here)
    assert not outside.exists()
    other, _, recording = watched(here, make=False)
    assert other.flow_from_directory(str(outside)) == found
    assert recording.told.made == []


def test_the_new_side_makes_nothing(here: Path) -> None:
    generator, module, _ = watched(here, make=False)
    assert not os.path.exists(generator.flow_from_directory("nowhere"))
    with pytest.raises(FileNotFoundError):
        module.load_img("nowhere.png")


def test_one_picture_is_made_where_it_is_loaded(here: Path) -> None:
    _, module, recording = watched(here)
    assert module.load_img("photos/cat.jpg", target_size=(10, 12)).size == (12, 10)
    assert recording.told.made == ["photos/cat.jpg"]


def test_files_are_taken_by_name_whatever_the_file_system_gives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = [("a", ["y", "x"], ["2.png", "1.png"])]
    monkeypatch.setattr(os, "walk", lambda top: iter(given))
    assert list(InOrder().walk("a")) == [("a", ["x", "y"], ["1.png", "2.png"])]
    assert InOrder().path is os.path
