"""What stands on the terminal, in a pipe, without colours, in few columns and in ASCII."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from kerasmig.finding import (
    Applicability,
    Edit,
    Evidence,
    FileResult,
    RunResult,
    Span,
    Tally,
)
from kerasmig.report.diff import run_diff, run_diff_bytes
from kerasmig.report.terminal import print_diff, print_run
from kerasmig.report.terminal_verify import print_verify
from kerasmig.verify.result import OutputDiff, Place, Reading, Status, VerifyReport
from tests.report import samples


def printed(
    run: RunResult | None = None,
    verify: VerifyReport | None = None,
    *,
    terminal: bool = False,
    width: int = 100,
    verbose: bool = False,
    diff: bool = False,
    dry_run: bool = False,
    statistics: bool = False,
    quiet: bool = False,
    encoding: str = "utf-8",
) -> str:
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding, newline="")
    console = Console(file=stream, width=width, force_terminal=terminal, legacy_windows=False)
    if run is not None:
        print_run(
            run,
            console,
            verbose=verbose,
            diff=diff,
            dry_run=dry_run,
            statistics=statistics,
            quiet=quiet,
        )
    if verify is not None:
        print_verify(verify, console, verbose=verbose)
    stream.flush()
    stream.seek(0)
    return stream.read()


def test_finding_lines_have_place_code_message_and_applicability() -> None:
    lines = printed(samples.RUN, verbose=True).split("\n")
    assert (
        "seed.py:5:10: KM401 data_format='channels_first' written out; confidence 0.92 [assumed]"
        in lines
    )
    assert "nets/unet.py:7:11: KM402 merge axis 1 is the channel axis [assumed]" in lines
    assert "    because: K.set_image_dim_ordering('th') (nets/setup.py:3)" in lines
    assert "broken.py: error: cannot be parsed: invalid syntax (line 3, column 7)" in lines


def test_automatic_and_suppressed_findings_are_only_counted_unless_verbose() -> None:
    brief, full = printed(samples.RUN), printed(samples.RUN, verbose=True)
    assert "[automatic]" not in brief and "[suppressed]" not in brief
    assert "seed.py:2:1: KM101 Convolution2D is Conv2D in keras.layers [automatic]" in full
    assert "nets/unet.py:6:13: KM201 left on request [suppressed]" in full
    assert "KM201 1 automatic, 1 suppressed  convolution-layer" in full
    assert "KM201 1 automatic" not in brief
    assert "KM201 1 automatic" in printed(samples.RUN, statistics=True)


def test_the_worst_comes_first() -> None:
    marks = re.findall(
        r"\[(manual|assumed|automatic|suppressed)\]\n|: (error):",
        printed(samples.RUN, verbose=True),
    )
    order = ["error", "manual", "assumed", "automatic", "suppressed"]
    found = [order.index(a or b) for a, b in marks]
    assert found == sorted(found) and len(set(found)) == len(order)


def test_quiet_leaves_the_summary_out() -> None:
    text = printed(samples.RUN, quiet=True)
    assert "[manual]" in text and "left " not in text and "files " not in text


def test_evidence_is_for_verbose_only() -> None:
    assert "because:" not in printed(RunResult((samples.SEED._replace(verdicts=()),)))


def test_equal_evidence_is_told_once_in_a_file() -> None:
    finding = samples.SEED.findings[2]
    file = samples.SEED._replace(findings=(finding, finding._replace(line=9)), verdicts=())
    text = printed(RunResult((file,)), verbose=True)
    assert text.count("does not fit into 1 row") == 1
    assert "because: as for 5:10" in text


def test_summary_figures() -> None:
    text = printed(samples.RUN)
    assert "3 changed, 1 added (nets/keras1_compat.py), 1 not read" in text
    assert "17 found = 5 kept + 7 rewritten + 2 assumed + 2 manual + 1 suppressed" in text
    assert "2 channels_first, 1 undecided" in text
    assert "1 place to migrate by hand; 1 model with an undecided data format" in text
    assert "3 would be changed" in printed(samples.RUN, dry_run=True)
    assert re.search(r"left +nothing", printed(samples.CLEAN_RUN))


def test_sums_that_do_not_add_up_are_told() -> None:
    file = FileResult("a.py", tally=Tally(found=5, automatic=3))
    assert "the sums differ by 2" in printed(RunResult((file,)))
    assert "sums differ" not in printed(samples.RUN)


def test_undecided_model_shows_both_readings_side_by_side() -> None:
    text = printed(samples.RUN)
    row = next(line for line in text.split("\n") if "(None, 32, 30, 30)" in line)
    assert "(None, 32, 30, 30) = 30 rows x 30 columns x 32 channels" in row
    assert "(None, 30, 30, 32) = 30 rows x 30 columns x 32 channels" in row
    assert row.index("(None, 32, 30, 30)") < row.index("(None, 30, 30, 32)")
    assert "cannot be built: a 40 x 40 kernel does not fit" in text
    assert "(None, 1, 32, 10)" not in text, "a decided model's shapes are for verbose only"
    verbose = printed(samples.RUN, verbose=True)
    assert "(None, 1, 32, 10) = 1 row x 32 columns x 10 channels" in verbose


def test_seed_model_line_and_what_the_old_default_computes() -> None:
    text = printed(verify=samples.CLEAN_REPORT)
    assert text.startswith(
        "match  seed.py:model: (None, 10, 32, 32) on both sides, 650 parameters, "
        "outputs within 2.4e-07 (limit 0.0001, float32)"
    )
    assert (
        "under Keras 1's default ordering 'tf' the old program computed (None, 1, 32, 10) with "
        "20,490 parameters, since the input was read as 1 row x 32 columns x 32 channels" in text
    )


def test_mismatch_shows_layer_table_cause_and_both_sources() -> None:
    text = printed(verify=samples.REPORT)
    assert (
        "mismatch  nets/unet.py:get_unet: (None, 1, 48, 64) before, (None, 1, 48, 128) now" in text
    )
    assert "first difference: output shape of Merge and Concatenate" in text
    assert "shape before (None, 16, 48, 64), now (None, 8, 48, 128)" in text
    assert "likely cause: merge axis" in text
    assert "old  nets/unet.py:7: up1 = merge([conv1, conv1], mode='concat', concat_axis=1)" in text
    assert "new  nets/unet.py:7: up1 = concatenate([conv1, conv1])" in text
    row = next(line for line in text.split("\n") if "Concatenate " in line and "(None, 16" in line)
    assert "mismatch: joined along axis 1 before" in row
    assert "under Keras 1's default ordering 'tf' the old program could not be built\n" in text
    assert "could not be built: Merge: shapes" in printed(verify=samples.REPORT, verbose=True)


def test_matching_models_show_their_layers_only_when_verbose() -> None:
    assert "Convolution2D" not in printed(verify=samples.CLEAN_REPORT)
    assert "Convolution2D" in printed(verify=samples.CLEAN_REPORT, verbose=True)


def test_not_verified_is_never_silent() -> None:
    text = printed(verify=samples.REPORT)
    assert "not verified  gan/models.py:Generator.build: the new program stopped" in text
    assert "not verified  train.py:main (train.py:3): needs an argument: --data" in text
    assert "1 match, 1 mismatch, 2 not verified" in text
    assert "4 lines of the code build models: 3 run, 1 with a match (25%)" in text
    assert "no line that builds a model was found" in printed(verify=VerifyReport())
    unreadable = replace(samples.SKIPPED, unreadable=True)
    assert "unreadable  train.py:main" in printed(verify=VerifyReport(skipped=(unreadable,)))


def test_difference_above_the_limit_is_not_called_within() -> None:
    pair = replace(
        samples.SEED_PAIR, status=Status.MISMATCH, outputs=(OutputDiff(0, 0.3, None, 1.0, 1e-4),)
    )
    text = printed(verify=VerifyReport(pairs=(pair,)))
    assert "outputs differ by 0.3 (limit 0.0001" in text
    nan = replace(pair, outputs=(OutputDiff(0, float("nan"), None, 1.0, 1e-4),))
    assert "outputs differ by nan" in printed(verify=VerifyReport(pairs=(nan,)))


def test_reading_equal_to_the_model_is_said_to_be_equal() -> None:
    reading = Reading("tf", samples.SEED_PAIR.output_shapes_old, (), 650)
    pair = replace(samples.SEED_PAIR, alternatives=(reading,))
    report = VerifyReport(pairs=(pair,))
    assert "computed the same shapes" in printed(verify=report, verbose=True)
    assert "same shapes" not in printed(verify=report), "that tells nothing new"


def test_a_reason_that_is_the_first_difference_is_told_once() -> None:
    assert samples.UNET_PAIR.first_difference is not None
    pair = replace(samples.UNET_PAIR, reason=samples.UNET_PAIR.first_difference.what)
    text = printed(verify=VerifyReport(pairs=(pair,)))
    assert text.count("output shape of Merge and Concatenate") == 1


def test_coverage_is_never_rounded_up_to_all() -> None:
    places = tuple(Place("a.py", n, f"a.py:m{n}") for n in range(1000))
    pairs = tuple(replace(samples.SEED_PAIR, place=place) for place in places[1:])
    report = VerifyReport(pairs=pairs, places_found=places, places_reached=places[1:])
    assert "999 with a match (99%)" in printed(verify=report)


def test_colours_on_a_terminal_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[" not in printed(samples.RUN, samples.REPORT, diff=True)
    assert "\x1b[1;33m[assumed]" in printed(samples.RUN, terminal=True)
    monkeypatch.setenv("NO_COLOR", "1")
    coloured = re.compile(r"\x1b\[[0-9;]*3[0-9]")
    assert not coloured.search(printed(samples.RUN, samples.REPORT, diff=True, terminal=True))


def test_pipe_gets_the_diff_as_git_takes_it(tmp_path: Path) -> None:
    old = "a = 1\r\nb\x0c = '\u2028\x1b[31m'" + "x" * 300 + "\r\nlast"
    file = FileResult("a.py", old, old.replace("a = 1", "a = 2"))
    run = RunResult((file,), {"new.py": "one\n"})
    stream = io.StringIO(newline="")
    print_diff(run, Console(file=stream, width=20))
    assert stream.getvalue() == run_diff(run)
    (tmp_path / "a.py").write_bytes(old.encode())
    subprocess.run(["git", "apply"], input=stream.getvalue().encode(), cwd=tmp_path, check=True)
    assert (tmp_path / "a.py").read_bytes() == file.new.encode()


def test_pipe_of_any_encoding_gets_the_bytes_of_the_files() -> None:
    files = (
        FileResult("a.py", "# é\r\nx = 1\r\n", "# é\r\nx = 2\r\n", encoding="latin-1"),
        FileResult("b.py", "# 漢\nx = 1\n", "# 漢\nx = 2\n"),
    )
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii", newline="\r\n")
    print_diff(RunResult(files), Console(file=stream))
    data = stream.buffer.getvalue()
    assert data == run_diff_bytes(RunResult(files))
    assert b"+x = 2\r\n" in data and b"# \xe9\r\n" in data and "# 漢\n".encode() in data


def test_terminal_shows_the_same_diff_with_its_controls_made_visible() -> None:
    file = FileResult("a.py", "x\n", "y\x1b[2J\n")
    text = printed(RunResult((file,)), diff=True, terminal=True)
    assert "\x1b[2J" not in text
    assert "+y\\x1b[2J" in text


def test_messages_cannot_steer_the_terminal_or_forge_lines() -> None:
    finding = samples.SEED.findings[2]._replace(
        message="odd\nseed.py:1:1: KM000 forged \x1b[31mred\x07 \u202eback",
        evidence=(Evidence("[bold]markup[/bold] :smile:"),),
    )
    text = printed(RunResult((FileResult("a.py", findings=(finding,)),)), verbose=True)
    assert "odd seed.py:1:1: KM000 forged \\x1b[31mred\\x07 \\u202eback [assumed]" in text
    assert "[bold]markup[/bold] :smile:" in text


def test_ascii_console_gets_escapes_instead_of_an_error() -> None:
    text = printed(samples.RUN, samples.REPORT, encoding="ascii", diff=False)
    assert "legacy scripts/\\xe9t\\xe9.py:2:5" in text
    terminal = printed(samples.RUN, encoding="ascii", diff=True, terminal=True)
    assert "\\u201cTheano\\u201d order" in terminal


@pytest.mark.parametrize("width", [1, 20, 40, 80])
def test_a_window_keeps_every_word_whole(width: int) -> None:
    text = printed(samples.RUN, samples.REPORT, width=width, terminal=True)
    plain = re.sub(r"\x1b\[[0-9;]*m", "", text)
    message = "nets/unet.py:7:11: KM402 merge axis 1 is the channel axis [assumed]"
    assert message in " ".join(plain.split())
    written = plain.split("\n")
    first = next(n for n, line in enumerate(written) if line.startswith("nets/unet.py:7:11:"))
    rest = written[first + 1 :]
    rest = rest[: next(n for n, line in enumerate(rest) if not line.startswith("    "))]
    assert (width >= 80) == (not rest)
    assert " ".join(" ".join([written[first], *rest]).split()) == message
    assert all(len(line) <= width or len(line.split()) == 1 for line in [written[first], *rest])


def test_a_pipe_and_a_diff_are_never_broken() -> None:
    message = "nets/unet.py:7:11: KM402 merge axis 1 is the channel axis [assumed]"
    assert message in printed(samples.RUN, width=20).split("\n")
    shown = re.sub(r"\x1b\[[0-9;]*m", "", printed(samples.RUN, diff=True, width=20, terminal=True))
    long = next(line for line in samples.SEED.new.split("\n") if len(line) > 80)
    assert f"+{long}" in shown.split("\n")


def test_what_is_left_says_how_to_accept_it_where_nothing_is_rewritten() -> None:
    finding = samples.SEED.findings[2]._replace(applicability=Applicability.ASSUMED, edits=())
    said = "accept each with `# kerasmig: ignore[CODE]` on its line"
    assert said in printed(RunResult((FileResult("a.py", findings=(finding,)),)))
    edited = finding._replace(edits=(Edit(Span(0, 1), ("x",)),))
    assert said not in printed(RunResult((FileResult("a.py", findings=(finding, edited)),)))


def test_commands_in_backticks_are_not_broken_where_a_line_has_room() -> None:
    from kerasmig.report.wrapping import wrapped

    command = "`kerasmig shapes digits/models.py:build_volume`"
    lines = wrapped(
        f"   - channels first or last, in this place of the file? {command} shows it", 80
    )
    assert len(lines) > 1 and sum(command in line for line in lines) == 1
    assert all(len(line) <= 80 for line in lines)
    assert wrapped("a `bb cc dd ee ff` g", 12) == ["a `bb cc dd", "ee ff` g"]


def test_a_terminal_without_a_size_has_eighty_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    from kerasmig.cli.printing import window_width

    # What Python 3.10 gives for a pseudo-terminal that nobody has set the size of.
    monkeypatch.setattr(shutil, "get_terminal_size", lambda *_: os.terminal_size((0, 0)))
    assert window_width() == 80
