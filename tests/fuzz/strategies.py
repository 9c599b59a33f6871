"""Hypothesis strategies: programs of Keras 1 that somebody could have written."""

from __future__ import annotations

from hypothesis import strategies as st

SIZES = st.sampled_from(["3", "8", "n", "2 * n", "(3)", "int(n)"])
BORDERS = st.sampled_from(["'same'", "'valid'", '"same"', "border"])
ORDERINGS = st.sampled_from(["'th'", "'tf'", "order", "K.image_dim_ordering()"])
_ALIASES = {"Convolution2D": "Conv", "MaxPooling2D": "Pool", "Dense": "D", "merge": "join"}


@st.composite
def arguments(draw: st.DrawFn, *named: tuple[str, st.SearchStrategy[str]]) -> str:
    """Arguments: the first few by position, the others by name, some left out."""
    values = [(name, draw(value)) for name, value in named]
    cut = draw(st.integers(0, len(values)))
    given = [value for _, value in values[:cut]]
    rest = [f"{name}={value}" for name, value in values[cut:] if draw(st.booleans())]
    return ", ".join([*given, *draw(st.permutations(rest))])


def _layers() -> list[tuple[str, st.SearchStrategy[str]]]:
    return [
        ("Convolution2D", arguments(("nb_filter", SIZES), ("nb_row", SIZES), ("nb_col", SIZES),
                                    ("init", st.just("'glorot_uniform'")), ("activation", st.just("'relu'")),
                                    ("weights", st.just("None")), ("border_mode", BORDERS),
                                    ("subsample", st.just("(2, 2)")), ("dim_ordering", ORDERINGS))),
        ("MaxPooling2D", arguments(("pool_size", st.just("(2, 2)")), ("strides", st.sampled_from(["None", "(2, 2)"])),
                                   ("border_mode", BORDERS), ("dim_ordering", ORDERINGS))),
        ("Dense", arguments(("output_dim", SIZES), ("init", st.just("'uniform'")), ("activation", st.just("'tanh'")))),
        ("Dropout", arguments(("p", st.sampled_from(["0.5", "rate"])))),
        ("LSTM", arguments(("output_dim", SIZES), ("init", st.just("'uniform'")),
                           ("inner_init", st.just("'orthogonal'")))),
        ("BatchNormalization", arguments(("epsilon", st.just("1e-5")), ("mode", st.just("0")), ("axis", st.just("1")))),
        ("ZeroPadding2D", arguments(("padding", st.just("(1, 1)")), ("dim_ordering", ORDERINGS))),
        ("Reshape", st.just("(n, -1)")), ("Flatten", st.just("")), ("Activation", st.just("'relu'")),
    ]  # fmt: skip


@st.composite
def programs(draw: st.DrawFn) -> str:
    """A program: imports in some style, a model in some style, training at times."""
    style = draw(st.sampled_from(["names", "aliases", "module", "star"]))
    layers = draw(st.lists(st.sampled_from(range(10)), min_size=1, max_size=6))
    table = _layers()
    calls = []
    used = {"merge"}
    for index in layers:
        name, strategy = table[index]
        used.add(name)
        calls.append((name, draw(strategy)))

    def spelled(name: str) -> str:
        if style == "aliases":
            return _ALIASES.get(name, name)
        return f"L.{name}" if style == "module" else name

    if style == "module":
        head = ["import keras.layers as L"]
    elif style == "star":
        head = ["from keras.layers import *"]
    else:
        listed = [
            f"{name} as {_ALIASES[name]}" if style == "aliases" and name in _ALIASES else name
            for name in sorted(used)
        ]
        head = [f"from keras.layers import {', '.join(listed)}"]
    head += ["from keras import backend as K", "from keras.models import Sequential, Model"]
    head += [
        "from keras.layers import Input",
        "n = 4",
        "border = 'same'",
        "order = 'th'",
        "rate = .1",
    ]
    body = []
    if draw(st.booleans()):
        body.append("m = Sequential()")
        body += [f"m.add({spelled(name)}({given}))" for name, given in calls]
    else:
        body.append("x = i = Input((3, 32, 32))")
        body += [f"x = {spelled(name)}({given})(x)" for name, given in calls]
        if draw(st.booleans()):
            body.append(f"x = {spelled('merge')}([x, x], mode='concat', concat_axis=1)")
        body.append("m = Model(input=i, output=[x])")
    if draw(st.booleans()):
        body.append("m.compile('sgd', loss='mse', metrics=['accuracy'])")
        body.append(
            f"h = m.fit(a, b, {draw(arguments(('batch_size', SIZES), ('nb_epoch', SIZES)))})"
        )
    if draw(st.booleans()):
        body = [
            "def build():",
            *[f"    {line}" for line in body],
            "    return m",
            "model = build()",
        ]
    return "\n".join([*head, "", *body]) + draw(st.sampled_from(["\n", "", "\n\n"]))
