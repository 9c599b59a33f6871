"""Everything that the rules may ask about the file at hand."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from kerasmig.analysis.dataformat.inference import Inference
from kerasmig.analysis.dataformat.orderings import Orderings
from kerasmig.analysis.era import Era, FileEra, file_era
from kerasmig.analysis.names.constants import UNKNOWN, constant
from kerasmig.analysis.names.resolution import Names
from kerasmig.analysis.objects.receivers import Receivers
from kerasmig.catalog import entry as catalog_entry
from kerasmig.catalog.vocabulary import Entry
from kerasmig.finding import (
    Applicability,
    DataFormat,
    Edit,
    Evidence,
    Finding,
    ProgramNotes,
    Told,
    Verdict,
)
from kerasmig.reading.first_look import (
    array_layouts,
    given_names,
    saved_models,
    saved_weights,
    training_marks,
)
from kerasmig.rewrite.around import Surroundings
from kerasmig.rewrite.calls.callsite import CallSite
from kerasmig.rewrite.directives import Directives
from kerasmig.rewrite.imports.import_changes import Imports
from kerasmig.rewrite.imports.library_paths import SHORT, below_library
from kerasmig.rewrite.listening import Listening
from kerasmig.settings import UpgradeSettings
from kerasmig.text.source import Text
from kerasmig.text.tree import block_of, identifiers, nodes, parents, walk

if TYPE_CHECKING:
    from kerasmig.rewrite.calls.methods import MethodUse
    from kerasmig.rewrite.sessions import Session


MERGE = "keras.engine.topology.Merge"


class Use(NamedTuple):
    """One place where the code uses a Keras object.

    Args:
        node: the outermost expression that names it (``keras.layers.Dense``).
        name: canonical Keras 1 name.
        path: the path as reached in this file.
        root: the name at the bottom of the expression.
        call: the call, if the object is called.
        entry: what the catalog knows of it.
    """

    node: ast.expr
    name: str
    path: str
    root: ast.Name
    call: ast.Call | None
    entry: Entry | None


@dataclass(eq=False)
class FileContext:
    """One file under work.

    Args:
        names: its scopes; ``inference``: its verdicts; ``imports``: collects what the rewrites
            need imported; ``surroundings``: what is known of the project around it.
    """

    tree: ast.Module
    text: Text
    names: Names
    inference: Inference
    settings: UpgradeSettings
    path: str = ""
    surroundings: Surroundings = Surroundings()
    parents: dict[ast.AST, ast.AST] = field(default_factory=dict)
    #: What the file adds to the data format of its programs, and what it is told of them.
    notes: ProgramNotes = ProgramNotes()
    told: Listening = field(default_factory=lambda: Listening(Told()))
    imports: Imports = field(init=False)
    directives: Directives = field(default_factory=Directives)
    kept: int = 0
    #: String literals that a rule has edited already (``id``): several uses may lead to one.
    edited_literals: set[int] = field(default_factory=set)
    #: The calls (``id``) that were read as Keras 1's, and get their data format with the rest.
    drafted: set[int] = field(default_factory=set)
    #: The calls (``id``) that stay as they are, for a person to see to.
    refused: set[int] = field(default_factory=set)
    _sites: dict[int, CallSite] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.imports = Imports(self.names, self.text)
        self.parents = parents(self.tree)

    # -- the code ---------------------------------------------------------------------------

    @cached_property
    def calls(self) -> list[ast.Call]:
        """All calls of the file."""
        return list(nodes(self.tree, ast.Call))

    @cached_property
    def receivers(self) -> Receivers:
        """What the objects of the file are instances of."""
        return Receivers(self.names, self.parents)

    @cached_property
    def method_uses(self) -> list[MethodUse]:
        """Every use of a method or attribute of Keras objects, in the order of the text."""
        from kerasmig.rewrite.calls.methods import find_method_uses

        return find_method_uses(self)

    @cached_property
    def era(self) -> FileEra:
        """The era of the whole file; where it bears no mark, that of its project or program."""
        found = file_era(self.names, self.calls)
        if found.era is Era.UNKNOWN and (self.surroundings.keras1_nearby or self.told.keras1):
            return found._replace(era=Era.KERAS1)
        return found

    @cached_property
    def speaks_keras1(self) -> bool:
        """Whether the file bears marks of Keras 1."""
        return self.era.era is Era.KERAS1

    def parent(self, node: ast.AST) -> ast.AST | None:
        """The node around a node."""
        return self.parents.get(node)

    def block_of(self, statement: ast.stmt) -> list[ast.stmt]:
        """The statements among which a statement stands."""
        return block_of(self.tree, statement)

    @cached_property
    def library_names(self) -> frozenset[str]:
        """The names that an import binds to TensorFlow or a part of it, somewhere in the file."""
        return self.names.imported_as(lambda path: below_library(path) is not None)

    @cached_property
    def library_through_keras(self) -> bool:
        """Whether TensorFlow may be reached through Keras' backend, as ``K.tf``."""
        return SHORT in identifiers(self.tree)

    @cached_property
    def sessions(self) -> list[Session]:
        """Sessions that were made for Keras alone, and can be taken out."""
        from kerasmig.rewrite.sessions import CODE, find_sessions

        if not self.settings.wants(CODE):
            return []
        found = find_sessions(self)
        return [s for s in found if not self.directives.ignores(CODE, s.call)]

    @cached_property
    def _taken_out(self) -> frozenset[int]:
        return frozenset(
            id(node)
            for session in self.sessions
            for statement in session.statements
            for node in walk(statement)
        )

    def is_taken_out(self, node: ast.AST) -> bool:
        """Whether a node goes with a statement that is taken out, and nothing else is to be done."""
        return id(node) in self._taken_out

    def ancestors(self, node: ast.AST) -> Iterator[ast.AST]:
        """The nodes around a node, innermost first."""
        current = self.parents.get(node)
        while current is not None:
            yield current
            current = self.parents.get(current)

    def statement(self, node: ast.AST) -> ast.stmt:
        """The innermost statement around a node."""
        while not isinstance(node, ast.stmt):
            node = self.parents[node]
        return node

    @cached_property
    def uses(self) -> list[Use]:
        """Every use of a Keras object, outermost expressions, in the order of the text."""
        found: list[Use] = []
        candidates = set(filter(self.names.may_be_keras, {n.id for n in self.names.loads}))
        for root in self.names.loads:
            if root.id not in candidates:
                continue
            node: ast.expr = root
            path = self.names.path(root)
            parent = self.parent(node)
            while path is None and isinstance(parent, ast.Attribute):
                # `blocks.Dense`: through the attribute of a module of the project
                node, path = parent, self.names.path(parent)
                parent = self.parent(node)
            if path is None or self._is_one_of_several(root):
                continue
            while isinstance(parent, ast.Attribute):
                longer = self.names.path(parent)
                if longer is None or not _is_object(longer):
                    break
                node, path = parent, longer
                parent = self.parent(node)
            name = self.names.keras_name(node) or path
            call = parent if isinstance(parent, ast.Call) and parent.func is node else None
            found.append(Use(node, name, path, root, call, catalog_entry(name)))
        found.sort(key=lambda use: (use.node.lineno, use.node.col_offset))
        return found

    def _is_one_of_several(self, root: ast.Name) -> bool:
        """``cell = LSTM if x else GRU``, over branches: no call of it is one layer's call."""
        bindings = self.names.bindings_of(root)
        values = [b.value for b in bindings if b.kind == "assign" and b.value is not None]
        return len({self.names.keras_name(value) for value in values}) > 1

    @cached_property
    def merges_models(self) -> bool:
        """Whether a ``Merge([left, right])`` of models stands in the file."""
        return any(
            use.name == MERGE
            and use.call is not None
            and (use.call.args or any(k.arg == "layers" for k in use.call.keywords))
            for use in self.uses
        )

    def site(self, call: ast.Call) -> CallSite:
        """A call in its text; the same object for the same call."""
        found = self._sites.get(id(call))
        if found is None:
            found = self._sites[id(call)] = CallSite(call, self.text)
        return found

    def constant(self, node: ast.expr) -> Any:
        """The certain value of an expression, or `UNKNOWN`."""
        return constant(node, self.names)

    def known(self, node: ast.expr) -> bool:
        """Whether an expression's value is certain."""
        return constant(node, self.names) is not UNKNOWN

    def has_setting(self, verdict: Verdict) -> bool:
        """Whether a model has its format from the file's own setting, in whatever run."""
        return verdict.ambient and self.notes.sets_surely

    @cached_property
    def ambient_channels_first(self) -> bool:
        """Whether a global setting other than channels_last may govern this file's layers."""
        return (
            self.told.ambient
            or self.inference.ambient not in (None, DataFormat.CHANNELS_LAST)
            or any(verdict.data_format is DataFormat.EITHER for verdict in self.inference.verdicts)
        )

    @property
    def hides_channels_first(self) -> bool:
        """Whether a conversion of the layout hides from layers how arrays of Keras 1 lie.

        The layers say channels_last now, and kernels as wide as they are deep do not tell.
        """
        first = DataFormat.CHANNELS_FIRST
        return self.settings.layout == "channels_last" and (
            self.inference.finds(first)
            or first in (self.told.hears, self.told.arguments)
            or self.told.ambient
        )

    @property
    def has_both_orders(self) -> bool:
        """Whether models of the file have channels first, and others last."""
        return self.inference.finds(DataFormat.CHANNELS_FIRST) and self.inference.finds(
            DataFormat.CHANNELS_LAST
        )

    def is_only_named(self, use: Use) -> bool:
        """Whether a class is only compared, inherited from or an annotation: no call depends on it."""
        parent = self.parent(use.node)
        if isinstance(parent, ast.arg) or use.node in (
            getattr(parent, "returns", None),
            getattr(parent, "annotation", None),
        ):
            return True
        if isinstance(parent, ast.Tuple):
            elements, parent = parent.elts, self.parent(parent)
            if isinstance(parent, ast.Assign):
                # `Conv, Pool = Convolution2D, MaxPooling2D`: names that belong together.
                index = elements.index(use.node)
                return all(
                    isinstance(target, ast.Tuple)
                    and len(target.elts) == len(elements)
                    and self._is_alias(target.elts[index], parent)
                    for target in parent.targets
                )
        if isinstance(parent, (ast.ClassDef, ast.Compare)):
            return True
        if isinstance(parent, ast.Attribute) and parent.attr == "from_config":
            return True  # the arguments are in the configuration
        if isinstance(parent, ast.Assign) and parent.value is use.node:
            # `Conv = Convolution2D`: calls of the alias are uses by themselves.
            return all(self._is_alias(target, parent) for target in parent.targets)
        return (
            isinstance(parent, ast.Call)
            and isinstance(parent.func, ast.Name)
            and parent.func.id in ("isinstance", "issubclass", "wraps")
        )

    def _is_alias(self, target: ast.expr, statement: ast.Assign) -> bool:
        """Whether a target is a name, without another meaning in another branch."""
        if not isinstance(target, ast.Name):
            return False
        scope = self.names.scope_of(target)
        bindings = scope.bindings.get(target.id, [])
        branches = [b.branch for b in bindings if b.node is statement and b.branch is not None]
        values = [b.value for b in bindings if b.branch in branches and b.value is not None]
        if scope.is_class or len({self.names.keras_name(v) for v in values}) > 1:
            return False
        if len(bindings) == 1:
            return True
        # `cell = LSTM` and below `if x: cell = GRU`: a call may be of either.
        return not any(
            self._is_one_of_several(name)
            and any(b.node is statement for b in self.names.bindings_of(name))
            for name in self.names.loads
            if name.id == target.id
        )

    @cached_property
    def float_arrays(self) -> frozenset[str]:
        """Names that are assigned the result of ``astype`` with a float type."""
        return frozenset(
            target.id
            for node in nodes(self.tree, ast.Assign)
            if isinstance(node.value, ast.Call)
            and isinstance(node.value.func, ast.Attribute)
            and node.value.func.attr == "astype"
            and any("float" in ast.unparse(argument) for argument in node.value.args)
            for target in node.targets
            if isinstance(target, ast.Name)
        )

    @cached_property
    def strings(self) -> frozenset[str]:
        """All string constants of the file."""
        return frozenset(
            node.value for node in nodes(self.tree, ast.Constant) if isinstance(node.value, str)
        )

    def mentions(self, text: str) -> bool:
        """Whether a string constant of the file is this."""
        return text in self.strings

    @cached_property
    def saved_weights(self) -> frozenset[str]:
        """Names under which this project saves weights; ``""`` stands for computed names."""
        return self.surroundings.saved_weights | saved_weights(self.text.utf8)

    @cached_property
    def given_names(self) -> frozenset[str]:
        """Names that look like automatic ones and that this project gives to layers itself."""
        return self.surroundings.given_names | given_names(self.text.utf8)

    @property
    def renames_keys(self) -> bool:
        """Whether values are logged under their names of today; else as ``acc`` and ``lr``."""
        return self.settings.idiomatic or not self.speaks_keras1

    @cached_property
    def training_marks(self) -> frozenset[str]:
        """What the program has that matters to what is compiled (`TRAINING_MARKS`)."""
        return self.surroundings.training | training_marks(self.text.utf8)

    @cached_property
    def array_layouts(self) -> frozenset[str]:
        """Layouts of the arrays of all layers that this project may have."""
        return self.surroundings.array_layouts | array_layouts(self.text.utf8)

    @cached_property
    def saved_models(self) -> frozenset[str]:
        """Names under which callbacks of this file save whole models."""
        return saved_models(self.text.utf8)

    @cached_property
    def orderings(self) -> Orderings:
        """The variables of the file that hold an image ordering."""
        return Orderings(self.tree, self.names.keras_name)

    # -- what rules yield ----------------------------------------------------------------------

    def finding(
        self,
        code: str,
        node: ast.AST,
        message: str,
        applicability: Applicability,
        *,
        name: str = "",
        edits: tuple[Edit, ...] | list[Edit] = (),
        evidence: tuple[Evidence, ...] = (),
    ) -> Finding:
        """A finding at a node."""
        line = getattr(node, "lineno", 1)
        column = getattr(node, "col_offset", 0)
        start = self.text.line_span(line).start
        return Finding(
            code=code,
            message=message,
            applicability=applicability,
            line=line,
            column=len(self.text.utf8[start : start + column].decode("utf-8", "replace")),
            end_line=getattr(node, "end_lineno", line) or line,
            end_column=getattr(node, "end_col_offset", column) or column,
            name=name,
            edits=tuple(edits),
            evidence=evidence,
        )


def _is_object(path: str) -> bool:
    """Whether a path names a Keras object, not an attribute of one (``Model.fit``)."""
    from kerasmig.catalog import surface

    if surface.in_keras1(path) or surface.keras3_has(path) or surface.later_path(path):
        return True
    owner = path.rpartition(".")[0]
    return surface.is_module(owner)
