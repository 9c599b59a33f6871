"""The command line: parses, calls, prints. What is done stands in the modules it calls."""

from kerasmig.cli.commands import main

__all__ = ["main"]
