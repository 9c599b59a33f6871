"""Small programs around one layer each, generated from the catalog.

For every layer entry: its defaults, every argument with each value that `VALUES` knows for its
name, arguments that interact in pairs, the entry's own ``contract`` settings, the layer as the
first of a Sequential model; where the layer had a ``dim_ordering``, each under both.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from kerasmig.catalog import entries, families, surface
from kerasmig.catalog.layer import LAYER_CLASS, keywords
from kerasmig.catalog.vocabulary import Entry
from kerasmig.compat import adapter_name

FILTERS = 5
"""No output is 5 wide: Keras 3.15 adds a channels-first bias along the width if it has as many
places as there are filters."""

REQUIRED = {
    "nb_filter": str(FILTERS),
    "nb_row": "3",
    "nb_col": "2",
    "filter_length": "3",
    "kernel_dim1": "2",
    "kernel_dim2": "3",
    "kernel_dim3": "2",
    "output_dim": "6",
    "input_dim": "11",
    "activation": "'tanh'",
    "p": "0.3",
    "sigma": "0.2",
    "target_shape": "(12, 2)",
    "dims": "(2, 1)",
    "n": "3",
    "function": "lambda x: 2 * x - 1",
    "layer": "Dense(4)",
}

_ACTIVATIONS = (
    "'softmax'",
    "'elu'",
    "'softplus'",
    "'softsign'",
    "'relu'",
    "'tanh'",
    "'sigmoid'",
    "'hard_sigmoid'",
    "'linear'",
)
_INITS = (
    "'zero'",
    "'one'",
    "'uniform'",
    "'normal'",
    "'lecun_uniform'",
    "'glorot_uniform'",
    "'glorot_normal'",
    "'he_uniform'",
    "'he_normal'",
    "'orthogonal'",
)
_WEIGHT_PENALTIES = (
    "'l1'",
    "'l2'",
    "'l1l2'",
    "l2(0.03)",
    "l1l2(l1=0.02)",
    "WeightRegularizer(0.1)",
)
_ACTIVITY_PENALTIES = ("'activity_l1'", "'activity_l2'", "activity_l2(0.04)", "activity_l1l2()")
_CONSTRAINTS = ("'maxnorm'", "maxnorm(1.5)", "nonneg()", "unitnorm()", "'unitnorm'")

VALUES: dict[str, tuple[str, ...]] = {
    "init": _INITS,
    "inner_init": ("'glorot_uniform'", "'identity'"),
    "forget_bias_init": ("'zero'", "'one'"),
    "beta_init": ("'one'", "'normal'"),
    "gamma_init": ("'uniform'",),
    "activation": _ACTIVATIONS,
    "inner_activation": ("'sigmoid'", "'hard_sigmoid'", "'relu'"),
    "border_mode": ("'same'", "'valid'"),
    "bias": ("False", "True"),
    "W_regularizer": _WEIGHT_PENALTIES,
    "U_regularizer": ("'l2'", "l1(0.02)"),
    "b_regularizer": ("'l2'", "l1(0.02)"),
    "depthwise_regularizer": ("'l2'",),
    "pointwise_regularizer": ("l1(0.02)",),
    "beta_regularizer": ("'l1'",),
    "gamma_regularizer": ("l2(0.1)",),
    "activity_regularizer": _ACTIVITY_PENALTIES,
    "W_constraint": _CONSTRAINTS,
    "b_constraint": ("nonneg()",),
    "depthwise_constraint": ("nonneg()",),
    "pointwise_constraint": ("maxnorm(2)",),
    "pool_length": ("3", "4"),
    "stride": ("1", "3"),
    "subsample_length": ("2", "3"),
    "length": ("3",),
    "depth_multiplier": ("2", "3"),
    "epsilon": ("0.1",),
    "axis": ("1", "-1"),
    "momentum": ("0.5",),
    "alpha": ("0.05", "2.5"),
    "theta": ("0.5", "0.0"),
    "alpha_init": ("0.7",),
    "shared_axes": ("[1]", "(1, 2)"),
    "nb_feature": ("2", "7"),
    "n": ("1", "4"),
    "p": ("0.0", "0.5"),
    "sigma": ("0.7",),
    "l1": ("0.01", "0.3"),
    "l2": ("0.01", "0.3"),
    "mask_value": ("1.0",),
    "target_shape": ("(24,)", "(-1, 4)", "(2, 3, 4)"),
    "dims": ("(1, 2)",),
    "output_shape": ("(4, 6)", "lambda shape: shape"),
    "arguments": ("{}",),
    "return_sequences": ("True", "False"),
    "go_backwards": ("True",),
    "unroll": ("True",),
    "consume_less": ("'cpu'", "'mem'", "'gpu'"),
    "dropout_W": ("0.3",),
    "dropout_U": ("0.3",),
    "dropout": ("0.4",),
    "mask_zero": ("True",),
    "merge_mode": ("'sum'", "'mul'", "'ave'", "'concat'"),
    "atrous_rate": ("2",),
    "input_length": ("4",),
}

_PAIRS = (
    ("border_mode", "subsample"),
    ("border_mode", "subsample_length"),
    ("border_mode", "strides"),
    ("border_mode", "stride"),
    ("border_mode", "atrous_rate"),
    ("border_mode", "pool_size"),
    ("border_mode", "pool_length"),
    ("border_mode", "depth_multiplier"),
    ("pool_size", "strides"),
    ("return_sequences", "go_backwards"),
    ("return_sequences", "unroll"),
    ("return_sequences", "consume_less"),
    ("return_sequences", "border_mode"),
    ("consume_less", "W_regularizer"),
    ("consume_less", "U_regularizer"),
    ("mode", "axis"),
)

_CONVERTED = {
    name
    for name in VALUES
    if name in ("init", "activation") or name.endswith(("_init", "regularizer", "constraint"))
}

_BY_RANK: dict[str, dict[int, tuple[str, ...]]] = {
    "subsample": {2: ("(2, 2)", "(2, 1)"), 3: ("(2, 2, 2)", "(1, 2, 1)")},
    "strides": {2: ("(1, 1)", "(3, 2)"), 3: ("(1, 2, 1)",)},
    "pool_size": {2: ("(3, 2)", "(1, 4)"), 3: ("(1, 2, 3)",)},
    "atrous_rate": {1: ("2", "3"), 2: ("(2, 2)",)},
    "size": {2: ("(3, 2)", "(1, 2)"), 3: ("(1, 2, 3)",)},
    "padding": {1: ("3",), 2: ("(2, 3)",), 3: ("(2, 1, 3)",)},
    "cropping": {
        1: ("(0, 2)", "(2, 1)"),
        2: ("((1, 2), (0, 1))", "((0, 0), (1, 0))"),
        3: ("((1, 0), (1, 1), (0, 2))",),
    },
}

_SPATIAL = {1: (9,), 2: (7, 8), 3: (5, 6, 7)}
_FIXED_INPUTS = {
    "Dense": (4,),
    "MaxoutDense": (4,),
    "Highway": (6,),
    "RepeatVector": (4,),
    "Embedding": (4,),
    "Flatten": (3, 2, 4),
    "ConvLSTM2D": (3, 7, 8, 2),
}
_DEFAULT_INPUT = (4, 6)
_HELPERS = {
    "keras.regularizers": (
        "l1", "l2", "l1l2", "activity_l1", "activity_l2", "activity_l1l2", "WeightRegularizer",
    ),
    "keras.constraints": ("maxnorm", "nonneg", "unitnorm"),
}  # fmt: skip

_ABSTRACT = ("Recurrent", "ConvRecurrent2D", "Wrapper")
_NO_KERNEL = {("SeparableConvolution2D", "(2, 1)")}
"""TensorFlow has no depthwise convolution with strides that differ on a CPU."""


@dataclass(frozen=True)
class Case:
    """One program with a ``build()`` that makes a model.

    Args:
        name: readable and unique.
        entry: canonical name of the layer.
        source: the program.
        input_shape: without batch axis.
        integers: input values are integers below this; 0: normal random numbers.
        blank: how many of the last steps of the input are zero, to be masked.
    """

    name: str
    entry: str
    source: str
    input_shape: tuple[int, ...]
    integers: int = 0
    blank: int = 0

    @property
    def adapted(self) -> str:
        """The program with the layer's adapter in place of a rewrite; empty if it has more to it."""
        module, _, short = self.entry.rpartition(".")
        line = f"from {module} import {short}\n"
        if self.blank or line not in self.source or self.source.count("import") > 3:
            return ""
        return self.source.replace(
            line, f"from keras1_compat import {adapter_name(self.entry)} as {short}\n"
        ).replace("Model(input=inputs, output=outputs)", "Model(inputs, outputs)")

    @property
    def compared(self) -> tuple[slice, ...]:
        """The part of the output that has to be equal.

        Today's Bidirectional gives zeros at masked steps, Keras 1's repeated the last output
        there; what reads it further on leaves masked steps out.
        """
        if self.blank and "Bidirectional" in self.name:
            return (slice(None), slice(None, -self.blank))
        return (slice(None),)

    @property
    def refused_by_keras1(self) -> str:
        """Why Keras 1.2.2 itself does not take the program; empty if it does."""
        if "LocallyConnected" in self.name and "'same'" in self.name:
            return 'only "valid" is supported'
        if "'softmax'" in self.name and len(self.input_shape) + ("Embedding" in self.name) > 2:
            return "not 2D or 3D"
        if "'identity'" in self.name and "ConvLSTM2D" in self.name:
            return "2D square matrices"
        return ""

    @property
    def refused_by_kerasmig(self) -> str:
        """What kerasmig reports instead of a rewrite; empty if it rewrites."""
        if self.name.startswith("first SpatialDropout"):
            return "put an `Input(shape=...)` before the layer"
        return ""


