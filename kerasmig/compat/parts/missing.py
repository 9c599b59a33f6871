"""What stands in for a name of Keras 1 that Keras 3 has nothing for."""

# mypy: allow-untyped-defs, allow-untyped-calls, allow-subclassing-any, disable-error-code="no-any-return"
from __future__ import annotations


class _Keras1Only(type):
    """A class that can be named, inherited from and asked about, but not used."""

    def _refuse(cls, what):
        raise NotImplementedError(f"{cls._keras1_path}{what}: {cls._keras1_why}")

    def __call__(cls, *args, **kwargs):
        cls._refuse("")

    def __getattr__(cls, name):
        if name.startswith("__"):
            raise AttributeError(name)
        cls._refuse(f".{name}")


def keras1_only(path, why):
    """What the rest of a module can do without: it raises, with the reason, when it is used."""
    own = {"_keras1_path": path, "_keras1_why": why}
    return _Keras1Only(path.rpartition(".")[2], (), own)
