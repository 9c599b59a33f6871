"""What a file is told of its programs, and which of that its rewriting asked for."""

from __future__ import annotations

from kerasmig.finding import DataFormat, Told


class Listening:
    """A `Told` that remembers what was asked of it.

    A file that did not ask for what its program turns out to be need not be rewritten again.
    """

    def __init__(self, told: Told, asked: frozenset[str] = frozenset()) -> None:
        self.told = told
        self._asked = set(asked)

    @property
    def asked(self) -> frozenset[str]:
        """The fields of `Told` that were asked for."""
        return frozenset(self._asked)

    @property
    def start(self) -> bool:
        """See `Told`."""
        self._asked.add("start")
        return self.told.start

    @property
    def hears(self) -> DataFormat | None:
        """See `Told`."""
        self._asked.add("hears")
        return self.told.hears

    @property
    def arguments(self) -> DataFormat | None:
        """See `Told`."""
        self._asked.add("arguments")
        return self.told.arguments

    @property
    def ambient(self) -> bool:
        """See `Told`."""
        self._asked.add("ambient")
        return self.told.ambient

    @property
    def mixed(self) -> bool:
        """See `Told`."""
        self._asked.add("mixed")
        return self.told.mixed

    @property
    def sure(self) -> bool:
        """See `Told`."""
        self._asked.add("sure")
        return self.told.sure

    @property
    def keras1(self) -> bool:
        """See `Told`."""
        self._asked.add("keras1")
        return self.told.keras1
