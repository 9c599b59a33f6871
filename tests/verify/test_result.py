"""Exit codes and JSON of a report."""

from __future__ import annotations

import json

import pytest

from kerasmig.verify import Pair, Place, Skipped, Status, VerifyReport, VerifySettings

PLACE = Place("a.py", 3, "a.py:m", "script")


def pair(status: Status) -> Pair:
    return Pair(PLACE, "tf", status)


@pytest.mark.parametrize(
    ("report", "code"),
    [
        (VerifyReport(), 0),
        (VerifyReport(pairs=(pair(Status.MATCH),)), 0),
        (VerifyReport(pairs=(pair(Status.MATCH), pair(Status.NOT_VERIFIED))), 0),
        (VerifyReport(pairs=(pair(Status.MATCH), pair(Status.MISMATCH))), 1),
        (VerifyReport(pairs=(pair(Status.NOT_VERIFIED),)), 1),
        (VerifyReport(places_found=(PLACE,)), 1),
        (VerifyReport(skipped=(Skipped("b.py", 1, "b.py", "", unreadable=True),)), 3),
    ],
)
def test_exit_code(report: VerifyReport, code: int) -> None:
    assert report.exit_code == code


def test_not_verified_never_counts_for_coverage() -> None:
    report = VerifyReport(
        pairs=(pair(Status.NOT_VERIFIED),), places_found=(PLACE,), places_reached=(PLACE,)
    )
    assert report.coverage == 0.0


def test_json_round_trip() -> None:
    report = VerifyReport(pairs=(pair(Status.MATCH),), places_found=(PLACE,))
    data = json.loads(json.dumps(report.to_json()))
    assert data["pairs"][0]["status"] == "match"
    assert data["summary"]["match"] == 1


@pytest.mark.parametrize("wrong", [{"level": "deep"}, {"time_limit": 0}, {"tolerance": -1.0}])
def test_settings_refuse_nonsense(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        VerifySettings(**wrong)  # type: ignore[arg-type]
