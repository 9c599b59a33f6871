"""``keras1_compat.py`` as text: complete, minimal, stable, formatted."""

from __future__ import annotations

import ast
import builtins
import sys

import black
import pytest

from kerasmig.compat import compat_names, compat_present, compat_signature, compat_source


@pytest.mark.parametrize("name", compat_names())
def test_each_name_alone_brings_all_that_it_uses(name: str) -> None:
    tree = ast.parse(compat_source([name]))
    bound = {alias.asname or alias.name for node in tree.body for alias in _aliases(node)}
    bound |= {node.name for node in tree.body if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
    assigned = [
        target for node in tree.body if isinstance(node, ast.Assign) for target in node.targets
    ]
    bound |= {target.id for target in assigned if isinstance(target, ast.Name)}
    assert name in bound
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    local = {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    local |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    local |= {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    local |= {alias.asname or alias.name for node in ast.walk(tree) for alias in _aliases(node)}
    local |= {h.name for h in ast.walk(tree) if isinstance(h, ast.ExceptHandler) and h.name}
    assert used - bound - local - set(dir(builtins)) == set()


@pytest.mark.parametrize("name", compat_names())
def test_imports_are_used_and_only_keras_numpy_or_standard_library(name: str) -> None:
    tree = ast.parse(compat_source([name]))
    modules = {
        (node.module or "") if isinstance(node, ast.ImportFrom) else alias.name
        for node in tree.body
        for alias in _aliases(node)
        if isinstance(node, (ast.Import, ast.ImportFrom))
    }
    roots = {module.partition(".")[0] for module in modules}
    assert roots <= {"keras", "numpy", "tensorflow", *sys.stdlib_module_names}
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    imported = {alias.asname or alias.name for node in tree.body for alias in _aliases(node)}
    assert imported - {"annotations"} <= used


@pytest.mark.parametrize(
    "names", [compat_names(), *((name,) for name in compat_names())], ids=lambda names: names[-1]
)
def test_black_has_nothing_to_do(names: tuple[str, ...]) -> None:
    text = compat_source(names)
    assert black.format_str(text, mode=black.Mode()) == text


def test_same_text_for_the_same_names_in_any_order() -> None:
    names = ["SReLU", "hard_sigmoid", "MaxoutDense"]
    assert compat_source(names) == compat_source(reversed(names)) == compat_source(names * 2)


def test_nothing_is_written_that_nobody_needs() -> None:
    text = compat_source(["hard_sigmoid"])
    assert "class " not in text
    assert "numpy" not in text.partition('"""\n\n')[2]


def test_written_file_tells_what_it_holds() -> None:
    assert compat_present(compat_source(["hard_sigmoid"])) == ("hard_sigmoid",)
    assert "get_initialization" in compat_present(compat_source(["SReLU"]))
    assert compat_present(compat_source(compat_names())) == compat_names()


def test_unknown_name_is_an_error_that_names_it() -> None:
    with pytest.raises(KeyError, match="NoSuchLayer"):
        compat_source(["hard_sigmoid", "NoSuchLayer"])


def test_every_public_definition_says_what_it_is() -> None:
    tree = ast.parse(compat_source(compat_names()))
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_"):
            assert ast.get_docstring(node), node.name


def test_layers_can_be_saved() -> None:
    tree = ast.parse(compat_source(compat_names()))
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    assert classes
    for node in classes:
        if node.decorator_list:
            assert "register_keras_serializable(package='keras1_compat')" in ast.unparse(
                node.decorator_list[0]
            )
    layers = {node.name for node in classes if any("layers." in ast.unparse(b) for b in node.bases)}
    registered = {node.name for node in classes if node.decorator_list}
    assert layers - registered <= {"LocallyConnected"}  # the one that is abstract


def test_signature_is_that_of_the_definition_or_its_base() -> None:
    assert compat_signature("hard_sigmoid") == "x"
    assert compat_signature("LocallyConnected2D") == compat_signature("LocallyConnected")
    assert (compat_signature("MaxoutDense") or "").startswith("units, features=4, ")
    assert compat_signature("NoSuchLayer") is None


def _aliases(node: ast.AST) -> list[ast.alias]:
    return node.names if isinstance(node, (ast.Import, ast.ImportFrom)) else []
