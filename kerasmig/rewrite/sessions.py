"""The lines that gave Keras 1 a TensorFlow session of its own, to say how it may use the GPU.

    config = tf.ConfigProto()
    config.gpu_options.allow_growth = True
    K.set_session(tf.Session(config=config))

What the session was told can be told to TensorFlow itself today; the session has nothing else to do
if the program uses it for nothing else.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kerasmig.analysis.names.constants import UNKNOWN
from kerasmig.rewrite.imports.library_paths import library_path
from kerasmig.text.tree import walk

if TYPE_CHECKING:
    from kerasmig.rewrite.context import FileContext

CODE = "KM503"
RULE = "set_session"
GROWTH = "gpu_options.allow_growth"
_SESSIONS = ("Session", "InteractiveSession")
_INITIALIZERS = ("global_variables_initializer", "initialize_all_variables")


@dataclass(frozen=True, eq=False)
class Session:
    """One session that is made for Keras and used for nothing else.

    Args:
        call: the statement that gives it to Keras.
        statements: all statements that make it and give it to Keras, ``call`` among them.
        options: what it is told, by the dotted name of the option.
        library: how the code writes ``tensorflow``.
    """

    call: ast.Expr
    statements: tuple[ast.stmt, ...]
    options: Mapping[str, ast.expr]
    library: ast.expr


class _Unclear(Exception):
    """The session is used otherwise, or told what cannot be followed."""


def find_sessions(context: FileContext) -> list[Session]:
    """The sessions of a file that can be taken out."""
    found = []
    for use in context.uses:
        call = use.call
        if use.entry is None or use.entry.rule != RULE or call is None:
            continue
        statement = context.parent(call)
        if isinstance(statement, ast.Expr) and len(call.args) == 1 and not call.keywords:
            try:
                session = _Reading(context, statement).session(call.args[0])
                lines, _ = todays_lines(context, session)
                if len(lines) > 1 and context.text.own_lines(statement) is None:
                    raise _Unclear
            except _Unclear:
                continue
            found.append(session)
    return found


class _Reading:
    def __init__(self, context: FileContext, call: ast.Expr) -> None:
        self._context = context
        self._call = call
        self._block = context.block_of(call)
        self._statements: list[ast.stmt] = [call]
        self._options: dict[str, ast.expr] = {}

    def session(self, given: ast.expr) -> Session:
        """The session that an expression gives.

        Raises:
            _Unclear: it must stay.
        """
        made = self._made(given)
        if not isinstance(made, ast.Call) or self._path(made.func) not in _SESSIONS:
            raise _Unclear
        if made.args or not isinstance(made.func, ast.Attribute):
            raise _Unclear
        for keyword in made.keywords:
            if keyword.arg != "config":
                raise _Unclear
            self._config(keyword.value, "ConfigProto", "")
        statements = sorted(set(self._statements), key=lambda s: s.lineno)
        return Session(self._call, tuple(statements), self._options, made.func.value)

    def _config(self, given: ast.expr, kind: str, prefix: str) -> None:
        """What a configuration holds: its arguments, and what is assigned to it."""
        made = self._made(given)
        if not isinstance(made, ast.Call) or self._path(made.func) != kind or made.args:
            raise _Unclear
        for keyword in made.keywords:
            if keyword.arg is None:
                raise _Unclear
            if keyword.arg == "gpu_options":
                self._config(keyword.value, "GPUOptions", "gpu_options.")
            else:
                self._option(prefix + keyword.arg, keyword.value)
        if isinstance(given, ast.Name):
            for statement in self._assignments(given.id):
                target = ast.unparse(statement.targets[0]).partition(".")[2]
                self._option(prefix + target, statement.value)

    def _option(self, name: str, value: ast.expr) -> None:
        if name in self._options:
            raise _Unclear
        self._options[name] = value

    def _path(self, node: ast.expr) -> str | None:
        return library_path(self._context, node)

    def _made(self, given: ast.expr) -> ast.expr:
        """What a variable of this block holds, all of whose uses go with the session."""
        if not isinstance(given, ast.Name):
            return given
        names = self._context.names
        bindings = names.bindings_of(given)
        if len(bindings) != 1 or len(bindings[0].scope.bindings[given.id]) != 1:
            raise _Unclear
        statement = bindings[0].node
        if not isinstance(statement, ast.Assign) or statement not in self._block:
            raise _Unclear
        if len(statement.targets) != 1 or not isinstance(statement.targets[0], ast.Name):
            raise _Unclear
        goes = [*self._assignments(given.id), *self._initializations(given.id)]
        used = sum(
            isinstance(node, ast.Name)
            and node.id == given.id
            and isinstance(node.ctx, ast.Load)
            and bindings[0] in names.bindings_of(node)
            for node in walk(self._context.tree)
        )
        if used != 1 + len(goes):  # it is given on, and used for nothing else
            raise _Unclear
        self._statements += [statement, *goes]
        return statement.value

    def _assignments(self, name: str) -> list[ast.Assign]:
        """``config.gpu_options.allow_growth = True`` and the like."""
        return [
            statement
            for statement in self._block
            if isinstance(statement, ast.Assign)
            and len(statement.targets) == 1
            and isinstance(statement.targets[0], ast.Attribute)
            and _root(statement.targets[0]) == name
        ]

    def _initializations(self, name: str) -> Iterator[ast.Expr]:
        """``session.run(tf.global_variables_initializer())``: variables have their values today."""
        for statement in self._block:
            if not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call)):
                continue
            call = statement.value
            if not (isinstance(call.func, ast.Attribute) and call.func.attr == "run"):
                continue
            (given,) = call.args if len(call.args) == 1 else (None,)
            if (
                isinstance(call.func.value, ast.Name)
                and call.func.value.id == name
                and isinstance(given, ast.Call)
                and self._path(given.func) in _INITIALIZERS
            ):
                yield statement


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def todays_lines(context: FileContext, session: Session) -> tuple[list[str], list[str]]:
    """The statements that tell TensorFlow today what a session was told, and what is lost.

    Returns:
        Lines (indented from nothing) and remarks.

    Raises:
        _Unclear: an option that cannot be told today.
    """
    text = context.text
    library = text.of(session.library)
    if library != "tf" and not isinstance(session.library, ast.Name):
        library = "tf"
    lines: list[str] = []
    remarks: list[str] = []
    growth = False
    for name, value in session.options.items():
        constant = context.constant(value)
        if name == GROWTH and constant in (True, 1):
            growth = True
        elif name == GROWTH and constant is not UNKNOWN:
            continue
        elif name == "gpu_options.per_process_gpu_memory_fraction":
            growth = True
            remarks.append("memory grows as it is needed, where a fraction was set aside")
        elif name == "device_count" and ast.unparse(value) == "{'GPU': 0}":
            lines.append(f"{library}.config.set_visible_devices([], 'GPU')")
        elif name in _SETTINGS:
            lines.append(f"{library}.{_SETTINGS[name]}({text.of(value)})")
        else:
            raise _Unclear
    if growth:
        unit = "\t" if "\t" in text.indentation(text.span(session.call).start) else "    "
        gpu = "gpu" if not context.names.all_bindings("gpu") else "physical_gpu"
        lines.append(f"for {gpu} in {library}.config.list_physical_devices('GPU'):")
        lines.append(f"{unit}{library}.config.experimental.set_memory_growth({gpu}, True)")
    return lines, remarks


_SETTINGS = {
    "log_device_placement": "debugging.set_log_device_placement",
    "allow_soft_placement": "config.set_soft_device_placement",
    "intra_op_parallelism_threads": "config.threading.set_intra_op_parallelism_threads",
    "inter_op_parallelism_threads": "config.threading.set_inter_op_parallelism_threads",
}
