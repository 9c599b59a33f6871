"""Which of Keras 1's image orderings the old side runs under."""

from __future__ import annotations

import pytest

from kerasmig.finding import DataFormat, Verdict
from kerasmig.old_and_new import orderings

FIRST, LAST, EITHER = (
    DataFormat.CHANNELS_FIRST,
    DataFormat.CHANNELS_LAST,
    DataFormat.EITHER,
)


def verdict(data_format: DataFormat, *, explicit: bool = False) -> Verdict:
    return Verdict("build", 1, data_format, 1.0, explicit=explicit)


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ([verdict(FIRST)], ("th",)),
        ([verdict(LAST)], ("tf",)),
        ([verdict(EITHER)], ("th", "tf")),
        ([verdict(FIRST, explicit=True)], ("th",)),
        ([verdict(FIRST, explicit=True), verdict(LAST)], ("tf",)),
    ],
)
def test_ordering_of_a_file(verdicts: list[Verdict], expected: tuple[str, ...]) -> None:
    assert orderings({"a.py": verdicts}) == {"a.py": expected}
