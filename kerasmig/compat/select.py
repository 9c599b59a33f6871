"""Write ``keras1_compat.py``: from the pieces in ``parts``, what a project needs and no more."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import NamedTuple

from kerasmig.compat.adapters import ATTRIBUTES, CLASS_NAMES, NAMESPACES, adapter_source, adapters
from kerasmig.compat.tables import table_source, tables
from kerasmig.text.tree import nodes

_PARTS = Path(__file__).with_name("parts")
_DEFINED = re.compile(r"^(?:def |class |(?=\w+ = ))(\w+)", re.MULTILINE)
_THIRD_PARTY = ("keras", "numpy", "tensorflow")
#: Stands in the first lines of what we wrote.
MARK = "Written by `kerasmig upgrade`"
_HEADER = f'''"""What Keras 1 had and Keras 3 has not, as far as this project uses it.

{MARK}, which adds to it when the project needs more and leaves what you
change or add. It imports only Keras and NumPy: keep it beside the code that uses it, or move it and
adjust the imports.
"""

from __future__ import annotations
'''


class Definition(NamedTuple):
    """A function, class or constant of the parts.

    Args:
        name: what it is called.
        text: its source, with decorators, without leading or trailing blank lines.
        needs: names of other definitions that it uses.
        imports: import lines that it needs.
        parameters: what it takes, as in a ``def``, without ``self``; ``None`` for a constant.
        bases: names of the definitions that it inherits from.
    """

    name: str
    text: str
    needs: frozenset[str]
    imports: frozenset[str]
    parameters: str | None
    bases: tuple[str, ...]


def compat_names() -> tuple[str, ...]:
    """Everything that ``keras1_compat`` can offer, in the order of the parts."""
    return tuple(name for name in _part_of() if not name.startswith("_"))


def compat_signature(name: str) -> str | None:
    """Parameters of a function or class of ``keras1_compat`` as source text, without ``self``.

    A class without ``__init__`` takes what its nearest base here takes; ``None`` if the name is
    unknown or a constant.
    """
    definition = _definition(name)
    while definition is not None and definition.parameters is None and definition.bases:
        definition = _definition(definition.bases[0])
    return None if definition is None else definition.parameters


def compat_present(text: str) -> tuple[str, ...]:
    """The names of `compat_names` that an existing ``keras1_compat.py`` defines.

    A run that writes the file anew asks for these too, so that files migrated earlier keep working.

    Raises:
        SyntaxError: the text is not Python.
    """
    defined = {name for node in ast.parse(text).body for name in _defined(node)}
    return tuple(name for name in compat_names() if name in defined)


def compat_source(names: Iterable[str]) -> str:
    """The text of ``keras1_compat.py`` with these names and what they depend on.

    Args:
        names: public names, such as ``hard_sigmoid`` or ``MaxoutDense``, in any order.

    Returns:
        A module as black writes it; the same text for the same set of names. The parts are kept as
        black writes them too, at its own line length: formatting them here would cost more than
        the upgrade of ten files.

    Raises:
        KeyError: a name is not among `compat_names`.
    """
    needed = frozenset(names)
    if unknown := sorted(needed - _part_of().keys()):
        raise KeyError(f"keras1_compat has no {', '.join(unknown)}")
    return _written(needed)


def definitions_for(names: Iterable[str]) -> list[Definition]:
    """These definitions and those that they use, each after what it uses."""
    return _with_needs(frozenset(names))


@cache
def _written(names: frozenset[str]) -> str:
    # Of all of them, whether asked for or only used by those: the same module for the same contents.
    chosen = _with_needs(frozenset(d.name for d in _with_needs(names)))
    imports = {line for definition in chosen for line in definition.imports}
    blocks = [_import_block(imports)] if imports else []
    code = next(line for line in chosen[0].text.splitlines() if not line.startswith("#"))
    gap = "\n\n" if code.startswith(("def ", "class ", "@")) else "\n"
    texts = "\n\n".join(f"{definition.text}\n" for definition in chosen)
    header = _HEADER
    if "import tensorflow as tf" in imports:
        header = header.replace("Keras and NumPy", "Keras, TensorFlow and NumPy")
    return "\n".join([header, *blocks]) + gap + texts


def _with_needs(names: frozenset[str]) -> list[Definition]:
    """These definitions and those that they use, each after what it uses."""
    order = {name: number for number, name in enumerate(_part_of())}
    placed: dict[str, Definition] = {}
    seen: set[str] = set()

    def place(name: str) -> None:
        definition = _definition(name)
        if name not in seen and definition is not None:
            seen.add(name)  # functions may use each other
            for need in sorted(definition.needs, key=order.__getitem__):
                place(need)
            placed[name] = definition

    for name in sorted(names, key=order.__getitem__):
        place(name)
    return list(placed.values())


@cache
def _part_of() -> dict[str, str]:
    """The part that defines each name: found without parsing, since few parts are needed.

    Every adapter and table that the catalog makes is a part of its own.
    """
    found = {match[1]: part for part, text in _texts().items() for match in _DEFINED.finditer(text)}
    made = (*adapters(), *tables(), *NAMESPACES.values(), CLASS_NAMES, ATTRIBUTES)
    return {**found, **{name: name for name in made}}


@cache
def _definition(name: str) -> Definition | None:
    part = _part_of().get(name)
    return None if part is None else _read(name, _parsed(part))


class _Part(NamedTuple):
    """A file of the parts: its lines, what it defines, and the imports by what they bind."""

    lines: list[str]
    statements: dict[str, ast.stmt]
    imports: dict[str, ast.stmt]


@cache
def _parsed(part: str) -> _Part:
    text = _texts().get(part) or _made(part)
    tree = ast.parse(text)
    statements = {name: node for node in tree.body for name in _defined(node)}
    return _Part(text.splitlines(), statements, _imports(tree))


def _made(part: str) -> str:
    """The source of a part that the catalog makes."""
    return table_source(part) if part in tables() else adapter_source(part)


@cache
def _texts() -> dict[str, str]:
    """The source of each part, by its file's name."""
    parts = [path for path in sorted(_PARTS.glob("*.py")) if path.name != "__init__.py"]
    return {path.name: path.read_text(encoding="utf-8") for path in parts}


