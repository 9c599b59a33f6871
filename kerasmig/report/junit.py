"""JUnit XML, as Jenkins, GitLab and others read it.

The common schema allows properties of a suite, not of a test case. So each model is a suite of one
case, and its figures are the suite's properties; the files of an upgrade are the cases of one suite.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from kerasmig.finding import FileResult, RunResult
from kerasmig.report.model_text import (
    conditions_sentence,
    figures_line,
    other_ordering_sentence,
    stretch_figure,
)
from kerasmig.report.places import place
from kerasmig.report.shapes import format_shapes
from kerasmig.report.summary import needs_somebody, outcome, summarize
from kerasmig.verify.result import Pair, Skipped, Status, VerifyReport

# What XML 1.0 cannot hold, not even as a character reference.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def to_junit(run: RunResult | None, verify: VerifyReport | None) -> str:
    """The report as one ``testsuites`` document."""
    suites = [] if run is None else [_run_suite(run)]
    if verify is not None:
        suites += [_pair_suite(pair) for pair in verify.pairs]
        suites += [_skipped_suite(skip) for skip in verify.skipped]
    root = Element("testsuites", name="kerasmig")
    for name in ("tests", "failures", "errors"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in suites)))
    if verify is not None:
        root.set("time", f"{verify.seconds:.3f}")
    root.extend(suites)
    ElementTree.indent(root)
    body = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'


def _run_suite(run: RunResult) -> Element:
    tally = summarize(run).tally
    names = ("found", "kept", "rewritten", "assumed", "manual", "suppressed")
    figures = [
        (f"uses {name}", str(value)) for name, value in zip(names, tally.values(), strict=True)
    ]
    return _suite("kerasmig upgrade", figures, [_file_case(file) for file in run.files])


def _file_case(file: FileResult) -> Element:
    case = Element("testcase", classname="kerasmig.upgrade", name=_legal(file.path))
    open_findings = [finding for finding in file.findings if needs_somebody(finding)]
    lines = [f"{place(file.path, f)}: {f.code} {f.message} [{outcome(f)}]" for f in open_findings]
    manual = sum(outcome(finding) == "manual" for finding in open_findings)
    if file.error:
        _outcome(case, "error", "unreadable", file.error)
    elif manual:
        _outcome(case, "failure", "manual", f"{manual} to migrate by hand", lines)
    elif lines:  # assumed changes do not fail a build, but are there to read
        SubElement(case, "system-out").text = _legal("\n".join(lines))
    return case


def _pair_suite(pair: Pair) -> Element:
    case = Element("testcase", classname=_legal(pair.place.file), name=_legal(pair.name))
    case.set("time", f"{pair.seconds:.3f}")
    if pair.status is Status.NOT_VERIFIED:
        _outcome(case, "skipped", "not verified", pair.reason)
    elif pair.status is Status.MISMATCH:
        _outcome(case, "failure", "mismatch", _mismatch(pair), _mismatch_lines(pair))
    remarks = [other_ordering_sentence(pair, reading) for reading in pair.alternatives]
    remarks += pair.notes
    if remarks:
        SubElement(case, "system-out").text = _legal("\n".join(remarks))
    return _suite(pair.name, _figures(pair), [case])


def _figures(pair: Pair) -> list[tuple[str, str]]:
    training = pair.training
    figures = [
        ("status", pair.status.value),
        ("conditions", conditions_sentence(pair) or None),
        ("compared", stretch_figure(pair) or None),
        ("ordering", pair.ordering),
        ("input shapes old", format_shapes(pair.input_shapes_old)),
        ("input shapes new", format_shapes(pair.input_shapes_new)),
        ("output shapes old", format_shapes(pair.output_shapes_old)),
        ("output shapes new", format_shapes(pair.output_shapes_new)),
        ("parameters old", pair.params_old),
        ("parameters new", pair.params_new),
        ("layers", len(pair.layers) or None),
        ("layers that differ", sum(row.status is Status.MISMATCH for row in pair.layers)),
        ("largest output difference", pair.max_abs_diff),
        ("tolerance", pair.tolerance),
        ("largest weight difference after training", training and training.max_abs_weight),
    ]
    return [(name, str(value)) for name, value in figures if value not in (None, "-")]


def _mismatch(pair: Pair) -> str:
    difference = pair.first_difference
    if difference is None:
        return pair.reason or "the models differ"
    cause = f"; likely cause: {difference.likely_cause}" if difference.likely_cause else ""
    return f"first difference: {difference.what}{cause}"


def _mismatch_lines(pair: Pair) -> list[str]:
    lines = [figures_line(pair), pair.reason]
    if pair.first_difference is not None:
        for side in (pair.first_difference.old_source, pair.first_difference.new_source):
            lines.append(side or "")
    return [line for line in lines if line]


def _skipped_suite(skip: Skipped) -> Element:
    case = Element("testcase", classname=_legal(skip.file), name=_legal(skip.name))
    tag, kind = ("error", "unreadable") if skip.unreadable else ("skipped", "not verified")
    _outcome(case, tag, kind, skip.reason)
    return _suite(skip.name, [("line", str(skip.line))] if skip.line else [], [case])


def _suite(name: str, figures: Iterable[tuple[str, str]], cases: list[Element]) -> Element:
    def count(tag: str) -> str:
        return str(sum(case.find(tag) is not None for case in cases))

    suite = Element("testsuite", name=_legal(name), tests=str(len(cases)))
    suite.set("failures", count("failure"))
    suite.set("errors", count("error"))
    suite.set("skipped", count("skipped"))
    suite.set("time", f"{sum(float(case.get('time', '0')) for case in cases):.3f}")
    properties = SubElement(suite, "properties")
    for key, value in figures:
        SubElement(properties, "property", name=key, value=_legal(value))
    suite.extend(cases)
    return suite


def _outcome(case: Element, tag: str, kind: str, message: str, lines: Iterable[str] = ()) -> None:
    element = SubElement(case, tag, type=kind, message=_legal(message))
    element.text = _legal("\n".join(lines)) or None


def _legal(text: str) -> str:
    return _FORBIDDEN.sub(lambda match: f"\\x{ord(match.group()):02x}", text)
