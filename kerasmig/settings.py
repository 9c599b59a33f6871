"""What a run is asked to do, independent of where it was asked (flags, pyproject.toml, the API)."""

from __future__ import annotations

from typing import NamedTuple

DATA_FORMAT_CHOICES = ("auto", "channels_first", "channels_last", "explicit")
LAYOUT_CHOICES = ("keep", "channels_last")


class UpgradeSettings(NamedTuple):
    """How to upgrade.

    Args:
        data_format: ``auto`` infers; ``channels_first``/``channels_last`` settle what the code
            leaves open; ``explicit`` infers and writes ``data_format=`` on every spatial layer.
        idiomatic: take Keras 3's defaults where they differ, and report each.
        select, ignore: codes (or prefixes of codes) to apply or leave alone.
        layout: ``keep``, or ``channels_last``: what is channels_first is computed with the
            channels last.
        with_data: with ``channels_last``, the inputs and what prepares the data are turned, too.
        per_file_ignores: pairs of a pattern, as in .gitignore, and the codes to leave alone in the
            files that match it.
        todo: write a comment at each place that is left to a person.
        converted: files that were converted, as the code names them: pairs of then and today.
        python2: bring Python 2 sources to Python 3; if not, they are left alone and reported.
    """

    data_format: str = "auto"
    idiomatic: bool = False
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    per_file_ignores: tuple[tuple[str, tuple[str, ...]], ...] = ()
    python2: bool = True
    todo: bool = False
    layout: str = "keep"
    with_data: bool = False
    converted: tuple[tuple[str, str], ...] = ()

    def ignores(self, code: str) -> bool:
        """Whether a code is to be left alone, whatever else is asked for."""
        return any(code.startswith(prefix) for prefix in self.ignore)

    def wants(self, code: str) -> bool:
        """Whether a code is to be applied and reported."""
        if self.ignores(code):
            return False
        return not self.select or any(code.startswith(prefix) for prefix in self.select)
