"""Arguments for builder functions that nobody calls with arguments we could use.

Values come from the parameters' names, as a person would fill them in. Both sides run with the
same values: the choice is made while the old side runs and repeated on the new one.
"""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from kerasmig.verify.program.datasets import missing_array

# Shapes to try for a model input, by image ordering; the first that the old code accepts is taken.
_SHAPES: dict[str, tuple[tuple[int, ...], ...]] = {
    "th": (
        (3, 64, 64),
        (1, 32, 32),
        (3, 224, 224),
        (3, 299, 299),
        (1, 16, 32, 32),
        (20, 16),
        (32,),
    ),
    "tf": (
        (64, 64, 3),
        (32, 32, 1),
        (224, 224, 3),
        (299, 299, 3),
        (16, 32, 32, 1),
        (20, 16),
        (32,),
    ),
}
ATTEMPTS = len(_SHAPES["tf"])

_BY_NAME: tuple[tuple[str, Any], ...] = (
    (r"(^|_)(weights?|weights?_?(path|file)?|ckpt|checkpoint|pretrained|path|filename?)$", None),
    (r"(nb|n|num|number_of)?_?(class|classes|labels|outputs?|categories|actions?)$", 10),
    (r"(batch_?size|bs|n_?batch)$", 4),
    (r"(vocab\w*|max_features|nb_words|n_?words|max_words|input_vocab\w*)$", 50),
    (r"(max_?len\w*|time_?steps?|seq\w*_?len\w*|n_?steps|maxlen|input_length|length)$", 16),
    (r"(\w+_)?(ch|channels?|colou?rs?)$|(n|nb|num)_?(ch|channels?)$", "channels"),
    (
        r"(img_?|image_?)?(rows?|cols?|columns?|height|width|h|w|size|dim|img_size|image_size)$",
        "size",
    ),
    (r"(lr|learning_rate|decay|weight_decay|reg|l1|l2|alpha|beta|eps\w*)$", 0.01),
    (r"\w*(drop_?out|rate|_p|prob\w*|keep)\w*$", 0.25),
    (r"p$", 0.25),
    (r"momentum$", 0.9),
    (r"\w*(final|last|out\w*)_?activ\w*$", "softmax"),
    (r"\w*activ\w*$", "relu"),
    (r"opt(imi[sz]er)?$", "sgd"),
    (r"(loss|objective)\w*$", "mse"),
    (r"(init|kernel_init\w*)$", "glorot_uniform"),
    (r"(border_mode|padding)$", "same"),
    (r"\w*(filter_size|kernel\w*|filter_length|ksize|k)$", 3),
    (r"\w*(strides?|subsample)$", 1),
    (r"\w*(nb_|n_|num_)?(filters?|hidden|units|neurons|latent\w*|embed\w*|noise\w*|z_dim)\w*$", 8),
    (r"(input_dim|n_?features?|feature_dim|in_dim|nb_features|input_size|in_size)$", 16),
    (
        r"(output_dim|out_dim|n_out|dim|nf|\w*out(put)?_size|\w*hidden_size|\w*(wv|vector|word)\w*_(size|dim))$",
        8,
    ),
    (r"\w*_(len|length)$", 16),
    (r"pool\w*$", 2),
    (r"(state|action|observation|obs)_(size|dim)$", 8),
    (r"(\w*_)?(depth|layers|blocks|stacks?|repetitions?|n|num|nb|growth\w*|width\w*)$", 2),
    (r"(is_|use_|has_|include_|with_)\w+$", True),
    (r"(verbose|debug|summary|plot)$", False),
    (r"(name|prefix|mode|type|model_name)$", "net"),
)
_TENSOR = re.compile(r"^(x|inputs?|input_?(tensor|layer|img|image)s?|tensor|incoming|inp|layer)$")
_DATA = re.compile(
    r"^([xy]_?(train|test|val\w*|data)|(train|test|val\w*)_?([xy]|data|images?|labels?)|data|images)$"
)
_SHAPE = re.compile(r"\w*(shape|img_dims?|image_dims?|input_dims|dims)$")


