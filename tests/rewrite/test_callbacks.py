"""Callbacks."""

import pytest

from kerasmig.finding import Applicability, FileResult
from tests.rewrite.helpers import check_assumed, check_rewrite, find, upgrade

HEAD = "from keras.callbacks import {}\nfrom keras.layers import Convolution1D\n"
USE = "Convolution1D(3, 3, init='uniform', border_mode='same')\n"
NEW_HEAD = HEAD.replace("Convolution1D", "Conv1D")
NEW_USE = "Conv1D(3, 3, kernel_initializer='uniform', padding='same')\n"


def _check(name: str, old: str, new: str, imports: str = "") -> FileResult:
    head = (
        NEW_HEAD.format(name)
        if not imports
        else NEW_HEAD.replace("from keras.callbacks import {}\n", imports)
    )
    return check_rewrite(
        HEAD.format(name) + f"callback = {old}\n" + USE, head + f"callback = {new}\n" + NEW_USE
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("EarlyStopping()", "EarlyStopping()"),
        ("EarlyStopping('val_acc')", "EarlyStopping('val_acc', mode='max')"),
        ("EarlyStopping('val_acc', mode='max')", "EarlyStopping('val_acc', mode='max')"),
        ("EarlyStopping('val_dice')", "EarlyStopping('val_dice', mode='min')"),
        ("EarlyStopping('val_a_acc')", "EarlyStopping('val_a_acc', mode='max')"),
        ("EarlyStopping(patience=2)", "EarlyStopping(patience=3, restore_best_weights=False)"),
        ("EarlyStopping(patience=0)", "EarlyStopping(patience=0, restore_best_weights=False)"),
        (
            "EarlyStopping(patience=wait)",
            "EarlyStopping(patience=wait + 1, restore_best_weights=False)",
        ),
    ],
)
def test_early_stopping(old: str, new: str) -> None:
    _check("EarlyStopping", old, new)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("'net.hdf5'", "'net.keras'"),
        ("'net.h5'", "'net.h5'"),
        ("'net.h5', save_weights_only=True", "'net.weights.h5', save_weights_only=True"),
        ("folder + '/net.hdf5'", "folder + '/net.keras'"),
        ("'%s.hdf5' % name", "'%s.keras' % name"),
        ("'{}.hdf5'.format(name), period=1", "'{}.keras'.format(name)"),
    ],
)
def test_checkpoint(old: str, new: str) -> None:
    _check("ModelCheckpoint", f"ModelCheckpoint({old})", f"ModelCheckpoint({new})")


@pytest.mark.parametrize(
    ("options", "adapter"), [("", "model_path"), (", save_weights_only=True", "weights_path")]
)
def test_checkpoint_whose_file_name_is_not_seen(options: str, adapter: str) -> None:
    body = "def saver(path):\n    return ModelCheckpoint({}" + options + ")\n"
    check_rewrite(
        HEAD.format("ModelCheckpoint") + body.format("path") + USE,
        NEW_HEAD.format("ModelCheckpoint")
        + f"from keras1_compat import {adapter}\n"
        + body.format(f"{adapter}(path)")
        + NEW_USE,
    )


def test_checkpoint_in_a_variable_is_renamed_once() -> None:
    check_assumed(
        HEAD.format("ModelCheckpoint")
        + "path = 'net.hdf5'\na = ModelCheckpoint(path)\nb = ModelCheckpoint(path)\n"
        + USE,
        NEW_HEAD.format("ModelCheckpoint")
        + "path = 'net.keras'\na = ModelCheckpoint(path)\nb = ModelCheckpoint(path)\n"
        + NEW_USE,
        "KM407",
        "the file is called 'net.keras' now",
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("'{epoch}-{val_acc:.2f}.h5'", "'{epoch}-{val_acc:.2f}.h5'"),
        ("'a.hdf5', period=5", "'a.keras', period=5"),
    ],
)
def test_checkpoint_that_counts_epochs(old: str, new: str) -> None:
    result = _check(
        "ModelCheckpoint",
        f"ModelCheckpoint({old})",
        f"ModelCheckpoint({new})",
        "from keras1_compat import ModelCheckpoint\n",
    )
    assert result.compat == ("ModelCheckpoint",)


def test_what_a_checkpoint_saved_is_read() -> None:
    result = upgrade(
        HEAD.format("ModelCheckpoint")
        + "from keras.models import load_model\nModelCheckpoint('net.hdf5')\n"
        + "load_model('net.hdf5')\nload_model('other.hdf5')\n"
        + USE
    )
    assert "load_model('net.keras')" in result.new
    assert "load_keras1_model('other.hdf5')" in result.new


def test_schedule_with_a_default() -> None:
    source = "def step(epoch, rate=0.1):\n    return rate\n"
    head = HEAD.format("LearningRateScheduler")
    new_head = NEW_HEAD.format("LearningRateScheduler")
    check_rewrite(
        head + source + "LearningRateScheduler(step)\n" + USE,
        new_head + source + "LearningRateScheduler(lambda epoch: step(epoch))\n" + NEW_USE,
    )


def test_schedule_of_the_epoch() -> None:
    _check(
        "LearningRateScheduler",
        "LearningRateScheduler(lambda epoch: 0.1 / epoch)",
        "LearningRateScheduler(lambda epoch: 0.1 / epoch)",
    )


@pytest.mark.parametrize(
    "rest",
    [
        "callback = LearningRateScheduler(make(0.1))\n",
        "callback = LearningRateScheduler(schedule=rates.halve)\n",
        "callback = LearningRateScheduler(lambda e: 0.1)\nfor key in h.history:\n    print(key)\n",
        "callback = LearningRateScheduler(lambda e: 0.1)\njson.dump(hist.history, out)\n",
    ],
)
def test_a_schedule_that_is_asked_by_the_epoch_alone(rest: str) -> None:
    check_rewrite(
        HEAD.format("LearningRateScheduler") + rest + USE,
        NEW_HEAD.replace("keras.callbacks", "keras1_compat").format("LearningRateScheduler")
        + rest
        + NEW_USE,
    )


def test_rate_of_the_optimizer() -> None:
    check_rewrite(
        "from keras import backend as K\n"
        "K.set_value(model.optimizer.lr, 0.5 * K.get_value(model.optimizer.lr))\n",
        "from keras import ops\n"
        "model.optimizer.learning_rate.assign("
        "(0.5 * ops.convert_to_numpy(model.optimizer.learning_rate)))\n",
    )


_PLATEAU = "from keras1_compat import ReduceLROnPlateau\n"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("'val_acc', epsilon=0.1", "'val_acc', min_delta=0.1"),
        ("monitor='loss', mode='max'", "monitor='loss', mode='max'"),
        ("'loss', 0.1, 1, 0, 'max', 1e-3", "'loss', 0.1, 1, 0, 'max', 1e-3"),
    ],
)
def test_plateau(old: str, new: str) -> None:
    _check("ReduceLROnPlateau", f"ReduceLROnPlateau({old})", f"ReduceLROnPlateau({new})", _PLATEAU)


def test_idiomatic_plateau() -> None:
    result = upgrade(
        HEAD.format("ReduceLROnPlateau") + "c = ReduceLROnPlateau('val_acc', epsilon=0.1)\n" + USE,
        idiomatic=True,
    )
    assert "ReduceLROnPlateau('val_accuracy', min_delta=0.1, mode='max')" in str(result.new)
    find(result, "KM407", "one epoch earlier", Applicability.ASSUMED)
