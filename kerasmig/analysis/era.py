"""Does a file, and a single call, speak Keras 1 or a later Keras?

``Conv2D(32, 3, 3)`` is a 3×3 kernel in Keras 1, where Conv2D is an alias of Convolution2D, and a
kernel of 3 with strides of 3 in Keras 2 and 3.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable
from enum import Enum
from functools import cache
from typing import NamedTuple

from kerasmig.analysis.names.resolution import Names
from kerasmig.catalog import entry as catalog_entry
from kerasmig.catalog import surface
from kerasmig.catalog.layer import keywords as keras1_keywords
from kerasmig.catalog.values import KERNELS
from kerasmig.catalog.vocabulary import Entry, Pack, Spread, To, same_value


class Era(str, Enum):
    """Which Keras a piece of code was written for."""

    KERAS1 = "Keras 1"
    LATER = "Keras 2 or 3"
    UNKNOWN = "unknown"


# Keywords that only one of the two eras has, on whatever call they stand (measured: signatures).
_KERAS1_KEYWORDS = frozenset(
    "nb_filter nb_row nb_col nb_epoch border_mode subsample dim_ordering W_regularizer "
    "b_regularizer W_constraint b_constraint samples_per_epoch nb_val_samples nb_worker "
    "show_accuracy concat_axis dot_axes filter_length subsample_length pool_length "
    "inner_activation inner_init kernel_dim1 atrous_rate max_q_size consume_less dropout_W dropout_U "
    "forget_bias_init".split()
)
# The same for one callable, where the word means something elsewhere.
_KERAS1_KEYWORD_OF = {
    "keras.layers.normalization.BatchNormalization": frozenset(["mode"]),
}
# Keywords that Keras 1 and Keras 2 share and Keras 3 has no more.
_SHARED_KEYWORDS = frozenset(
    "lr decay input_dim input_length batch_input_shape input_dtype weights".split()
)
_LATER_KEYWORDS = frozenset(
    "kernel_size padding data_format kernel_initializer kernel_regularizer steps_per_epoch "
    "dilation_rate recurrent_activation use_bias bias_initializer epochs validation_steps".split()
)
_LATER_NAMES = frozenset(
    "Conv2DTranspose Conv3DTranspose SeparableConv1D DepthwiseConv2D Concatenate Add Multiply "
    "Average Maximum Subtract Dot Minimum concatenate add multiply average maximum subtract dot "
    "image_data_format set_image_data_format ops GroupNormalization LayerNormalization "
    "initializers losses".split()
)
_KERAS1_NAMES = frozenset(
    "merge Merge image_dim_ordering set_image_dim_ordering Convolution1D Convolution2D "
    "Convolution3D SeparableConvolution2D AtrousConvolution1D AtrousConvolution2D Deconvolution2D "
    "MaxoutDense Highway TimeDistributedDense initializations objectives visualize_util "
    "Graph".split()
)


class FileEra(NamedTuple):
    """The era of a file and how many marks of each era it bears."""

    era: Era
    keras1: int
    later: int


def file_era(names: Names, calls: Iterable[ast.Call]) -> FileEra:
    """Weigh the marks of both eras in a file."""
    keras1 = later = 0
    for scope in names.scopes.values():
        for star in scope.stars:
            keras1 += surface.in_keras1(star.path) and not surface.keras3_has(star.path)
    for binding in names.imports:
        if not binding.path.startswith("keras"):
            continue
        name = binding.path.rpartition(".")[2]
        if surface.in_keras1(binding.path) and (
            name in _KERAS1_NAMES or not surface.keras3_has(binding.path)
        ):
            keras1 += 1
        elif not surface.in_keras1(binding.path) or name in _LATER_NAMES:
            later += 1
    for assigned in names.assignments:
        # A stand-in that an earlier run put here is as much of its era as the import that it was.
        path = names.stood_in_for(assigned.value) if assigned.value is not None else None
        if path is not None:
            keras1 += surface.in_keras1(path)
            later += not surface.in_keras1(path)
    for call in calls:
        for keyword in call.keywords:
            if keyword.arg in _KERAS1_KEYWORDS:
                keras1 += 1
            elif keyword.arg in _LATER_KEYWORDS and not _had_keyword(call, keyword.arg, names):
                later += 1
        keras1 += _has_renamed_keyword(call, names)
        # Names from `import *` have no binding of their own, and attributes none either.
        path = names.path(call.func) or ""
        name = path.rpartition(".")[2] if path.startswith("keras.") else ""
        keras1 += name in _KERAS1_NAMES
        later += name in _LATER_NAMES
    if keras1 and keras1 >= later:
        return FileEra(Era.KERAS1, keras1, later)
    return FileEra(Era.LATER if later else Era.UNKNOWN, keras1, later)


def _had_keyword(call: ast.Call, keyword: str, names: Names) -> bool:
    """``ZeroPadding2D(padding=1)``: Keras 1 called this argument so as well."""
    old = surface.keras1_signature(names.keras_name(call.func) or "")
    return old is not None and keyword in old.names()


def _has_renamed_keyword(call: ast.Call, names: Names) -> bool:
    """``Dense(output_dim=3)``: a keyword that this very callable has no more in Keras 2."""
    keywords = {k.arg for k in call.keywords if k.arg} | unpacked_keys(call, names)
    keywords -= _SHARED_KEYWORDS | _KERAS1_KEYWORDS
    name = names.keras_name(call.func) if keywords else None
    entry = catalog_entry(name) if name else None
    if entry is None:
        return False
    if keywords & _KERAS1_KEYWORD_OF.get(entry.name, frozenset()):
        return True
    new = surface.keras3_signature(entry.to) if entry.to else None
    known = set(new.names()) if new is not None else set()
    for keyword in keywords - known:
        rule = entry.argument(keyword)
        if isinstance(rule, (Pack, Spread)) or (isinstance(rule, To) and rule.name != keyword):
            return True
    return False


def unpacked_keys(call: ast.Call, names: Names) -> set[str]:
    """The keys of the dictionaries that a call unpacks, as far as they are written in the file.

    ``SGD(**{'lr': 0.1})``, and ``SGD(**settings)`` after ``settings = dict(lr=0.1)``.
    """
    found: set[str] = set()
    for keyword in call.keywords:
        if keyword.arg is not None:
            continue
        values: list[ast.expr | None] = [keyword.value]
        if isinstance(keyword.value, ast.Name):
            values = [binding.value for binding in names.bindings_of(keyword.value)]
        for value in values:
            if isinstance(value, ast.Dict):
                found.update(str(k.value) for k in value.keys if isinstance(k, ast.Constant))
            elif isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
                if value.func.id == "dict":
                    found.update(k.arg for k in value.keywords if k.arg)
    return found


_EVERY_LAYER = frozenset({"name", "trainable", "input_shape", "activity_regularizer"})
"""Keywords of `LAYER` that Keras 3's layers take as well: they say nothing."""


