"""Keras names that reach a file through other files of the project."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

from kerasmig.finding import FileResult
from kerasmig.project.project import Project
from kerasmig.settings import UpgradeSettings


def upgraded(folder: Path, files: dict[str, str]) -> dict[str, str]:
    """The new texts of a project by path, after the checks that hold for every project."""
    paths = []
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text).lstrip("\n"), encoding="utf-8")
        paths.append(path)
    results = _run(paths)
    for path, result in zip(paths, results, strict=True):
        path.write_text(result.new or path.read_text(encoding="utf-8"), encoding="utf-8")
    assert not any(again.changed for again in _run(paths)), "a second run changes a file again"
    return {name: path.read_text(encoding="utf-8") for name, path in zip(files, paths, strict=True)}


def _run(paths: list[Path]) -> list[FileResult]:
    found = Project(sorted(paths), UpgradeSettings()).upgrade().files
    by_path = dict(zip(sorted(paths), found, strict=True))
    assert not any(result.error for result in found)
    return [by_path[path] for path in paths]


def expect(text: str, wanted: str) -> None:
    assert text == dedent(wanted).lstrip("\n")


def test_a_chain_of_star_imports(tmp_path: Path) -> None:
    new = upgraded(
        tmp_path,
        {
            "first.py": """
                from keras.layers import Convolution2D, merge
                """,
            "second.py": """
                from first import *
                def block(x):
                    return merge([x, Convolution2D(3, 3, 3, dim_ordering='tf')(x)], mode='sum')
                """,
            "third.py": """
                from second import *
                y = merge([a, b], mode='concat')
                """,
        },
    )
    expect(
        new["second.py"],
        """
        from first import *
        from keras.layers import add, Conv2D
        def block(x):
            return add([x, Conv2D(3, (3, 3), data_format='channels_last')(x)])
        """,
    )
    expect(
        new["third.py"],
        """
        from second import *
        from keras.layers import concatenate
        y = concatenate([a, b])
        """,
    )


def test_names_and_aliases_of_another_file(tmp_path: Path) -> None:
    new = upgraded(
        tmp_path,
        {
            "blocks.py": """
                from keras.layers import Convolution2D as Conv, merge
                Join = merge
                """,
            "net.py": """
                from keras.models import Model
                from blocks import Conv, Join
                x = Conv(8, 3, 3, dim_ordering='tf')
                y = Join([x, x], mode='mul')
                m = Model(input=x, output=y)
                """,
        },
    )
    expect(
        new["net.py"],
        """
        from keras.models import Model
        from keras.layers import Conv2D, multiply
        x = Conv2D(8, (3, 3), data_format='channels_last')
        y = multiply([x, x])
        m = Model(inputs=x, outputs=y)
        """,
    )


def test_attributes_of_another_module(tmp_path: Path) -> None:
    new = upgraded(
        tmp_path,
        {
            "parts/__init__.py": "",
            "parts/blocks.py": """
                from keras.layers import Convolution2D, Dense
                """,
            "net.py": """
                from keras.models import Model
                import parts.blocks as B
                from parts import blocks
                x = B.Convolution2D(8, 3, 3, dim_ordering='tf')
                y = blocks.Dense(3, W_regularizer='l2')
                """,
        },
    )
    expect(
        new["net.py"],
        """
        from keras.models import Model
        from keras.layers import Conv2D, Dense
        import parts.blocks as B
        from parts import blocks
        x = Conv2D(8, (3, 3), data_format='channels_last')
        y = Dense(3, kernel_regularizer='l2')
        """,
    )


def test_relative_imports_of_a_package(tmp_path: Path) -> None:
    new = upgraded(
        tmp_path,
        {
            "nets/__init__.py": """
                from keras.models import Sequential
                from .blocks import merge, own
                """,
            "nets/blocks.py": """
                from keras.layers import merge
                def own(x):
                    return merge([x, x], mode='sum')
                """,
            "nets/deep/__init__.py": "",
            "nets/deep/net.py": """
                from keras.layers import Dense
                from ..blocks import merge, own
                x = merge([Dense(output_dim=3), own(1)], mode='max')
                """,
        },
    )
    expect(
        new["nets/__init__.py"],
        """
        from keras.models import Sequential
        from .blocks import own
        """,
    )
    expect(
        new["nets/deep/net.py"],
        """
        from keras.layers import Dense, maximum
        from ..blocks import own
        x = maximum([Dense(units=3), own(1)])
        """,
    )


def test_functions_of_other_files_are_not_keras(tmp_path: Path) -> None:
    files = {
        "mine.py": """
            from keras.layers import Dense
            def merge(tensors, mode):
                return tensors[0]
            class Convolution2D(object):
                pass
            """,
        "net.py": """
            from keras.layers import Dense
            from mine import *
            x = merge([1, 2], mode='sum')
            y = Convolution2D(8, 3, 3)
            """,
    }
    new = upgraded(tmp_path, files)
    for name, text in files.items():
        expect(new[name], text)


def test_names_that_come_explicitly_from_a_file_with_keras(tmp_path: Path) -> None:
    """A file that never says "keras" itself is part of the migration all the same."""
    (tmp_path / "blocks.py").write_text("from keras.layers import Convolution2D as Conv\n")
    (tmp_path / "net.py").write_text(
        "from blocks import Conv\nx = Conv(8, 3, 3, border_mode='same')\n"
    )
    files = tuple(sorted(tmp_path.glob("*.py")))
    results = Project(files, UpgradeSettings()).upgrade().files
    assert "(8, (3, 3), padding='same')" in results[1].new


def test_modules_that_import_each_other_whole(tmp_path: Path) -> None:
    new = upgraded(
        tmp_path,
        {
            "nets/__init__.py": """
                from .blocks import *
                from .heads import *
                """,
            "nets/blocks.py": """
                from . import *
                from keras.layers import *
                def block(x):
                    return unknown(Convolution2D(3, 3, 3, dim_ordering='tf')(x))
                """,
            "nets/heads.py": """
                from .blocks import *
                from . import *
                def head(x):
                    model = make(x)
                    model.fit(x, x, nb_epoch=1)
                    return Dense(output_dim=3)(block(x))
                """,
        },
    )
    expect(
        new["nets/blocks.py"],
        """
        from . import *
        from keras.layers import *
        def block(x):
            return unknown(Conv2D(3, (3, 3), data_format='channels_last')(x))
        """,
    )
    expect(
        new["nets/heads.py"],
        """
        from .blocks import *
        from . import *
        from keras.layers import Dense
        def head(x):
            model = make(x)
            model.fit(x, x, epochs=1)
            return Dense(units=3)(block(x))
        """,
    )
