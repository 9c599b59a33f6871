"""``fit_generator`` and its friends."""

import pytest

from kerasmig.finding import Applicability
from tests.rewrite.helpers import automatic, check_assumed, check_manual, check_rewrite, upgrade

HEAD = "from keras.models import Sequential\nmodel = Sequential()\n"
FLOW = "from keras.preprocessing.image import ImageDataGenerator\n" + HEAD
FLOW += "images = ImageDataGenerator()\n"
NEW_FLOW = FLOW.replace("keras.preprocessing.image", "keras1_compat")
GENERATOR = HEAD + "def batches(X, {}):\n    while True:\n        yield X, X\n"


def _with(head: str, line: str) -> str:
    return head.replace("\nmodel", f"\n{line}\nmodel", 1)


def test_one_pass_of_an_iterator() -> None:
    result = check_rewrite(
        FLOW
        + "model.fit_generator(images.flow(X, y, batch_size=16), samples_per_epoch=len(X), nb_epoch=5)\n",
        _with(NEW_FLOW, "import math")
        + "model.fit(images.flow(X, y, batch_size=16), steps_per_epoch=math.ceil(len(X) / 16), epochs=5)\n",
    )
    assert automatic(result)


def test_default_batch_size_of_directories() -> None:
    check_assumed(
        FLOW + "data = images.flow_from_directory('x')\nmodel.fit_generator(data, 2000, 5)\n",
        NEW_FLOW
        + "data = images.flow_from_directory('x')\n"
        + "model.fit(data, steps_per_epoch=63, epochs=5)\n",
        "KM402",
        "taken to be full",
    )


def test_several_passes_are_counted_at_run_time() -> None:
    result = check_rewrite(
        FLOW + "data = images.flow(X, y)\nmodel.fit_generator(data, len(X) * 3, 5, nb_worker=4)\n",
        NEW_FLOW.replace("ImageDataGenerator\n", "ImageDataGenerator, fit_generator\n", 1)
        + "data = images.flow(X, y)\nfit_generator(model, data, len(X) * 3, 5)\n",
    )
    assert "fit_generator" in result.compat


@pytest.mark.parametrize(
    ("parameter", "argument", "samples", "steps"),
    [
        ("batch_size=32", "X", "1000", "32"),
        ("batch_size", "X, 10", "1001", "101"),
        ("bs=3", "X, bs=size", "size * 7", "7"),
        ("batch_size", "X, args.batch", "7 * args.batch", "7"),
    ],
)
def test_batch_size_of_a_function(parameter: str, argument: str, samples: str, steps: str) -> None:
    check_assumed(
        GENERATOR.format(parameter)
        + f"model.fit_generator(batches({argument}), samples_per_epoch={samples}, nb_epoch=2)\n",
        GENERATOR.format(parameter)
        + f"model.fit(batches({argument}), steps_per_epoch={steps}, epochs=2)\n",
        "KM402",
        "is taken to have",
    )


def test_batch_size_as_a_constant_of_the_module() -> None:
    source = HEAD + "BATCH_SIZE = 8\ndef batches():\n    yield X[:BATCH_SIZE], y\n"
    check_rewrite(
        source + "model.evaluate_generator(batches(), val_samples=n - 1)\n",
        _with(source, "import math")
        + "model.evaluate(batches(), steps=math.ceil((n - 1) / BATCH_SIZE))\n",
    )


def test_unknown_batch_size() -> None:
    check_rewrite(
        HEAD + "p = model.predict_generator(things(), 30, max_q_size=3)\n",
        _with(HEAD, "from keras1_compat import predict_generator")
        + "p = predict_generator(model, things(), 30)\n",
    )


def test_validation_on_arrays_needs_no_steps() -> None:
    check_rewrite(
        GENERATOR.format("batch_size=10")
        + "model.fit_generator(batches(X), 100, 2, validation_data=(X, y), nb_val_samples=50)\n",
        GENERATOR.format("batch_size=10")
        + "model.fit(batches(X), steps_per_epoch=10, epochs=2, validation_data=(X, y))\n",
    )


def test_validation_generator() -> None:
    check_rewrite(
        GENERATOR.format("batch_size=10")
        + "model.fit_generator(batches(X), 100, 2, validation_data=batches(X, 7), nb_val_samples=50)\n",
        GENERATOR.format("batch_size=10")
        + "model.fit(batches(X), steps_per_epoch=10, epochs=2, validation_data=batches(X, 7), "
        "validation_steps=8)\n",
    )


