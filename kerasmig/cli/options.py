"""What commands share: the order they are listed in, and the options of `upgrade` and `check`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from kerasmig.cli.exits import INTERRUPTED, fail
from kerasmig.settings import DATA_FORMAT_CHOICES, LAYOUT_CHOICES

FORMATS = ("text", "concise", "json", "markdown", "junit", "sarif", "github", "gitlab", "html")


class Group(click.Group):
    """Lists commands in the order in which a person meets them."""

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        context = super().make_context(*args, **kwargs)
        # click colours what goes to a terminal; what people ask of all programs comes first.
        if os.environ.get("NO_COLOR"):
            context.color = False
        elif os.environ.get("FORCE_COLOR"):
            context.color = True
        return context

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            message = "interrupted: every file is whole, old or new; run again to finish"
            fail(message, INTERRUPTED)


def _codes(context: click.Context, option: click.Parameter, words: tuple[str, ...]) -> Any:
    """The codes of an option, each known."""
    if not words:
        return words
    from kerasmig.catalog.codes import UnknownCode, chosen_codes

    try:
        return chosen_codes(words)
    except UnknownCode as error:
        fail(f"{option.opts[0]}: {error}")


def _per_file(context: click.Context, option: click.Parameter, words: tuple[str, ...]) -> Any:
    """Pairs of a pattern and the codes that are ignored in the files that it matches."""
    found = []
    for word in words:
        pairs: list[tuple[str, list[str]]] = []
        for part in word.split(","):  # a part with a colon begins the next pair, as in ruff
            pattern, colon, code = part.rpartition(":")
            if colon:
                pairs.append((pattern.strip(), []))
            if not pairs or not pairs[-1][0]:
                fail(f"{option.opts[0]}: write {word!r} as PATTERN:CODES, such as 'tests/*:KM4'")
            pairs[-1][1].append(code)
        for pattern, codes in pairs:
            chosen = _codes(context, option, tuple(codes))
            if not chosen:
                fail(f"{option.opts[0]}: write the codes of {pattern!r}, such as 'tests/*:KM4'")
            found.append((pattern, chosen))
    return tuple(found)


config_option = click.option(
    "--config",
    multiple=True,
    metavar="FILE|KEY=VALUE",
    help="Take this TOML file instead of pyproject.toml or kerasmig.toml; or set one value over it, "
    "such as 'layout = \"channels_last\"'.",
)


def upgrade_options(function: Any) -> Any:
    """The options that `upgrade` and `check` share."""
    options = [
        click.argument("paths", nargs=-1, type=click.Path(path_type=Path, allow_dash=True)),
        click.option(
            "--data-format",
            type=click.Choice(DATA_FORMAT_CHOICES),
            help="What to do about data_format: infer it (auto, the default), settle what the code "
            "leaves open, or write it on every layer (explicit).",
        ),
        click.option(
            "--layout",
            type=click.Choice(LAYOUT_CHOICES),
            help="Compute what is channels_first as it is (keep, the default) or with the channels "
            "last, which runs on any processor; models take and give what they did.",
        ),
        click.option(
            "--with-data",
            "--data",
            "with_data",
            is_flag=True,
            default=None,
            help="With --layout channels_last: models take (rows, columns, channels) as well, and "
            "what prepares the data follows.",
        ),
        click.option(
            "--idiomatic",
            is_flag=True,
            default=None,
            help="Take Keras 3's defaults instead of writing out Keras 1's; reports each.",
        ),
        click.option(
            "--select",
            multiple=True,
            metavar="CODES",
            callback=_codes,
            help="Only these codes, their beginnings or names; commas between them.",
        ),
        click.option(
            "--ignore",
            multiple=True,
            metavar="CODES",
            callback=_codes,
            help="Not these codes, their beginnings or names; commas between them.",
        ),
        click.option(
            "--per-file-ignores",
            multiple=True,
            metavar="PATTERN:CODES",
            callback=_per_file,
            help="Not these codes in files that match, such as 'tests/*:KM4,KM113'.",
        ),
        click.option(
            "--no-python2",
            is_flag=True,
            default=None,
            help="Leave Python 2 files alone and report them.",
        ),
        click.option("--no-cache", is_flag=True, help="Look at every file anew."),
        click.option(
            "--extend-select",
            multiple=True,
            metavar="CODES",
            callback=_codes,
            help="These codes beside those of the configuration.",
        ),
        click.option(
            "--extend-ignore",
            multiple=True,
            metavar="CODES",
            callback=_codes,
            help="Not these codes either, beside those of the configuration.",
        ),
        click.option(
            "--exclude",
            "--extend-exclude",
            "exclude",
            multiple=True,
            metavar="PATTERN",
            help="Files and folders to leave out, as in .gitignore, beside those of the "
            "configuration and the usual ones.",
        ),
        click.option(
            "--force-exclude/--no-force-exclude",
            default=None,
            help="Leave out what is excluded even if it is named outright, as pre-commit does.",
        ),
        click.option("--include", multiple=True, metavar="PATTERN", help="Only matching files."),
        click.option("--no-gitignore", is_flag=True, help="Also files that .gitignore leaves out."),
        click.option("-j", "--jobs", type=click.IntRange(0), help="Workers; 0: one per processor."),
        click.option(
            "--stdin-filename",
            metavar="PATH",
            help="With `-`: what the file is called that comes from stdin.",
        ),
        config_option,
        click.option("--isolated", is_flag=True, help="Read no configuration file."),
        click.option(
            "--show-settings", is_flag=True, help="Print the settings that count here, as TOML."
        ),
        click.option("--show-files", is_flag=True, help="Print the files that would be looked at."),
        click.option(
            "-o",
            "--output-file",
            type=click.Path(path_type=Path, dir_okay=False),
            help="Write the report to this file instead of stdout.",
        ),
        click.option(
            "--output-format",
            type=click.Choice(FORMATS),
            default="text",
            show_default=True,
            help="How to report.",
        ),
        click.option("-v", "--verbose", is_flag=True, help="List what was done automatically too."),
        click.option("-q", "--quiet", is_flag=True, help="Print findings only, no summary."),
        click.option("--statistics", is_flag=True, help="Count the findings by code."),
        click.option("--exit-zero", is_flag=True, help="Exit with 0 even if there are findings."),
    ]
    for option in reversed(options):
        function = option(function)
    return function
