"""JUnit XML: valid, and its counts are those that a CI system shows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
import xmlschema

from kerasmig.finding import FileResult, RunResult
from kerasmig.report.formats import render
from kerasmig.verify.result import Skipped, VerifyReport
from tests.report import samples

SCHEMA = xmlschema.XMLSchema(str(Path(__file__).parent / "schemas/junit.xsd"))


def junit(run: RunResult | None, verify: VerifyReport | None) -> ElementTree.Element:
    text = render("junit", run, verify)
    root = ElementTree.fromstring(text.encode("utf-8"))
    SCHEMA.validate(root)
    return root


@pytest.mark.parametrize("run", [None, samples.RUN, samples.CLEAN_RUN, RunResult(())])
@pytest.mark.parametrize("verify", [None, samples.REPORT, VerifyReport()])
def test_is_valid_and_its_totals_add_up(run: RunResult | None, verify: VerifyReport | None) -> None:
    root = junit(run, verify)
    cases = root.findall("testsuite/testcase")
    assert root.get("tests") == str(len(cases))
    assert root.get("failures") == str(len(root.findall(".//failure")))
    assert root.get("errors") == str(len(root.findall(".//error")))


def test_a_model_is_a_case_and_a_figure_a_property() -> None:
    suites = junit(None, samples.REPORT).findall("testsuite")
    assert [suite.get("name") for suite in suites] == [
        "seed.py:model",
        "nets/unet.py:get_unet",
        "gan/models.py:Generator.build",
        "train.py:main",
    ]
    seed = {p.get("name"): p.get("value") for p in suites[0].iter("property")}
    assert seed["parameters old"] == seed["parameters new"] == "650"
    assert seed["output shapes new"] == "(None, 10, 32, 32)"
    assert seed["largest output difference"] == "2.4e-07"
    assert "20,490 parameters" in (suites[0].findtext("testcase/system-out") or "")


def test_mismatch_fails_and_not_verified_is_skipped_never_passed() -> None:
    match, mismatch, not_verified, skipped = junit(None, samples.REPORT).iter("testcase")
    assert [child.tag for child in match] == ["system-out"]
    failure = mismatch.find("failure")
    assert failure is not None
    assert "likely cause: merge axis" in failure.get("message", "")
    assert "concatenate([conv1, conv1])" in (failure.text or "")
    for case in (not_verified, skipped):
        assert case.find("skipped") is not None


def test_unreadable_is_an_error() -> None:
    skip = replace(samples.SKIPPED, unreadable=True)
    assert junit(None, VerifyReport(skipped=(skip,))).get("errors") == "1"


def test_files_fail_for_manual_findings_only() -> None:
    cases = {case.get("name"): case for case in junit(samples.RUN, None).iter("testcase")}
    assert cases["broken.py"].find("error") is not None
    assert cases["nets/unet.py"].find("failure") is not None
    assert [child.tag for child in cases["seed.py"]] == ["system-out"]
    assert "[assumed]" in (cases["seed.py"].findtext("system-out") or "")
    assert len(cases["data.py"]) == 0


def test_characters_that_xml_cannot_hold_are_escaped() -> None:
    odd = "a\x00\x1b]]>&<é\ud800\ufffe"
    root = junit(
        RunResult((FileResult(odd, error=odd),)),
        VerifyReport(skipped=(Skipped(odd, 0, odd, odd),)),
    )
    names = [case.get("name") for case in root.iter("testcase")]
    assert names == ["a\\x00\\x1b]]>&<é\\xd800\\xfffe"] * 2


def test_schema_of_the_test_refuses_properties_in_a_case() -> None:
    root = junit(None, samples.CLEAN_REPORT)
    case = root.find("testsuite/testcase")
    assert case is not None
    case.append(ElementTree.Element("properties"))
    assert not SCHEMA.is_valid(root)