def _defined(node: ast.stmt) -> tuple[str, ...]:
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        return (node.name,)
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        return (node.targets[0].id,)
    return ()


def _imports(tree: ast.Module) -> dict[str, ast.stmt]:
    """Imports of a part, one name each, by the name that they bind, without those of other parts."""
    found: dict[str, ast.stmt] = {"keras": ast.Import([ast.alias("keras")])}
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(
            ("__future__", "kerasmig")
        ):
            continue
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            for alias in node.names:
                single = (
                    ast.Import([alias])
                    if isinstance(node, ast.Import)
                    else ast.ImportFrom(node.module, [alias], 0)
                )
                found[alias.asname or alias.name.partition(".")[0]] = single
    return found


def _read(name: str, part: _Part) -> Definition:
    node, lines = part.statements[name], part.lines
    decorators = getattr(node, "decorator_list", [])
    first = min([node.lineno, *(decorator.lineno for decorator in decorators)]) - 1
    while first and lines[first - 1].startswith("#") and not lines[first - 1].startswith("# mypy"):
        first -= 1
    used = {child.id for child in nodes(node, ast.Name)}
    bases: tuple[str, ...] = ()
    if isinstance(node, ast.ClassDef):
        bases = tuple(base.id for base in node.bases if isinstance(base, ast.Name))
    return Definition(
        name,
        "\n".join(lines[first : node.end_lineno]),
        frozenset((used & _part_of().keys()) - {name}),
        frozenset(ast.unparse(part.imports[bound]) for bound in used & part.imports.keys()),
        _parameters(node),
        bases,
    )


def _parameters(node: ast.stmt) -> str | None:
    if isinstance(node, ast.ClassDef):
        inits = [n for n in node.body if isinstance(n, ast.FunctionDef) and n.name == "__init__"]
        if not inits:
            return None
        text = ast.unparse(inits[0].args)
        return text.partition(",")[2].strip()
    return ast.unparse(node.args) if isinstance(node, ast.FunctionDef) else None


def _import_block(lines: set[str]) -> str:
    """Import lines as isort orders them: the standard library, then Keras and NumPy."""
    third_party = {line for line in lines if line.split()[1].partition(".")[0] in _THIRD_PARTY}
    groups = [
        "\n".join(sorted(group, key=lambda line: (line.startswith("from"), line)))
        for group in (lines - third_party, third_party)
        if group
    ]
    return "\n\n".join(groups) + "\n"
