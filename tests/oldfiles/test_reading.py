"""Reading files that may be anything: what they hold, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from kerasmig.oldfiles.converting import Converter, ConvertSettings
from kerasmig.oldfiles.errors import NeedsAnswer, OldFileError
from kerasmig.oldfiles.reading import Reader


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader() as found:
        yield found


def weights(path: Path, layers: dict[str, dict[str, Any]], **attributes: Any) -> Path:
    """A file as `save_weights` of Keras 1 wrote it."""
    with h5py.File(path, "w") as file:
        file.attrs["layer_names"] = [name.encode() for name in layers]
        for key, value in attributes.items():
            file.attrs[key] = value
        for name, arrays in layers.items():
            group = file.create_group(name)
            group.attrs["weight_names"] = [n.encode() for n in arrays]
            for key, array in arrays.items():
                group[key] = np.asarray(array, "float32")
    return path


def kernel(name: str, *shape: int, filters: int | None = None) -> dict[str, Any]:
    arrays: dict[str, Any] = {f"{name}_W": np.arange(np.prod(shape)).reshape(shape)}
    if filters is not None:
        arrays[f"{name}_b"] = np.zeros(filters)
    return {name: arrays}


def plan(path: Path, **settings: Any) -> Any:
    with Converter(ConvertSettings(**settings)) as converter:
        return converter.plan(converter.reader.read(path))


# -- what a file holds -----------------------------------------------------------------------------


def test_weights_of_keras_1(reader: Reader, tmp_path: Path) -> None:
    file = reader.read(weights(tmp_path / "a.h5", kernel("c", 3, 3, 3, 8, filters=8)))
    assert (file.kind, file.era, file.parameters) == ("weights", 1, 224)


def test_weights_of_2015(reader: Reader, tmp_path: Path) -> None:
    with h5py.File(tmp_path / "v.h5", "w") as file:
        file.attrs["nb_layers"] = 2
        file.create_group("layer_0").attrs["nb_params"] = 0
        group = file.create_group("layer_1")
        group.attrs["nb_params"] = 2
        group["param_0"], group["param_1"] = np.zeros((8, 3, 3, 3)), np.zeros(8)
    found = reader.read(tmp_path / "v.h5")
    assert (found.era, [len(g.arrays) for g in found.groups]) == (0, [0, 2])


# -- what is refused -------------------------------------------------------------------------------


def _outside(file: Any) -> None:
    file["c"] = h5py.ExternalLink("/etc/passwd", "/")


def _cycle(file: Any) -> None:
    file["c/again"] = file["/"]


def _huge(file: Any) -> None:
    file.create_dataset("c/x", shape=(1 << 40,), chunks=(1 << 10,), dtype="f4")


def _objects(file: Any) -> None:
    file["c"].attrs["weight_names"] = [b"o"]
    file["c"].create_dataset("o", shape=(3,), dtype=h5py.string_dtype())


def _missing(file: Any) -> None:
    file["c"].attrs["weight_names"] = [b"nowhere"]


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (_outside, "link to elsewhere"), (_cycle, "twice"), (_huge, "declares"),
        (_objects, "should be numbers"), (_missing, "does not have"),
    ],
)  # fmt: skip
def test_hostile_files_are_one_clear_line(
    spoil: Callable[[Any], None], words: str, reader: Reader, tmp_path: Path
) -> None:
    path = weights(tmp_path / "h.h5", {"c": {}})
    with h5py.File(path, "a") as file:
        if spoil is _outside:
            del file["c"]
        spoil(file)
    with pytest.raises(OldFileError, match=words):
        reader.read(path)


@pytest.mark.parametrize("data", [b"", b"\x89HDF\r\n\x1a\n", b"\x89HDF\r\n\x1a\n" + b"x" * 4096,
                                  b"\x80\x04pickle", b"PK\x03\x04", b"\0\0"])  # fmt: skip
def test_what_is_no_file_of_keras(data: bytes, reader: Reader, tmp_path: Path) -> None:
    path = tmp_path / "x.h5"
    path.write_bytes(data)
    with pytest.raises(OldFileError):
        reader.read(path)


def test_a_truncated_file(reader: Reader, tmp_path: Path) -> None:
    path = weights(tmp_path / "t.h5", kernel("c", 3, 3, 3, 8, filters=8))
    path.write_bytes(path.read_bytes()[:1500])
    with pytest.raises(OldFileError, match="damaged"):
        reader.read(path)


# -- ordering and backend ---------------------------------------------------------------------------


def test_biases_tell_the_ordering(tmp_path: Path) -> None:
    th = weights(tmp_path / "a.h5", kernel("c", 8, 3, 3, 5, filters=8))
    assert plan(th, backend="theano").ordering.value == "th"
    tf = weights(tmp_path / "b.h5", kernel("c", 3, 5, 3, 8, filters=8))
    found = plan(tf)
    assert (found.ordering.value, found.backend.value) == ("tf", "tensorflow")
    assert "taken for TensorFlow" in found.notes[0]


def test_channels_after_filters_tell_the_ordering(tmp_path: Path) -> None:
    arrays = kernel("a", 3, 3, 3, 4, filters=4) | kernel("b", 4, 3, 5, 4, filters=4)
    del arrays["a"]["a_b"]
    arrays = kernel("b", 4, 6, 7, 4, filters=4) | kernel("c", 4, 3, 4, 4, filters=4)
    path = weights(tmp_path / "a.h5", arrays)
    assert plan(path).ordering.value == "tf"


def test_square_kernels_are_asked_for(tmp_path: Path) -> None:
    path = weights(tmp_path / "a.h5", kernel("c", 3, 3, 3, 3, filters=3))
    with pytest.raises(NeedsAnswer, match="--ordering"):
        plan(path)
    assert plan(path, ordering="tf").ordering.value == "tf"


def test_square_kernels_follow_those_that_tell(tmp_path: Path) -> None:
    square = kernel("a", 3, 3, 3, 3, filters=3)
    th = weights(tmp_path / "a.h5", square | kernel("b", 8, 3, 3, 3, filters=8))
    assert plan(th, backend="theano").ordering.value == "th"
    tf = weights(tmp_path / "b.h5", square | kernel("b", 3, 3, 3, 8, filters=8))
    assert plan(tf).ordering.value == "tf"


def test_kernels_that_contradict_each_other_are_asked_for(tmp_path: Path) -> None:
    arrays = kernel("a", 3, 3, 5, 8, filters=8) | kernel("b", 8, 5, 3, 3, filters=8)
    with pytest.raises(NeedsAnswer, match="contradict each other"):
        plan(weights(tmp_path / "a.h5", arrays))


@pytest.mark.parametrize("ordering", ["th", "tf"])
def test_deconvolutions_with_as_many_filters_as_channels_are_turned(
    ordering: str, tmp_path: Path
) -> None:
    """Keras 1 has (…, channels, filters) or (filters, channels, …), Keras 3 (…, filters, channels)."""
    name, shape = "deconvolution2d_1", (4, 4, 5, 5) if ordering == "tf" else (5, 5, 4, 4)
    path = weights(tmp_path / "a.h5", kernel(name, *shape, filters=5))
    with Converter(ConvertSettings(backend="tensorflow")) as converter:
        assert converter.convert(path).status == "converted"
    old = np.arange(400).reshape(shape)
    with h5py.File(tmp_path / "a.weights.h5") as file:
        new = file["layers/conv2d_transpose/vars/0"][()]
    expected = np.moveaxis(old, (0, 1), (2, 3)) if ordering == "th" else np.swapaxes(old, 2, 3)
    assert np.array_equal(new, expected)


def test_a_kernel_that_may_be_a_deconvolutions_is_asked_for(tmp_path: Path) -> None:
    path = weights(tmp_path / "a.h5", kernel("score", 4, 4, 5, 5, filters=5))
    with Converter(ConvertSettings(format="h5")) as converter:
        found = converter.convert(path)
    assert found.status == "asked"
    assert "say --kind score=CLASS" in found.message
    assert [p.name for p in tmp_path.iterdir()] == ["a.h5"]


def test_the_files_name_tells(tmp_path: Path) -> None:
    name = "vgg_weights_th_dim_ordering_th_kernels.h5"
    found = plan(weights(tmp_path / name, kernel("c", 3, 3, 3, 3, filters=3)))
    assert (found.ordering.value, found.backend.value) == ("th", "theano")


def test_the_files_name_may_tell_the_backend_alone(tmp_path: Path) -> None:
    for name in ("theano", "tensorflow"):
        path = weights(tmp_path / f"tagger_{name}.h5", kernel("c", 8, 3, 3, 5, filters=8))
        assert plan(path).backend.value == name


def test_theano_is_asked_for(tmp_path: Path) -> None:
    path = weights(tmp_path / "a.h5", kernel("c", 8, 3, 3, 5, filters=8))
    with pytest.raises(NeedsAnswer, match="--backend theano"):
        plan(path)
    assert plan(path, backend="theano").backend.value == "theano"


def test_a_configuration_tells_the_ordering_of_square_kernels(tmp_path: Path) -> None:
    config = {
        "class_name": "Sequential",
        "config": [
            {"class_name": "Convolution2D",
             "config": {"name": "c", "nb_filter": 3, "nb_row": 3, "nb_col": 3,
                        "dim_ordering": "th", "batch_input_shape": [None, 3, 8, 8]}}
        ],
    }  # fmt: skip
    (tmp_path / "a.json").write_text(json.dumps(config))
    path = weights(tmp_path / "a.h5", kernel("c", 3, 3, 3, 3, filters=3))
    found = plan(path, model=tmp_path / "a.json", backend="tensorflow")
    assert found.ordering.value == "th"
    assert "data_format='channels_first'" in found.program.source


def test_a_layer_that_may_go_upwards_is_asked_for(tmp_path: Path) -> None:
    path = weights(tmp_path / "a.h5", kernel("up2", 4, 4, 5, 6, filters=6))
    with pytest.raises(NeedsAnswer, match="--kind up2=CLASS"):
        plan(path)
    assert plan(path, kinds={"up2": "Deconvolution2D"}).ordering.value == "tf"


# -- plain weights ----------------------------------------------------------------------------------


def test_plain_weights_are_written_without_tensorflow(tmp_path: Path) -> None:
    arrays = kernel("c", 8, 3, 3, 5, filters=8) | {
        "lstm_1": {f"lstm_1_{p}_{g}": np.full((2, 2) if p != "b" else 2, i)
                   for i, g in enumerate("icfo") for p in "WUb"}
    }  # fmt: skip
    path = weights(tmp_path / "a.h5", arrays)
    with Converter(ConvertSettings(backend="theano")) as converter:
        found = converter.convert(path)
    assert (found.status, found.output) == ("converted", tmp_path / "a.weights.h5")
    with h5py.File(tmp_path / "a.weights.h5") as file:
        kernels = file["layers/conv2d/vars/0"][()]
        gates = file["layers/lstm/cell/vars/2"][()]
    old = arrays["c"]["c_W"]
    assert kernels.shape == (3, 5, 3, 8)
    assert kernels[0, 1, 2, 7] == old[7, 2, 2, 3]
    assert gates.tolist() == [0, 0, 2, 2, 1, 1, 3, 3]  # i, f, c, o
    with Converter(ConvertSettings(backend="theano")) as converter:
        assert "exists already" in converter.convert(path).message
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.h5", "a.weights.h5"]


def test_layers_of_ones_own_are_written_as_their_class(tmp_path: Path) -> None:
    layers = {**kernel("convolution2d_1", 3, 3, 5, 8, filters=8)}
    path = weights(tmp_path / "w.h5", {**layers, "scale_1": {"scale_1_gain": np.arange(8.0)}})
    with pytest.raises(NeedsAnswer, match="say --kind scale_1=CLASS"):
        plan(path)
    settings = ConvertSettings(kinds={"scale_1": "MyScale"})
    with Converter(settings) as converter:
        done = converter.convert(path)
    assert done.status == "converted", done.message
    assert done.output is not None
    with h5py.File(done.output) as file:
        assert np.array_equal(file["layers/my_scale/vars/0"], np.arange(8.0))


def test_the_configuration_beside_weights_is_named(tmp_path: Path) -> None:
    arrays = {"mine": {"mine_W": np.zeros((3, 3, 3, 3)), "mine_b": np.zeros(3), "mine_c": [1.0]}}
    path = weights(tmp_path / "w.h5", arrays)

    def asked() -> str:
        with Converter(ConvertSettings(ordering="tf")) as converter:
            return converter.convert(path).message

    assert "beside" not in asked()
    layers = [{"class_name": "Dense", "config": {"name": "mine", "output_dim": 3}}]
    config = json.dumps({"class_name": "Sequential", "config": layers})
    (tmp_path / "net.json").write_text(config)
    (tmp_path / "package.json").write_text("{}")
    assert f"net.json beside it has all its layers: --model {tmp_path / 'net.json'}" in asked()
    (tmp_path / "other.json").write_text(config)  # two may be meant: neither is named
    assert "beside" not in asked()
