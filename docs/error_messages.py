"""Write the page "Find your error message": what the real libraries say, with cause and cure.

    python docs/error_messages.py            # writes docs/error-messages.md
    python docs/error_messages.py --check    # only sees that each row knows what they say

It runs the code of every row of `kerasmig.catalog.error_messages` in Keras 3.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
from pathlib import Path

from kerasmig.catalog.error_messages import MESSAGES
from kerasmig.catalog.explain import explanation
from kerasmig.catalog.lookup import entries_named, meanings, message_for, summary_of

PAGE = Path(__file__).with_name("error-messages.md")
_HEAD = """# Find your error message

What Keras 3, TensorFlow and NumPy say when they meet code of Keras 1, each provoked in the real
libraries. `kerasmig explain "THE MESSAGE"` says the same on the command line, and
`kerasmig upgrade` mends nearly all of it.
"""
_LONGEST = 230


def said(example: str) -> str:
    """What the libraries say of one example, in a line, without paths and addresses."""
    import keras
    import numpy
    import tensorflow

    names = {"keras": keras, "numpy": numpy, "tensorflow": tensorflow}
    try:
        exec(example, names)
    except Exception as error:
        text = re.sub(r"\x1b?\[[0-9;]*m", "", str(error))
        if "NHWC" in text:  # TensorFlow puts the place first and the reason into the middle
            text = re.search(r"The Conv2D op currently[^\n]*?(?:\.|$)", text).group()  # type: ignore[union-attr]
        text = re.sub(r" \(/[^)]*\)", "", text).replace("\n", " ")
        text = re.sub(r"Exception encountered when calling \w+\.call\(\)\.\s*", "", text)
        text = re.sub(
            r"keras_tensor\w*|conv2d_\d+|sequential_\d+|dense_\d+",
            lambda m: m.group().rstrip("_0123456789"),
            text,
        )
        text = text if len(text) <= _LONGEST else text[:_LONGEST].rsplit(" ", 1)[0] + " …"
        return f"{type(error).__name__}: {text.strip()}"
    return ""


def page() -> str:
    """The page as Markdown.

    Raises:
        AssertionError: an example raises nothing, or a message that its row does not know.
    """
    lines = [_HEAD]
    for message in MESSAGES:
        for example in message.examples:
            text = said(example)
            assert text, f"nothing is raised by {example}"
            found = message_for(text.partition(": ")[2])
            assert found is not None and found[0] is message, f"{example}: {text}"
            assert explanation(text) is not None, text
            name = found[1].groupdict().get("name") or ""
            lines += [f"## `{text.replace('`', '')}`", "", message.cause, ""]
            cure, code = message.cure, message.code
            if not cure:
                told = [(m.text, m.codes[0]) for m in meanings(name)]
                told = [
                    (_became(row.to, row.manual), row.code) for row in entries_named(name)
                ] + told
                cure, code = told[0] if told else ("", "KM102")
            lines += [cure, "", f"Rule: [{summary_of(code)}](rules/{code}.md)", ""]
    return "\n".join(lines)


def _became(to: str | None, manual: str) -> str:
    if manual:
        return manual
    if to and to.startswith("keras1_compat."):
        return (
            f"`kerasmig upgrade` writes it into `keras1_compat.py`, as `{to.rpartition('.')[2]}`."
        )
    return (
        f"It is `{to}` now; `kerasmig upgrade` rewrites it."
        if to
        else "`kerasmig upgrade` rewrites it."
    )


def main() -> None:
    os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"  # as on a processor without AVX-512
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        text = page()
        os.chdir(PAGE.parent)
    if "--check" not in sys.argv[1:]:
        PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