def cases() -> tuple[Case, ...]:
    """All cases, in the order of the catalog."""
    found: dict[str, Case] = {}
    tried: Counter[tuple[str, str]] = Counter()
    for family in families():
        for entry in family.resolved():
            if is_layer(entry) and entry.to is not None and entry.short not in _ABSTRACT:
                for case in _cases_of(entry, tried):
                    found.setdefault(case.source, case)
    for case in _masked():
        found.setdefault(case.source, case)
    return tuple(found.values())


def _masked() -> Iterator[Case]:
    """Recurrent layers and wrappers behind something that masks the last steps."""
    first = {
        "Masking": ("Masking(input_shape=(5, 6))", (5, 6), 0),
        "Embedding": ("Embedding(11, 6, mask_zero=True, input_length=5)", (5,), 11),
    }
    then = [
        f"{layer}(4{options})"
        for layer in ("SimpleRNN", "GRU", "LSTM")
        for options in ("", ", return_sequences=True", ", go_backwards=True", ", unroll=True")
    ]
    then += [f"Bidirectional({layer}(4, return_sequences=True))" for layer in ("GRU", "LSTM")]
    then += ["TimeDistributed(Dense(3))", "TimeDistributedDense(3)"]
    homes = {entry.short: entry.name.rpartition(".")[0] for entry in entries().values()}
    for masking, (text, shape, integers) in first.items():
        for layer in then:
            names = sorted(set(re.findall(r"[A-Z]\w+(?=\()", text + layer)))
            imports = "".join(f"from {homes[name]} import {name}\n" for name in names)
            source = (
                f"{imports}"
                "from keras.models import Sequential\n\n\n"
                f"def build():\n    model = Sequential()\n    model.add({text})\n"
                f"    model.add({layer})\n    return model\n"
            )
            name = f"{masking} before {layer}"
            yield Case(name, "keras.layers.core.Masking", source, shape, integers, blank=2)


