"""What files beside the code say of the ordering: keras.json, shell scripts, READMEs."""

from __future__ import annotations

import json
import re
from typing import Any

from kerasmig.analysis.layers.arguments import ORDERINGS
from kerasmig.finding import DataFormat, Evidence

FORMATS = {"th": DataFormat.CHANNELS_FIRST, "tf": DataFormat.CHANNELS_LAST}

_KEYS = ("image_dim_ordering", "image_data_format")
_SNIPPET = re.compile(
    r"""["']?(?:image_dim_ordering|image_data_format)["']?\s*[:=]\s*["']"""
    r"""(th|tf|channels_first|channels_last)["']"""
)
_BACKEND = re.compile(r"\bKERAS_BACKEND\s*=\s*[\"']?(theano|tensorflow)\b")
_BACKENDS = {"theano": "th", "tensorflow": "tf"}


def from_keras_json(text: str, path: str) -> Evidence | None:
    """The ordering in a ``keras.json`` that is part of the project.

    Args:
        text: its content; what is no JSON object tells nothing.
        path: as shown to the person.
    """
    try:
        content: Any = json.loads(text)
    except ValueError:
        return None
    if not isinstance(content, dict):
        return None
    for key in _KEYS:
        ordering = ORDERINGS.get(str(content.get(key)))
        if ordering is not None:
            favours = FORMATS[ordering]
            sentence = f"{path} sets {key} to '{content[key]}' ({favours.value})."
            return Evidence(sentence, _line(text, text.find(key)), favours, 0.9, path)
    return None


def from_text(text: str, path: str) -> list[Evidence]:
    """What a README, shell script or Dockerfile tells its reader to set.

    Where both orderings are told (for one backend and the other), nothing is concluded.

    Args:
        text: the whole file.
        path: as shown to the person.
    """
    settings = {ORDERINGS[match[1]]: match for match in _SNIPPET.finditer(text)}
    backends = {_BACKENDS[match[1]]: match for match in _BACKEND.finditer(text)}
    result = []
    if len(settings) == 1:
        ((ordering, match),) = settings.items()
        favours = FORMATS[ordering]
        sentence = f"{path} says to set the ordering to '{match[1]}' ({favours.value})."
        result.append(Evidence(sentence, _line(text, match.start()), favours, 0.8, path))
    if len(backends) == 1:
        ((ordering, match),) = backends.items()
        favours = FORMATS[ordering]
        sentence = f"{path} chooses the backend '{match[1]}', whose own order is {favours.value}."
        result.append(Evidence(sentence, _line(text, match.start()), favours, 0.4, path))
    return result


def _line(text: str, offset: int) -> int:
    return text.count("\n", 0, max(offset, 0)) + 1
