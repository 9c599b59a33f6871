"""The table of wrong migrations in docs/verification.md: ``python -m tests.verify.wrong_migrations``."""

from __future__ import annotations

from pathlib import Path

from kerasmig.verify.settings import LEVELS
from tests.verify.pairs import MUTATIONS
from tests.verify.program_pairs import MUTATIONS as PROGRAM_MUTATIONS

PAGE = Path(__file__).parents[2] / "docs" / "verification.md"
HEADING = "## Wrong migrations that the tests make, and what catches them\n"


def table() -> str:
    """The table as Markdown, by the level that first sees each."""
    lines = ["| level | wrong migration | right | wrong |", "|---|---|---|---|"]
    for level in LEVELS:
        for name, (base, right, wrong, first) in MUTATIONS.items():
            if first == level:
                cells = (level, f"{name} ({base})", _code(right), _code(wrong))
                lines.append(f"| {' | '.join(cells)} |")
    for name, (base, right, wrong, _) in PROGRAM_MUTATIONS.items():
        lines.append(f"| program | {name} ({base}) | {_code(right)} | {_code(wrong)} |")
    return "\n".join(lines) + "\n"


def _code(text: str) -> str:
    text = " ".join(text.split()).strip()
    return f"`{text}`" if text else "(left out)"


def section(page: str) -> str:
    """What stands under the heading, up to the next."""
    return page.partition(HEADING)[2].partition("\n## ")[0]


def main() -> None:
    page = PAGE.read_text(encoding="utf-8")
    rest = page.partition(HEADING)[2].partition("\n## ")[2]
    intro = (
        "\nEach is made from a right migration and run at every level: it matches below the level "
        "named and is a\nmismatch from there on. Those of level `program` are whole programs, let "
        "through a stretch.\n\n"
    )
    text = page.partition(HEADING)[0].rstrip() + f"\n\n{HEADING}{intro}{table()}"
    PAGE.write_text(text + (f"\n## {rest}" if rest else ""), encoding="utf-8")


if __name__ == "__main__":
    main()
