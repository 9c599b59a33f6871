"""Error messages of libraries, cut down to the one line that a report has room for."""

from __future__ import annotations

import re

#: The run of a program as a script, where runs of builders have names of their own.
MAIN = "main"
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
MOST = 300
MADE_UP = "made up: "
"""Begins a note on a size that a program has from what is not there."""

EMPTY = "a layer has no units: their number comes from data that is not there"
NO_LAYERS = "the model has no layers"
OF_THE_API = ("AttributeError", "ImportError", "ModuleNotFoundError", "NameError", "TypeError")
"""Exceptions that tell of an API which is not there, whatever data it was given."""


def one_line(error: BaseException) -> str:
    """Kind and message of an exception, without colours, traces and line breaks."""
    text = _COLOURS.sub("", str(error))
    if "in user code:" in text or "Detected at node" in text:
        # TensorFlow wraps a whole trace around what was said: the last line of it is the message.
        said = [line.strip() for line in text.splitlines() if re.match(r"\s*\w*Error: ", line)]
        # Frames are indented; so is what names the operation, in brackets after the message.
        lines = [line.strip() for line in text.splitlines() if re.match(r"\S", line)]
        told = [
            line for line in lines if not re.match(r"Detected at|Node: |Original stack|Stack", line)
        ]
        text = said[-1] if said else (told or lines)[-1]
    text = " ".join(text.split())
    if len(text) > MOST:
        text = text[: MOST - 3] + "..."
    kind = type(error).__name__
    if not text or text.startswith(f"{kind}: "):
        return text or kind
    return f"{kind}: {text}"


def cause_of_error(said: str) -> str:
    """What an exception itself tells of its cause; empty where it tells nothing.

    Args:
        said: kind and message, as `one_line` has them.
    """
    if "NHWC" in said:
        return "channels_first does not run on this CPU without oneDNN"
    if re.match(r"(AttributeError|ImportError|ModuleNotFoundError)", said):
        if "keras" in said.lower() or "tensorflow" in said.lower():
            return "an API that Keras 3 does not have"
    if said.startswith("TypeError") and "unexpected keyword argument" in said:
        return "an argument that is not there any more"
    if said.startswith(("FileNotFoundError", "OSError")):
        return "a file that is not there under this name"
    return ""