def test_lists_of_inputs_become_tuples() -> None:
    source = HEAD + "def pairs(batch_size=5):\n    while True:\n        yield {}, y\n"
    check_rewrite(
        source.format("[a, b]")
        + "model.fit_generator(pairs(), samples_per_epoch=100, nb_epoch=2)\n",
        source.format("(a, b)") + "model.fit(pairs(), steps_per_epoch=20, epochs=2)\n",
    )


def test_lists_in_variables_are_adapted_at_run_time() -> None:
    source = HEAD + "def pairs(batch_size=5):\n    both = [a, b]\n    yield both, y\n"
    result = check_rewrite(
        source + "model.fit_generator(pairs(), samples_per_epoch=100, nb_epoch=2)\n",
        _with(source, "from keras1_compat import fit_generator")
        + "fit_generator(model, pairs(), samples_per_epoch=100, nb_epoch=2)\n",
    )
    assert automatic(result)


@pytest.mark.parametrize(
    "body",
    [
        "    x = {'a': a}\n    if several:\n        x = [a, b]\n    yield x, y\n",
        "    x, z = [a, b], [y, y]\n    yield x, z\n",
        "    yield ([a, b] if several else a), y\n",
        "    yield ([a, b], y, w) if w else ([a, b], y)\n",
        "    batch = [a, y]\n    yield batch\n",
        "    yield list(both), y\n",
    ],
)
def test_what_may_be_a_list_is_adapted_at_run_time(body: str) -> None:
    source = f"{HEAD}def pairs(batch_size=5, several=True, w=None):\n{body}"
    call = "model.fit_generator(pairs(), samples_per_epoch=100, nb_epoch=2)\n"
    code = upgrade(source + call).new
    assert (
        "fit_generator(model, pairs(), samples_per_epoch=100, nb_epoch=2)" in code
        or "yield ((a, b), y, w) if w else ((a, b), y)" in code
    )


def test_class_weight_with_a_python_generator() -> None:
    result = check_rewrite(
        GENERATOR.format("batch_size=10")
        + "model.fit_generator(batches(X), 100, nb_epoch=2, class_weight=weights)\n",
        _with(GENERATOR.format("batch_size=10"), "from keras1_compat import fit_generator")
        + "fit_generator(model, batches(X), 100, nb_epoch=2, class_weight=weights)\n",
    )
    assert result.compat == ("fit_generator",)


def test_keras2_counted_batches() -> None:
    check_rewrite(
        HEAD + "model.fit_generator(g, steps_per_epoch=10, epochs=2, workers=4, callbacks=[c])\n",
        HEAD + "model.fit(g, steps_per_epoch=10, epochs=2, callbacks=[c])\n",
    )


def test_era_unknown() -> None:
    check_manual(HEAD + "model.fit_generator(g, 10, 2)\n", "KM402", "samples in Keras 1")


def test_one_generator_for_training_and_validation() -> None:
    result = upgrade("""
        import numpy as np
        from keras.models import Sequential
        m = Sequential()
        def gen(batch_size):
            while 1:
                x, y = [], []
                for i in range(batch_size):
                    x.append([0., 1.])
                    y.append(i % 2)
                yield ([np.array(x)], np.array(y))
        m.fit_generator(gen(4), samples_per_epoch=8, nb_epoch=1,
                        validation_data=gen(4), nb_val_samples=4)
        m.fit_generator(gen(4), samples_per_epoch=16, nb_epoch=1)
        """)
    assert "yield ((np.array(x),), np.array(y))" in result.new
    assert "validation_data=gen(4), validation_steps=1" in result.new
    assert all(f.applicability is not Applicability.MANUAL for f in result.findings)


@pytest.mark.parametrize(
    ("validation", "epochs", "told"),
    [
        ("batches(V, 4), nb_val_samples=10", "3", True),
        ("given, nb_val_samples=10", "n", True),
        ("batches(V, 4), nb_val_samples=10", "1", False),
        ("(V, V)", "3", False),
        ("images.flow(V, y, batch_size=4), nb_val_samples=10", "3", False),
    ],
)
def test_validation_goes_on_where_it_stopped(validation: str, epochs: str, told: bool) -> None:
    result = upgrade(
        FLOW
        + "def batches(X, size):\n    while True:\n        yield X, X\n"
        + f"model.fit_generator(images.flow(X, y, batch_size=16), samples_per_epoch=len(X), "
        f"nb_epoch={epochs}, validation_data={validation})\n"
    )
    assert any("fetched batches" in f.message for f in result.findings) is told