TOO_MANY = "more arguments than the function takes"


class CannotInfer(Exception):
    """No value can be made up for a parameter; the message names it."""


class InferredNamespace:
    """Stands for an options object: its attributes and items are inferred by their names."""

    def __init__(self, infer: Callable[[str], Any]) -> None:
        self.__dict__["_infer"] = infer

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        value = self._infer(name)
        self.__dict__[name] = value
        return value

    def __getitem__(self, name: str) -> Any:
        return getattr(self, str(name))

    def get(self, name: str, default: Any = None) -> Any:
        return getattr(self, str(name)) if default is None else default

    def __setitem__(self, name: str, value: Any) -> None:
        self.__dict__[name] = value


def infer(
    name: str, ordering: str, attempt: int, make_input: Callable[[tuple[int, ...]], Any] | None
) -> Any:
    """A plausible value for a parameter.

    Args:
        name: the parameter's name.
        ordering: image ordering, ``th`` or ``tf``, that shapes are to follow.
        attempt: which of the shapes to use, from 0.
        make_input: makes a symbolic input of a shape; None: parameters that want one fail.

    Raises:
        CannotInfer: the name says nothing.
    """
    shape = _SHAPES[ordering][attempt % ATTEMPTS]
    lowered = name.lower()
    if _TENSOR.match(lowered):
        if make_input is None:
            raise CannotInfer(f"parameter {name!r} wants a tensor")
        return make_input(shape)
    if _SHAPE.match(lowered):
        return shape
    if _DATA.match(lowered):
        return missing_array(lowered.replace("train_", "").replace("test_", ""), ordering, seed=0)
    if not lowered.strip("_") or lowered in ("sess", "session"):
        return None
    for pattern, value in _BY_NAME:
        if re.match(rf"(?:{pattern})", lowered):
            if value == "size":
                return max(shape)
            if value == "channels":
                return min(shape)
            return value
    if lowered in (
        "args",
        "opt",
        "opts",
        "options",
        "config",
        "conf",
        "params",
        "hparams",
        "flags",
    ):
        return InferredNamespace(lambda inner: infer(inner, ordering, attempt, make_input))
    raise CannotInfer(f"parameter {name!r} has no default and no call in the project shows a value")


def fill(
    function: Callable[..., Any],
    given: Mapping[str, Any],
    ordering: str,
    attempt: int,
    make_input: Callable[[tuple[int, ...]], Any] | None,
    unknown: Callable[[str], Any] | None = None,
) -> dict[str, Any]:
    """Keyword arguments for `function`: those given, and inferred ones where it has no default.

    Args:
        unknown: gives what stands for a parameter whose name says nothing; none in attempt 0.

    Raises:
        CannotInfer: a parameter without default has no value.
    """
    filled = dict(given)
    for parameter in inspect.signature(function).parameters.values():
        if parameter.name in filled or parameter.kind in (
            inspect.Parameter.VAR_POSITIONAL,
            inspect.Parameter.VAR_KEYWORD,
        ):
            continue
        if parameter.default is inspect.Parameter.empty:
            if choices := _compared_with(function, parameter.name):
                filled[parameter.name] = choices[attempt % len(choices)]
                continue
            try:
                filled[parameter.name] = infer(parameter.name, ordering, attempt, make_input)
            except CannotInfer:
                if unknown is None or attempt == 0:
                    raise
                filled[parameter.name] = unknown(parameter.name)
        elif attempt > 0 and _SHAPE.match(parameter.name.lower()) and parameter.default is None:
            # A default of None often means "give me one": the later attempts do.
            filled[parameter.name] = _SHAPES[ordering][(attempt - 1) % ATTEMPTS]
    return filled


def _compared_with(function: Callable[..., Any], name: str) -> list[str]:
    """The texts that a function compares a parameter with: the choices it knows."""
    code = function.__init__ if isinstance(function, type) else function  # type: ignore[misc]
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(code)))
    except (OSError, TypeError, SyntaxError, ValueError):
        return []
    return compared_with(tree, lambda node: isinstance(node, ast.Name) and node.id == name)


