"""Print the simulation table of docs/groups.md, or write it there.

`python scripts/simulation_study.py [repeats]` prints it; `python scripts/simulation_study.py --write` runs 1,000
counties per row and puts the table, and the list of warnings, into the page.
"""

import re
import sys
from pathlib import Path

import pandas as pd

from assetmap.groups.cautions import SENTENCES
from assetmap.groups.simulation import run_simulation_study

PAGE = Path(__file__).resolve().parents[1] / "docs" / "groups.md"


def write_rows(table: pd.DataFrame) -> list[str]:
    """Write the rows of the table in Markdown."""
    return [
        f"| {row.method} | {row.scenario} | {'yes' if row.assumptions_hold else '**no**'} | {row.bias_pct:+.0f}% "
        f"| {row.coverage_pct:.0f}% | {row.width_pct:.0f}% |"
        for row in table.itertuples()
    ]


def replace_table(page: str, heading: str, rows: list[str]) -> str:
    """Replace the rows below the heading of a Markdown table."""
    pattern = re.compile(rf"({re.escape(heading)}\n\|[-|]+\|\n)(?:\|.*\n)*")
    changed, found = pattern.subn(lambda match: match.group(1) + "".join(f"{row}\n" for row in rows), page)
    if found != 1:
        raise SystemExit(f"{PAGE.name} has {found} tables with the heading {heading!r}, not one")
    return changed


def main() -> None:
    """Run the simulation study and print a Markdown table, or write it into the page."""
    heading = "| method | the county | assumptions hold | bias | 80% interval covers | its width |"
    warnings = [f"| `{code}` | {sentence} |" for code, sentence in SENTENCES.items()]
    write, numbers = "--write" in sys.argv, [int(word) for word in sys.argv[1:] if word.isdigit()]
    if write and "--warnings" in sys.argv:
        PAGE.write_text(
            replace_table(PAGE.read_text(encoding="utf-8"), "| code | sentence |", warnings), encoding="utf-8"
        )
        return
    rows = write_rows(run_simulation_study(repeats=numbers[0] if numbers else 1_000))
    if not write:
        print("\n".join([heading, "|---|---|---|---|---|---|", *rows]))
        return
    page = replace_table(PAGE.read_text(encoding="utf-8"), heading, rows)
    PAGE.write_text(replace_table(page, "| code | sentence |", warnings), encoding="utf-8")


if __name__ == "__main__":
    main()