def is_layer(entry: Entry) -> bool:
    """Whether an entry is a layer with one input, of the modules that this table covers."""
    return (
        LAYER_CLASS in surface.keras1_bases(entry.name)
        and entry.name.startswith("keras.layers.")
        and entry.name.rpartition(".")[0] != "keras.engine.topology"
    )


def _cases_of(entry: Entry, tried: Counter[tuple[str, str]]) -> Iterator[Case]:
    orderings = ("tf", "th") if "dim_ordering" in _arguments(entry) else ("",)
    for ordering in orderings:
        for setting in _settings(entry, ordering, tried):
            yield _case(entry, setting, ordering)
        for call in entry.contract:
            yield _case(entry, None, ordering, call=call)
        yield _case(entry, {}, ordering, sequential=True)


def _arguments(entry: Entry) -> tuple[str, ...]:
    """The layer's own arguments and those of its bases, without what every layer takes."""
    own = surface.keras1_signature(entry.name)
    assert own is not None
    common = {"input_shape", "batch_input_shape", "input_dtype", "name", "trainable"}
    return tuple(name for name in keywords(entry.name) if name not in common)


def _rank(entry: Entry) -> int:
    digits = re.search(r"(\d)D", entry.short)
    return int(digits.group(1)) if digits else 0


def _values(entry: Entry, name: str) -> tuple[str, ...]:
    by_rank = _BY_RANK.get(name, {})
    values = by_rank.get(_rank(entry)) or VALUES.get(name, ())
    if entry.short == "Deconvolution2D" and name == "output_shape":
        return ()
    if entry.short == "ParametricSoftplus" and name == "beta_init":
        values = ("2.0",)
    if name == "shared_axes" and entry.short == "PReLU":
        values = (*values, "[2]")
    return tuple(value for value in values if (entry.short, value) not in _NO_KERNEL)


def _settings(
    entry: Entry, ordering: str, tried: Counter[tuple[str, str]]
) -> Iterator[dict[str, str]]:
    """Arguments beside the required ones, as source text.

    Values that are only converted (initialisers by name and so on) are gone through in full for
    the first two layers that take them, and under one ordering; the others get the last one.
    """
    names = _arguments(entry)
    yield {}
    for name in names:
        values = _values(entry, name)
        if name in _CONVERTED:
            new = tuple(value for value in values if tried[name, value] < 2)
            tried.update((name, value) for value in new)
            values = () if ordering == "th" else new or values[-1:]
        for value in values:
            yield {name: value}
    for pair in _PAIRS:
        if set(pair) <= set(names):
            options = [_values(entry, name)[: 2 if ordering == "tf" else 1] for name in pair]
            for values in itertools.product(*options):
                yield dict(zip(pair, values, strict=True))


