"""The figures at the end of a run, counted once for every format."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from kerasmig.catalog.general import UNDECIDED
from kerasmig.finding import DataFormat, Finding, Proof, RunResult, Tally


class CodeCount(NamedTuple):
    """How often one code was found, by what became of it."""

    code: str
    automatic: int = 0
    assumed: int = 0
    manual: int = 0
    suppressed: int = 0


class RunSummary(NamedTuple):
    """What a run comes to.

    Args:
        files: files that were looked at, ``failed`` ones included.
        keras, program: files whose code uses Keras, and those without the word that belong to the
            programs of such files; the rest was not looked into.
        would: ``would be `` where nothing is written, else empty.
        changed, created, failed: files rewritten, written anew, not readable.
        codes: the findings by code, in the order of the codes.
        verdicts: number of models per data format.
        tally: the sums of all uses of Keras 1 names.
        proofs: number of rewritten uses by what a verification has proven of them.
        settled: assumed changes that are proven.
    """

    files: int
    changed: int
    created: int
    failed: int
    codes: tuple[CodeCount, ...]
    verdicts: dict[DataFormat, int]
    tally: Tally
    assumed: int = 0
    manual: int = 0
    left: tuple[str, ...] = ()
    keras: int = 0
    program: int = 0
    proofs: dict[Proof, int] = {}
    settled: int = 0
    would: str = ""

    @property
    def adds_up(self) -> bool:
        """Whether every use that was found is accounted for."""
        found, *parts = self.tally.values()
        return found == sum(parts)


def summarize(run: RunResult) -> RunSummary:
    """Count what a run found and what is left to do."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for finding in all_findings(run):
        counts[finding.code][outcome(finding)] += 1
    totals = sum(counts.values(), Counter())
    verdicts = Counter(verdict.data_format for file in run.files for verdict in file.verdicts)
    failed = sum(bool(file.error) for file in run.files)
    manual = totals["manual"]
    # Code of today without a data format means what Keras 3 is set to: nobody is asked there.
    undecided = counts.get(UNDECIDED, Counter())["manual"]
    proofs = Counter(finding.proof for finding in all_findings(run) if finding.proof)
    assumed = [f for f in all_findings(run) if outcome(f) == "assumed"]
    settled = sum(finding.settled for finding in assumed)
    automatic = totals["automatic"] if run.pending else 0
    left = [
        (failed, "could not be read", "file", "files"),
        (manual - undecided, "to migrate by hand", "place", "places"),
        (undecided, "with an undecided data format", "model", "models"),
        (totals["assumed"] - settled, "to review", "assumed change", "assumed changes"),
        (automatic, "to make with `kerasmig upgrade`", "automatic change", "automatic changes"),
    ]
    return RunSummary(
        files=len(run.files),
        would="would be " if run.pending else "",
        changed=sum(file.changed for file in run.files),
        created=len(run.extra_files),
        failed=failed,
        codes=tuple(CodeCount(code, **counts[code]) for code in sorted(counts)),
        verdicts={form: verdicts[form] for form in DataFormat if verdicts[form]},
        tally=run.tally,
        assumed=totals["assumed"],
        manual=manual,
        proofs={proof: proofs[proof] for proof in Proof if proofs[proof]},
        settled=settled,
        keras=sum(file.role == "keras" for file in run.files),
        program=sum(file.role == "program" for file in run.files),
        left=tuple(
            f"{plural(count, one, many)} {what}" for count, what, one, many in left if count
        ),
    )


def all_findings(run: RunResult) -> Iterator[Finding]:
    """The findings of all files."""
    for file in run.files:
        yield from file.findings


def outcome(finding: Finding) -> str:
    """``suppressed``, or the finding's applicability as a word."""
    return "suppressed" if finding.suppressed else finding.applicability.value


def proof_sentence(summary: RunSummary) -> str:
    """``1,204 rewritten uses: 1,071 proven, 12 ran, 121 not reached``; empty: no verification."""
    if not summary.proofs:
        return ""
    words = {Proof.PROVEN: "proven", Proof.RAN: "ran", Proof.NOT_REACHED: "not reached"}
    parts = ", ".join(f"{count:,} {words[proof]}" for proof, count in summary.proofs.items())
    sentence = f"{plural(sum(summary.proofs.values()), 'rewritten use')}: {parts}"
    if summary.assumed:
        sentence += f"; {summary.settled:,} of {plural(summary.assumed, 'assumed change')} proven"
    return sentence


def needs_somebody(finding: Finding) -> bool:
    """Whether a person has to look at it: anything but automatic or suppressed."""
    return not finding.settled


def plural(count: int, one: str, many: str = "") -> str:
    """``1 file``, ``2 files``, ``1,204 files``."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
