"""Small programs that train, made by combination: what Keras 1.2.2 computed is recorded once.

Each program is a row: one value for each of the factors below. The rows are chosen so that every
pair of values of two factors occurs in some row (as far as the two go together), and written out
as a script in the style of 2016. `record.py` runs the scripts in the real Keras 1.2.2 and
`test_bed.py` runs what kerasmig makes of them in Keras 3. The folder `programs` has further ones, for
what is no factor here: masks, states, frozen bases, models that are loaded and trained on.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from pathlib import Path

FACTORS: dict[str, tuple[str, ...]] = {
    # how the optimizer and the loss reach `compile`
    "naming": ("literal", "constant", "default", "loop", "dict", "attribute", "keywords"),
    "optimizer": ("sgd", "rmsprop", "adagrad", "adadelta", "adam", "object"),
    "loss": (
        "mse",
        "mae",
        "hinge",
        "squared_hinge",
        "binary_crossentropy",
        "categorical_crossentropy",
        "sparse_categorical_crossentropy",
        "kullback_leibler_divergence",
        "cosine_proximity",
        "own",
        "closure",
    ),
    "metric": ("none", "accuracy", "mae", "several", "precision", "own", "scalar"),
    "targets": ("1d", "2d"),
    "weights": ("none", "sample", "zero", "class", "class_zero"),
    "outputs": ("one", "list", "dict"),
    "frozen": ("no", "before", "after", "batchnorm", "loop"),
    "callback": ("none", "batch", "epoch", "history", "names"),
    "feed": ("fit", "generator", "batch", "validation"),
}

Row = dict[str, str]
_ONE_WIDE = ("mse", "mae", "hinge", "squared_hinge", "binary_crossentropy", "own", "closure")


def possible(row: Row) -> bool:
    """Whether the values of a (partial) row go together."""
    loss, targets = row.get("loss"), row.get("targets")
    if targets == "1d" and loss not in (*_ONE_WIDE, "sparse_categorical_crossentropy", None):
        return False
    outputs, weights = row.get("outputs"), row.get("weights")
    if outputs in ("list", "dict") and weights in ("class", "class_zero"):
        return False
    if loss == "closure" and outputs in ("list", "dict"):
        return False
    if row.get("naming") in ("loop", "keywords") and outputs == "dict":
        return False
    if weights in ("class", "class_zero") and loss in ("mse", "mae", "own", "closure", "hinge"):
        return False
    if row.get("feed") == "generator" and weights in ("class", "class_zero"):
        return False
    return not (row.get("feed") == "batch" and row.get("callback") in ("batch", "epoch", "history"))


def rows(least: int = 160) -> list[Row]:
    """The rows: every pair that can be, then further ones until there are enough."""
    chance = random.Random(12)
    wanted = {
        frozenset(pair)
        for a, b in itertools.combinations(FACTORS, 2)
        for pair in itertools.product(
            [(a, value) for value in FACTORS[a]], [(b, value) for value in FACTORS[b]]
        )
        if possible(dict(pair))
    }
    chosen: list[Row] = []
    misses = 0
    while (wanted and misses < 50) or len(chosen) < least:
        tries = [row for _ in range(40) if possible(row := _random_row(chance))]
        if not tries:
            continue
        best = max(tries, key=lambda row: len(_pairs(row) & wanted))
        gained = _pairs(best) & wanted
        if not gained and len(chosen) >= least:
            misses += 1
            continue
        misses = 0
        wanted -= gained
        chosen.append(best)
    return chosen


def _random_row(chance: random.Random) -> Row:
    return {name: chance.choice(values) for name, values in FACTORS.items()}


def _pairs(row: Row) -> set[frozenset[tuple[str, str]]]:
    return {frozenset(pair) for pair in itertools.combinations(row.items(), 2)}


def name_of(number: int, row: Row) -> str:
    """What a row is called in the recordings and the tests."""
    return f"{number:03}-{row['loss']}-{row['metric']}-{row['outputs']}-{row['feed']}"


def programs() -> Iterator[tuple[str, str]]:
    """Name and source of every program."""
    for number, row in enumerate(rows()):
        yield name_of(number, row), source(row)
    for path in sorted(Path(__file__).with_name("programs").glob("*.py")):
        yield path.stem, path.read_text()


# -- one program -----------------------------------------------------------------------------------

_HEAD = """\
import numpy as np
from keras import backend as K
from keras.callbacks import Callback
from keras.layers import BatchNormalization, Dense, Input
from keras.models import Model, Sequential
from keras.optimizers import Adagrad
"""
_OWN = """\

def own_loss(y_true, y_pred):
    return K.mean(K.abs(y_true - y_pred), axis=-1) + 0.1
"""
_METRICS = """\

def rmse(y_true, y_pred):
    return K.sqrt(K.mean(K.square(y_pred - y_true)))

def mean_pred(y_true, y_pred):
    return K.mean(y_pred)