def call_era(call: ast.Call, entry: Entry, path: str, unpacked: Collection[str] = ()) -> Era:
    """The era of one call of a callable that both Keras know, from its arguments alone.

    Args:
        call: the call.
        entry: what the catalog says of the callable.
        path: the path by which the code names it.
        unpacked: keywords that it is given by unpacking (`unpacked_keys`).
    """
    old = surface.keras1_signature(entry.name)
    new = surface.keras3_signature(entry.to) if entry.to else None
    if new is None:
        return Era.KERAS1
    old_only, new_only = _telling_keywords(entry.name, entry.to, tuple(entry.args))
    keywords = {keyword.arg for keyword in call.keywords if keyword.arg} | set(unpacked)
    if keywords & old_only:
        return Era.KERAS1
    if keywords & new_only:
        return Era.LATER
    if _says_ordering(call, entry, old) or _pads_by_sides(call, entry):
        return Era.KERAS1
    if _sizes_packed(call, entry) or _sizes_missing(call, entry):
        return Era.LATER
    if _starts_with_activation(call, entry, old):
        return Era.LATER
    if _same_meaning(call, entry, old, new):
        return Era.LATER
    if path.rpartition(".")[2] in _KERAS1_NAMES:
        return Era.KERAS1
    return Era.UNKNOWN


@cache
def _telling_keywords(
    name: str, to: str | None, listed: tuple[str | tuple[str, ...], ...]
) -> tuple[frozenset[str], frozenset[str]]:
    """The keywords that only Keras 1's callable takes, and those that only today's takes."""
    old = surface.keras1_signature(name)
    new = surface.keras3_signature(to) if to else None
    old_names = frozenset(old.names() if old else ())
    new_names = frozenset(new.names() if new else ())
    # LSTM's `return_sequences` is its base's argument; `name` and the like are every layer's.
    inherited = frozenset(keras1_keywords(name))
    known = frozenset(n for key in listed for n in ([key] if isinstance(key, str) else key))
    return (old_names | known) - new_names - _EVERY_LAYER, new_names - old_names - inherited - known


def _says_ordering(call: ast.Call, entry: Entry, old: surface.Signature | None) -> bool:
    """``MaxPooling2D((2, 2), None, 'same', 'th')``: an ordering as only Keras 1 writes it."""
    for name, value in zip(old.positional() if old else (), call.args, strict=False):
        if name == "dim_ordering" and isinstance(value, ast.Constant):
            return value.value in ("th", "tf", "default")
    return False


