"""The JSON report against its published schema, read back, and joined from shards."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from kerasmig.finding import FileResult, RunResult
from kerasmig.report.document import (
    ReportError,
    dump,
    load,
    merge,
    report_schema,
    to_document,
    to_json,
)
from kerasmig.report.formats import render
from kerasmig.verify.result import OutputDiff, Status, VerifyReport
from tests.report import samples

SCHEMA_FILE = Path(__file__).parents[2] / "docs/schema/kerasmig-report.schema.json"


def published_schema() -> Any:
    return json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))


VALIDATOR = jsonschema.Draft202012Validator(published_schema())


def test_published_schema_is_that_of_the_code() -> None:
    assert published_schema() == report_schema(), (
        "the results changed: write the schema anew with "
        "`python -m kerasmig.report.document > docs/schema/kerasmig-report.schema.json`"
    )


def test_schema_is_a_valid_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(report_schema())


@pytest.mark.parametrize("run", [None, samples.RUN, samples.CLEAN_RUN, RunResult(())])
@pytest.mark.parametrize("verify", [None, samples.REPORT, VerifyReport()])
def test_report_follows_the_published_schema(
    run: RunResult | None, verify: VerifyReport | None
) -> None:
    document = json.loads(render("json", run, verify))
    VALIDATOR.validate(document)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["schema_version"], "2.0"),
        (["run", "files", 0, "path"], 3),
        (["run", "files", 2, "findings", 0, "applicability"], "maybe"),
        (["verify", "pairs", 0, "status"], "passed"),
        (["verify", "pairs", 0, "layers", 0, "old_shape"], "(1, 2)"),
        (["verify", "summary", "coverage"], 2),
    ],
)
def test_schema_refuses_what_a_report_never_holds(path: list[Any], value: Any) -> None:
    document = to_document(samples.RUN, samples.REPORT)
    place: Any = document
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate(document)


def test_seed_case_as_json() -> None:
    document = json.loads(to_json(samples.RUN, samples.REPORT))
    seed = next(file for file in document["run"]["files"] if file["path"] == "seed.py")
    assert seed["changed"]
    assert seed["diff"].startswith("diff --git a/seed.py b/seed.py\n")
    assert seed["verdicts"][0]["data_format"] == "channels_first"
    assert [f["applicability"] for f in seed["findings"]] == ["automatic", "automatic", "assumed"]
    pair = document["verify"]["pairs"][0]
    assert pair["output_shapes_new"] == [[None, 10, 32, 32]]
    assert (pair["params_old"], pair["params_new"], pair["status"]) == (650, 650, "match")
    assert pair["alternatives"][0]["output_shapes"] == [[None, 1, 32, 10]]
    assert document["verify"]["summary"]["coverage"] == 0.25


def test_reading_a_report_gives_the_results_back() -> None:
    run, verify = load(json.loads(to_json(samples.RUN, samples.REPORT)))
    assert verify == samples.REPORT
    assert run is not None
    unchanged = samples.UNTOUCHED._replace(old="", new="")
    assert run.files == (*samples.RUN.files[:1], unchanged, *samples.RUN.files[2:])
    assert run.extra_files == samples.RUN.extra_files


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_a_difference_that_is_not_finite_is_not_read_as_absent(value: float) -> None:
    output = OutputDiff(0, value, None, 1.0, 1e-4)
    pair = replace(samples.SEED_PAIR, outputs=(output,), status=Status.MISMATCH)
    document = json.loads(to_json(None, VerifyReport(pairs=(pair,))))
    VALIDATOR.validate(document)
    _, report = load(document)
    assert report is not None
    assert str(report.pairs[0].outputs[0].max_abs_predict) == str(value)


def test_unknown_fields_are_ignored_and_missing_ones_take_their_defaults() -> None:
    document = to_document(None, samples.REPORT)
    document["verify"]["pairs"][0]["colour"] = "blue"
    del document["verify"]["pairs"][0]["seconds"]
    _, report = load(document)
    assert report is not None
    assert report.pairs[0] == replace(samples.SEED_PAIR, seconds=0.0)


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ({}, "not a kerasmig JSON report"),
        ([], "not a kerasmig JSON report"),
        ({"schema_version": "7.1"}, "schema version 7.1"),
        ({"schema_version": "1.0", "verify": 3}, "VerifyReport: expected dict, found int"),
        ({"schema_version": "1.0", "verify": {"pairs": [{}]}}, "place, ordering, status missing"),
        ({"schema_version": "1.0", "verify": {"seconds": True}}, "expected float, found bool"),
    ],
)
def test_what_is_no_report_is_refused_with_a_reason(document: Any, says: str) -> None:
    with pytest.raises(ReportError, match=says):
        load(document)


def shard(*pairs: Any, **changes: Any) -> dict[str, Any]:
    report = replace(
        samples.REPORT,
        pairs=pairs,
        places_reached=tuple(pair.place for pair in pairs),
        **changes,
    )
    return json.loads(dump(to_document(None, report)))  # type: ignore[no-any-return]


def test_merged_shards_equal_the_whole_run() -> None:
    parts = [shard(samples.GAN_PAIR, seconds=1.0), shard(samples.SEED_PAIR, samples.UNET_PAIR)]
    _, merged = load(merge(parts))
    assert merged is not None
    assert set(merged.pairs) == set(samples.REPORT.pairs)
    assert set(merged.places_reached) == set(samples.REPORT.places_reached)
    assert merged.places_found == samples.REPORT.places_found
    assert merged.skipped == samples.REPORT.skipped
    assert merged.coverage == samples.REPORT.coverage
    assert merged.seconds == pytest.approx(1.0 + samples.REPORT.seconds)


def test_merge_does_not_depend_on_the_order_of_the_parts() -> None:
    parts = [shard(samples.GAN_PAIR), shard(samples.SEED_PAIR), shard(samples.UNET_PAIR)]
    assert merge(parts)["verify"]["pairs"] == merge(parts[::-1])["verify"]["pairs"]


def test_merge_keeps_a_mismatch_beside_a_match_of_the_same_model() -> None:
    other = replace(samples.SEED_PAIR, status=Status.MISMATCH)
    document = merge([shard(samples.SEED_PAIR), shard(other)])
    assert document["verify"]["summary"]["mismatch"] == 1
    assert document["verify"]["summary"]["exit_code"] == 1


def test_merge_names_all_versions() -> None:
    one, two = shard(samples.SEED_PAIR), shard(versions={"tensorflow": "2.20.0"})
    assert merge([one, two])["verify"]["versions"]["tensorflow"] == "2.21.0 and 2.20.0"


def test_merge_joins_runs_and_refuses_contradictions() -> None:
    one = to_document(RunResult((samples.SEED,)), None)
    two = to_document(RunResult((samples.BROKEN, samples.SEED), {"new.py": "x"}), None)
    run, _ = load(merge([one, two]))
    assert run == RunResult((samples.BROKEN, samples.SEED), {"new.py": "x"})
    odd = to_document(RunResult((FileResult("seed.py", "a", "b"),)), None)
    with pytest.raises(ReportError, match=r"different things of seed\.py"):
        merge([one, odd])
    with pytest.raises(ReportError, match="no report"):
        merge([])
    with pytest.raises(ReportError, match="part 2"):
        merge([one, {}])


def test_unknown_format_names_the_known_ones() -> None:
    with pytest.raises(ValueError, match="json"):
        render("xml", None, None)
