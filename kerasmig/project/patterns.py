"""Settings for one file, by the patterns that its name matches."""

from __future__ import annotations

from collections.abc import Iterable

from kerasmig.settings import UpgradeSettings


def settings_for(settings: UpgradeSettings, names: Iterable[str]) -> UpgradeSettings:
    """The settings, with the codes added that are to be left alone in a file of these names."""
    if not settings.per_file_ignores:
        return settings
    from kerasmig.disk.ignore import Patterns

    known = tuple(names)
    ignored = [
        code
        for pattern, codes in settings.per_file_ignores
        if any(Patterns([pattern]).match(name) for name in known)
        for code in codes
    ]
    return settings._replace(ignore=(*settings.ignore, *ignored))