def _pads_by_sides(call: ast.Call, entry: Entry) -> bool:
    """``ZeroPadding2D((1, 2, 3, 4))``, ``padding={'left_pad': 1}``: how only Keras 1 pads."""
    rule = entry.argument("padding")
    if not isinstance(rule, To) or rule.convert not in ("padding_1d", "padding_2d"):
        return False
    given = [*call.args[:1], *(k.value for k in call.keywords if k.arg == "padding")]
    return any(
        isinstance(value, ast.Dict)
        or (isinstance(value, (ast.Tuple, ast.List)) and len(value.elts) == 4)
        for value in given
    )


def _sizes_packed(call: ast.Call, entry: Entry) -> bool:
    """``Conv2D(32, (3, 3))``: a tuple stands where Keras 1 wants the first of several sizes."""
    old = surface.keras1_signature(entry.name)
    if old is None:
        return False
    for key, argument in entry.args.items():
        if not isinstance(argument, Pack) or not isinstance(key, tuple):
            continue
        index = old.names().index(key[0]) if key[0] in old.names() else len(call.args)
        if index < len(call.args) and isinstance(call.args[index], (ast.Tuple, ast.List)):
            return True
    return False


def _sizes_missing(call: ast.Call, entry: Entry) -> bool:
    """``Conv2D(32, 3)``: too few arguments for Keras 1, which wants each size by itself."""
    old = surface.keras1_signature(entry.name)
    keywords = {keyword.arg for keyword in call.keywords}
    if old is None or None in keywords or any(isinstance(a, ast.Starred) for a in call.args):
        return False
    given = {*old.positional()[: len(call.args)], *keywords}
    return any(
        old.default(name) is None and name not in given
        for key, argument in entry.args.items()
        if isinstance(argument, Pack) and not argument.needs
        for name in key
    )


def _starts_with_activation(call: ast.Call, entry: Entry, old: surface.Signature | None) -> bool:
    """``Dense(10, 'relu')``: an activation stands where Keras 1 has the initialisation."""
    for name, value in zip(old.positional() if old else (), call.args, strict=False):
        rule = entry.argument(name)
        if (
            isinstance(rule, To)
            and (rule.convert == "initializer" or rule.convert in KERNELS)
            and isinstance(value, ast.Constant)
        ):
            return f"keras.activations.{value.value!s}" in surface.keras1_names()
    return False


def moved_positions(call: ast.Call, entry: Entry) -> str:
    """Both readings of the first argument that means another thing by its position today.

    ``""`` if every position of the call means the same in both eras.
    """
    old = surface.keras1_signature(entry.name)
    new = surface.keras3_signature(entry.to) if entry.to else None
    if old is None or new is None:
        return ""
    for index, name in enumerate(old.positional()[: len(call.args)]):
        rule = entry.argument(name)
        today = "".join(new.positional()[index : index + 1])
        if today != (rule.name if isinstance(rule, To) else ""):
            if isinstance(rule, Pack) and today == rule.name:
                continue  # the first of several sizes stands where they all stand today
            return f"its argument {index + 1} is {name} in Keras 1, {today or 'too many'} today"
    return ""


def unknown_keywords(call: ast.Call, entry: Entry) -> tuple[str, ...]:
    """The keywords of a layer's call that neither Keras 1.2.2 nor Keras 3 knows."""
    old = surface.keras1_signature(entry.name)
    new = surface.keras3_signature(entry.to) if entry.to else None
    if old is None or new is None or not (entry.to or "").startswith("keras.layers."):
        return ()
    listed = {name for key in entry.args for name in ([key] if isinstance(key, str) else key)}
    known = {*old.names(), *new.names(), *keras1_keywords(entry.name), *listed, *_EVERY_LAYER}
    known |= {"dtype", "autocast", "batch_shape", "batch_size", "implementation", "input_shape"}
    return tuple(k.arg for k in call.keywords if k.arg and k.arg not in known)


def _same_meaning(
    call: ast.Call, entry: Entry, old: surface.Signature | None, new: surface.Signature
) -> bool:
    """Whether the call as it stands means the same in both, so that the era does not matter."""
    if old is None or any(isinstance(a, ast.Starred) for a in call.args):
        return False
    if any(keyword.arg is None for keyword in call.keywords) or entry.rule:
        return False
    if entry.data_format or entry.always_last:
        return False  # what it means hangs on the global ordering
    if entry.assumed:
        return False  # the same words, but not the same thing
    used = [*old.positional()[: len(call.args)], *(k.arg for k in call.keywords if k.arg)]
    if not all(same_value(entry.argument(name), name) for name in used):
        return False
    known = {*old.names(), *new.names(), *keras1_keywords(entry.name)}
    if not known.issuperset(used):
        return False
    if tuple(used[: len(call.args)]) != new.positional()[: len(call.args)]:
        return False
    return not any(target not in used for target in entry.write)