def _input_shape(entry: Entry, ordering: str, setting: dict[str, str]) -> tuple[int, ...]:
    rank = _rank(entry)
    if entry.short in _FIXED_INPUTS:
        shape = _FIXED_INPUTS[entry.short]
        if ordering == "th" and entry.short == "ConvLSTM2D":
            return (shape[0], shape[-1], *shape[1:-1])
        return shape
    if not rank:
        return _DEFAULT_INPUT
    spatial = _SPATIAL[rank]
    return (3, *spatial) if ordering == "th" else (*spatial, 3)


def _case(
    entry: Entry,
    setting: dict[str, str] | None,
    ordering: str,
    call: str = "",
    sequential: bool = False,
) -> Case:
    shape = _input_shape(entry, ordering, setting or {})
    layer = call or _call(entry, setting or {}, ordering, shape)
    if call and ordering:
        layer = f"{call[:-1]}, dim_ordering='{ordering}')"
    if entry.short == "Bidirectional":
        layer = layer.replace("Dense(4)", "LSTM(4, return_sequences=True)")
    title = layer + (f" {ordering}" if ordering else "")
    if sequential:
        layer = f"{layer[:-1]}{', ' if layer[-2] != '(' else ''}{_first(entry, shape)}, name='it')"
        body = f"    model = Sequential()\n    model.add({layer})\n    return model\n"
        title = "first " + title
    else:
        dtype = ", dtype='int32'" if entry.short == "Embedding" else ""
        body = (
            f"    inputs = Input(shape={shape!r}{dtype})\n"
            f"    outputs = {layer}(inputs)\n"
            "    return Model(input=inputs, output=outputs)\n"
        )
    source = f"{_imports(entry, layer)}\n\ndef build():\n{body}"
    integers = int(REQUIRED["input_dim"]) if entry.short == "Embedding" else 0
    return Case(title, entry.name, source, shape, integers)


def _first(entry: Entry, shape: tuple[int, ...]) -> str:
    """How a first layer is told its input, as programs of the time did it."""
    names = _arguments(entry)
    if entry.short == "Embedding":
        return f"input_length={shape[0]}"
    if entry.short in ("Dense", "MaxoutDense", "Highway"):
        return f"input_dim={shape[0]}"
    if "input_length" in names:
        return f"input_dim={shape[1]}, input_length={shape[0]}"
    if _rank(entry) == 3:
        return f"batch_input_shape={(None, *shape)!r}"
    return f"input_shape={shape!r}"


def _call(entry: Entry, setting: dict[str, str], ordering: str, shape: tuple[int, ...]) -> str:
    own = surface.keras1_signature(entry.name)
    assert own is not None
    parts: list[str] = []
    positional = True
    for parameter in own.parameters:
        name = parameter.name
        if name in setting:
            value = setting[name]
        elif parameter.default is None:
            value = (
                _output_shape(setting, ordering, shape)
                if name == "output_shape"
                else REQUIRED[name]
            )
        else:
            positional = False
            continue
        parts.append(value if positional and parameter.default is None else f"{name}={value}")
    parts += [f"{name}={value}" for name, value in setting.items() if name not in own.names()]
    if ordering and "dim_ordering" not in setting:
        parts.append(f"dim_ordering='{ordering}'")
    return f"{entry.short}({', '.join(parts)})"


def _output_shape(setting: dict[str, str], ordering: str, shape: tuple[int, ...]) -> str:
    """``output_shape`` of a Deconvolution2D: the smallest size that its convolution maps back."""
    strides = eval(setting.get("subsample", "(1, 1)"))
    sizes = shape[1:] if ordering == "th" else shape[:-1]
    kernel = (int(REQUIRED["nb_row"]), int(REQUIRED["nb_col"]))
    same = setting.get("border_mode") == "'same'"
    spatial = tuple(
        (size - 1) * stride + (1 if same else k)
        for size, stride, k in zip(sizes, strides, kernel, strict=True)
    )
    whole = (None, FILTERS, *spatial) if ordering == "th" else (None, *spatial, FILTERS)
    return repr(whole)


def _imports(entry: Entry, layer: str) -> str:
    lines = ["from keras.layers import Input", "from keras.models import Model, Sequential"]
    lines.append(f"from {entry.name.rpartition('.')[0]} import {entry.short}")
    for inner in ("Dense", "LSTM"):
        if f"{inner}(" in layer and inner != entry.short:
            lines.append(f"from keras.layers import {inner}")
    for module, names in _HELPERS.items():
        used = [name for name in names if re.search(rf"(?<![\w']){name}\(", layer)]
        if used:
            lines.append(f"from {module} import {', '.join(used)}")
    return "\n".join(lines)