def compared_with(tree: ast.AST, is_meant: Callable[[ast.expr], bool]) -> list[str]:
    """The texts that code compares something with by ``==`` or ``in``, in its order."""
    found = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Compare) or not is_meant(node.left) or len(node.ops) != 1:
            continue
        right = node.comparators[0]
        if isinstance(node.ops[0], ast.In) and isinstance(right, (ast.Tuple, ast.List, ast.Set)):
            choices = right.elts
        elif isinstance(node.ops[0], ast.Eq):
            choices = [right]
        else:
            continue
        found += [
            (choice.lineno, choice.col_offset, choice.value)
            for choice in choices
            if isinstance(choice, ast.Constant) and isinstance(choice.value, str) and choice.value
        ]
    return list(dict.fromkeys(text for _, _, text in sorted(found)))


def from_call_site(
    function: Callable[..., Any],
    arguments: str,
    constants: Mapping[str, str],
    namespace: Mapping[str, Any],
    *,
    strict: bool,
) -> dict[str, Any]:
    """Arguments as written at a call, as far as they can be evaluated; by parameter name.

    Args:
        function: what is called.
        arguments: source of the arguments, as between the parentheses.
        constants: source of constants of the calling file, by name.
        namespace: names of the file that holds the function.
        strict: an argument that cannot be evaluated is an error, not left out.

    Raises:
        CannotInfer: the call does not fit the function, or (strict) cannot be evaluated.
    """
    names = _Names(namespace, constants)
    call = ast.parse(f"f({arguments})", mode="eval").body
    assert isinstance(call, ast.Call)
    values: dict[str, Any] = {}
    parameters = [
        p.name
        for p in inspect.signature(function).parameters.values()
        if p.kind not in (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    ]
    for name, node in _arguments(call, parameters):
        try:
            values[name] = names.value(node)
        except Exception as error:
            if strict:
                raise CannotInfer(f"argument {name!r}: {error}") from error
    return values


class _Names:
    """Evaluates expressions of a calling file: its names are evaluated when they are needed."""

    def __init__(self, namespace: Mapping[str, Any], sources: Mapping[str, str]) -> None:
        self._namespace = dict(namespace)
        self._sources = dict(sources)

    def value(self, node: ast.expr) -> Any:
        for inner in ast.walk(node):
            if isinstance(inner, ast.Name) and inner.id in self._sources:
                source = self._sources.pop(inner.id)  # once: a name may be bound to itself
                if "import_module" in source and inner.id in self._namespace:
                    continue
                self._namespace[inner.id] = self.value(ast.parse(source, mode="eval").body)
        return eval(compile(ast.Expression(node), "<call>", "eval"), self._namespace)


def _arguments(call: ast.Call, parameters: list[str]) -> Iterator[tuple[str, ast.expr]]:
    for position, node in enumerate(call.args):
        if isinstance(node, ast.Starred):
            return
        if position >= len(parameters):
            raise CannotInfer(TOO_MANY)
        yield parameters[position], node
    for keyword in call.keywords:
        if keyword.arg is not None:
            yield keyword.arg, keyword.value


def command_line_value(dest: str, kind: Any, choices: Any) -> Any:
    """A plausible value for a required command line argument."""
    if choices:
        return next(iter(choices))
    if kind is int:
        return 1
    if kind is float:
        return 0.1
    return f"{dest}.h5" if re.search(r"model|weights", dest) else dest


def command_line_choice(script: str, dest: str) -> str | None:
    """The first text that a script compares an option with; None: it compares it with none."""
    try:
        tree = ast.parse(Path(script).read_bytes())
    except (OSError, SyntaxError, ValueError):
        return None
    known = compared_with(tree, lambda node: isinstance(node, ast.Attribute) and node.attr == dest)
    return known[0] if known else None
