"""SARIF 2.1.0: valid, and its places are those of the findings."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from kerasmig.finding import FileResult, RunResult
from kerasmig.report.formats import render
from kerasmig.verify.result import VerifyReport
from tests.report import samples

SCHEMA = json.loads((Path(__file__).parent / "schemas/sarif.schema.json").read_text("utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.FormatChecker())


def sarif(run: RunResult | None, verify: VerifyReport | None) -> Any:
    log = json.loads(render("sarif", run, verify))
    VALIDATOR.validate(log)
    return log["runs"][0]


def results(run: RunResult | None, verify: VerifyReport | None) -> dict[str, list[Any]]:
    grouped: dict[str, list[Any]] = {}
    for result in sarif(run, verify)["results"]:
        grouped.setdefault(result["ruleId"], []).append(result)
    return grouped


@pytest.mark.parametrize("run", [None, samples.RUN, samples.CLEAN_RUN, RunResult(())])
@pytest.mark.parametrize("verify", [None, samples.REPORT, VerifyReport()])
def test_is_valid_and_rules_are_the_ones_used(
    run: RunResult | None, verify: VerifyReport | None
) -> None:
    log = sarif(run, verify)
    rules = [rule["id"] for rule in log["tool"]["driver"]["rules"]]
    assert sorted({result["ruleId"] for result in log["results"]}) == rules
    for result in log["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]


def test_rules_carry_their_page_of_the_catalog() -> None:
    rules = {r["id"]: r for r in sarif(samples.RUN, samples.REPORT)["tool"]["driver"]["rules"]}
    assert rules["KM201"]["name"] == "convolution-layer"
    assert "convolution layers" in rules["KM201"]["shortDescription"]["text"]
    assert rules["KM201"]["help"]["markdown"].startswith("# KM201: convolution-layer\n")
    assert "Keras 1 model" in rules["verify-mismatch"]["shortDescription"]["text"]
    assert "KM999" in rules["KM999"]["shortDescription"]["text"], "a code nobody knows"


def test_levels_tell_applicability() -> None:
    found = results(samples.RUN, None)
    assert found["KM101"][0]["level"] == "note"
    assert found["KM401"][0]["level"] == "warning"
    assert found["KM999"][0]["level"] == "error"
    assert "[assumed]" in found["KM401"][0]["message"]["text"]


def test_region_is_one_based() -> None:
    [finding] = results(samples.RUN, None)["KM401"]
    place = finding["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "seed.py", "uriBaseId": "%SRCROOT%"}
    assert place["region"] == {"startLine": 5, "startColumn": 10, "endLine": 5, "endColumn": 122}
    line = samples.SEED_OLD.split("\n")[4]
    assert line[place["region"]["startColumn"] - 1 :].startswith("Convolution2D(")


def test_evidence_has_its_own_places() -> None:
    [finding] = results(samples.RUN, None)["KM402"]
    [related] = finding["relatedLocations"]
    assert related["physicalLocation"]["artifactLocation"]["uri"] == "nets/setup.py"
    assert related["physicalLocation"]["region"] == {"startLine": 3}


def test_suppressed_findings_say_so() -> None:
    suppressed = [r for r in results(samples.RUN, None)["KM201"] if "suppressions" in r]
    assert [r["suppressions"] for r in suppressed] == [[{"kind": "inSource"}]]


def test_file_names_are_percent_encoded_and_absolute_ones_are_urls(tmp_path: Path) -> None:
    [finding] = results(samples.RUN, None)["KM111"]
    uri = finding["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == "legacy%20scripts/%C3%A9t%C3%A9.py"
    moved = samples.SEED._replace(path=str(tmp_path / "seed.py"))
    [finding] = results(RunResult((moved,)), None)["KM401"]
    artifact = finding["locations"][0]["physicalLocation"]["artifactLocation"]
    assert artifact == {"uri": (tmp_path / "seed.py").as_uri()}


def test_unreadable_files_are_notifications() -> None:
    [invocation] = sarif(RunResult((FileResult("a.py", error="bad"),)), None)["invocations"]
    assert not invocation["executionSuccessful"]
    [notification] = invocation["toolExecutionNotifications"]
    assert notification["message"]["text"] == "a.py: bad"
    skip = replace(samples.SKIPPED, unreadable=True)
    [invocation] = sarif(None, VerifyReport(skipped=(skip,)))["invocations"]
    assert not invocation["executionSuccessful"]


def test_mismatch_is_an_error_and_not_verified_a_warning() -> None:
    found = results(None, samples.REPORT)
    [mismatch] = found["verify-mismatch"]
    assert mismatch["level"] == "error"
    assert "likely cause: merge axis" in mismatch["message"]["text"]
    assert mismatch["locations"][0]["physicalLocation"]["region"] == {"startLine": 4}
    assert [result["level"] for result in found["verify-not-verified"]] == ["warning"] * 2
    assert results(None, samples.CLEAN_REPORT) == {}
