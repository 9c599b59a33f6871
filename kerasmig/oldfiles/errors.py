"""What is wrong with an old file, said in one line."""

from __future__ import annotations


class OldFileError(Exception):
    """A file that cannot be read or converted; the message says why and what to do."""


class NeedsAnswer(OldFileError):
    """Nothing tells how a file is to be read: somebody has to say."""