"""
_CALLBACKS = """\

class Watch(Callback):
    def on_train_begin(self, logs={}):
        self.seen = []
    def on_batch_end(self, batch, logs={}):
        %s
    def on_epoch_end(self, epoch, logs={}):
        %s
"""


def source(row: Row) -> str:
    """The script of a row."""
    width = 1 if row["loss"] in _ONE_WIDE else 3
    parts = [_HEAD]
    if row["loss"] == "own":
        parts.append(_OWN)
    if row["metric"] in ("own", "scalar"):
        parts.append(_METRICS)
    if row["callback"] in ("batch", "epoch"):
        record = "self.seen.append(float(logs['loss']))"
        parts.append(
            _CALLBACKS % ((record, "pass") if row["callback"] == "batch" else ("pass", record))
        )
    parts += [_data(row, width), *_building(row, width), _training(row), ""]
    return "\n".join(parts)


def _data(row: Row, width: int) -> str:
    lines = ["r = np.random.RandomState(3)", "X = r.uniform(-1, 1, (10, 4))"]
    loss = row["loss"]
    if loss == "sparse_categorical_crossentropy":
        lines.append("y = r.randint(0, 3, (10, 1))")
    elif loss in ("categorical_crossentropy", "kullback_leibler_divergence"):
        lines.append("y = np.eye(3)[r.randint(0, 3, 10)]")
    elif loss in ("binary_crossentropy", "hinge", "squared_hinge"):
        lines.append("y = r.randint(0, 2, (10, 1))")
    else:
        lines.append(f"y = np.round(r.uniform(0, 1, (10, {width})), 1)")
    if row["targets"] == "1d":
        lines.append("y = y.ravel()")
    lines.append("w = r.uniform(0.5, 2, 10)")
    if row["weights"] == "zero":
        lines.append("w[[1, 4, 8]] = 0")
    return "\n".join(lines)


def _building(row: Row, width: int) -> list[str]:
    last = "softmax" if width > 1 else "sigmoid"
    several = row["outputs"] != "one"
    made = ["    a = Input(shape=(4,))", "    h = Dense(5, activation='tanh', name='h')(a)"]
    if row["frozen"] == "batchnorm":
        made.append("    h = BatchNormalization(name='n')(h)")
    made.append(f"    o = Dense({width}, activation='{last}', name='o')(h)")
    if several:
        made.append("    p = Dense(2, name='p')(h)")
    made.append(f"    m = Model(input=a, output={'[o, p]' if several else 'o'})")
    made += [
        "    s = np.random.RandomState(5)",
        "    for layer in m.layers:",
        "        layer.set_weights([s.uniform(0.1, 0.5, x.shape) for x in layer.get_weights()])",
    ]
    before = {
        "before": ["    m.get_layer('h').trainable = False"],
        "batchnorm": ["    m.get_layer('n').trainable = False"],
        "loop": ["    for layer in m.layers[:2]:", "        layer.trainable = False"],
    }.get(row["frozen"], [])
    after = ["    m.layers[1].trainable = False"] if row["frozen"] == "after" else []
    if row["loss"] == "closure":
        made += [
            "    def penalised(y_true, y_pred):",
            "        return K.mean(K.square(y_true - y_pred), axis=-1) + "
            "0.1 * K.sum(K.square(h), axis=-1)",
        ]
    optimizer, loss = _optimizer(row), _loss(row)
    before_call, given = _named(row, optimizer, loss)
    call = ", ".join(filter(None, [given, _metrics(row)]))
    parameters = f"optimizer={optimizer}, loss={loss}" if row["naming"] == "default" else ""
    head = [f"def build({parameters}):"]
    if row["naming"] == "default" and row["loss"] == "closure":
        head = [f"def build(optimizer={optimizer}):"]
    return [*before_call, *head, *made, *before, *_inside(row, loss, call), *after, "    return m"]


def _loss(row: Row) -> str:
    plain = {"own": "own_loss", "closure": "penalised"}.get(row["loss"], repr(row["loss"]))
    if row["outputs"] == "list":
        return f"[{plain}, 'mse']"
    return f"{{'o': {plain}, 'p': 'mse'}}" if row["outputs"] == "dict" else plain


def _optimizer(row: Row) -> str:
    return "Adagrad(lr=0.05)" if row["optimizer"] == "object" else repr(row["optimizer"])


def _named(row: Row, optimizer: str, loss: str) -> tuple[list[str], str]:
    """What stands before the function, and the arguments of `compile` but the metrics."""
    naming, closure = row["naming"], row["loss"] == "closure"
    if naming == "constant":
        lines = [f"OPTIMIZER = {optimizer}"] + ([] if closure else [f"LOSS = {loss}"])
        return lines, f"loss={loss if closure else 'LOSS'}, optimizer=OPTIMIZER"
    if naming == "default":
        return [], f"optimizer, {loss if closure else 'loss'}"
    if naming == "dict":
        settings = f"settings = {{'opt': {optimizer}" + ("" if closure else f", 'loss': {loss}")
        return [settings + "}"], (
            f"optimizer=settings['opt'], loss={loss if closure else 'settings[' + repr('loss') + ']'}"
        )
    if naming == "attribute":
        lines = ["class Options(object):", f"    optimizer = {optimizer}"]
        lines += [] if closure else [f"    loss = {loss}"]
        return lines, f"Options.optimizer, {loss if closure else 'Options.loss'}"
    return [], f"optimizer={optimizer}, loss={loss}"


def _inside(row: Row, loss: str, call: str) -> list[str]:
    if row["naming"] == "loop":
        return [
            f"    for loss in [{loss}]:",
            "        m.compile({})".format(call.replace(loss, "loss")),
        ]
    if row["naming"] == "keywords":
        return [f"    options = dict({call})", "    m.compile(**options)"]
    return [f"    m.compile({call})"]


def _metrics(row: Row) -> str:
    chosen = {
        "none": "",
        "accuracy": "['accuracy']",
        "mae": "['mae']",
        "several": "['mse', 'accuracy']",
        "precision": "['precision', 'mae']",
        "own": "[rmse]",
        "scalar": "[mean_pred, 'acc']",
    }[row["metric"]]
    if chosen and row["outputs"] == "dict":
        chosen = f"{{'o': {chosen}}}"
    return f"metrics={chosen}" if chosen else ""


def _training(row: Row) -> str:
    targets = {"one": "y", "list": "[y, X[:, :2]]", "dict": "{'o': y, 'p': X[:, :2]}"}[
        row["outputs"]
    ]
    weights = {
        "sample": ", sample_weight=w",
        "zero": ", sample_weight=w",
        "class": ", class_weight={0: 1., 1: 2., 2: 0.5}",
        "class_zero": ", class_weight={0: 0., 1: 2., 2: 0.5}",
    }.get(row["weights"], "")
    if "sample" in weights and row["outputs"] == "list":
        weights = ", sample_weight=[w, w[::-1]]"
    if "sample" in weights and row["outputs"] == "dict":
        weights = ", sample_weight={'o': w}"
    watched = row["callback"] in ("batch", "epoch")
    callbacks = ", callbacks=[watch]" if watched else ""
    lines = ["m = build()", "watch = Watch()" if watched else "watch = None"]
    if row["feed"] == "batch":
        lines += [
            f"print('RESULT batch', np.round(m.train_on_batch(X, {targets}{weights}), 4).tolist())"
            for _ in range(2)
        ]
    elif row["feed"] == "generator":
        lines += _generator(row)
        lines.append(
            "h = m.fit_generator(batches(), samples_per_epoch=10, nb_epoch=2, verbose=0"
            f"{callbacks})"
        )
    else:
        checked = f", validation_data=(X, {targets})" if row["feed"] == "validation" else ""
        lines.append(
            f"h = m.fit(X, {targets}, nb_epoch=2, batch_size=4, verbose=0, shuffle=False"
            f"{weights}{checked}{callbacks})"
        )
    if row["feed"] != "batch":
        lines += [
            "for key in sorted(h.history):",
            "    print('RESULT', key, np.round(h.history[key], 4).tolist())",
        ]
        if row["callback"] == "history":
            lines += [
                "def last(history, key='loss'):",
                "    return float(history[key][-1])",
                "print('RESULT last', round(last(h.history), 4))",
            ]
    if watched:
        lines.append("print('RESULT seen', np.round(watch.seen, 4).tolist())")
    if row["callback"] == "names":
        lines.append("print('RESULT names', m.metrics_names)")
    sample = weights if "sample" in weights else ""
    lines += [
        f"print('RESULT evaluated', np.round(m.evaluate(X, {targets}, batch_size=4, verbose=0"
        f"{sample}), 4).tolist())",
        "for layer in m.layers:",
        "    for x in layer.get_weights():",
        "        print('RESULT', layer.name if len(layer.name) == 1 else '', "
        "np.round(x.ravel()[:3], 4).tolist())",
    ]
    return "\n".join(lines)


def _generator(row: Row) -> list[str]:
    part = {
        "one": "y[i:i + 5]",
        "list": "[y[i:i + 5], X[i:i + 5, :2]]",
        "dict": "{'o': y[i:i + 5], 'p': X[i:i + 5, :2]}",
    }[row["outputs"]]
    weighted = ""
    if row["weights"] in ("sample", "zero"):
        weighted = {
            "one": ", w[i:i + 5]",
            "list": ", [w[i:i + 5], w[i:i + 5]]",
            "dict": ", {'o': w[i:i + 5], 'p': w[i:i + 5]}",
        }[row["outputs"]]
    return [
        "def batches():",
        "    while True:",
        "        for i in (0, 5):",
        f"            yield X[i:i + 5], {part}{weighted}",
    ]
