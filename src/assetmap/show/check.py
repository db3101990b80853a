"""The report on some lists as a page, and as tables to fix and give back.

The page shows lists that anyone may have written, so every word goes through ``html.escape``, no template
language sees it, and the page has no script and can load nothing.
"""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Any, Final

import pandas as pd

from assetmap.public import AUDIENCE_WORDS, INTERNAL
from assetmap.schema import CheckReport, counted
from assetmap.show.tables import write_csv

MOST_ROWS: Final = 500
"""Rows shown on the page; the tables beside it hold all of them."""

OWN_FOLDER: Final = (
    "This folder is for you, so that you can fix the lists: it has contacts, and places that must stay secret. The lists are "
    "checked in full before anything is left out."
)
"""What page and command say of the folder."""

WORDS: Final = {
    "accepted": "In the register",
    "merged": "Joined with another row for the same thing",
    "review": "In the register, but a person should check it",
    "rejected": "Not in the register",
}

STYLE: Final = """
body { font: 16px/1.5 system-ui, sans-serif; color: #1b1b1b; background: #fff; margin: 2rem auto; max-width: 64rem;
  padding: 0 1rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
caption { text-align: left; padding: .3rem 0; color: #444; }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem; border-bottom: 1px solid #ccc;
  overflow-wrap: break-word; }
th { background: #f2f2f2; } td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
tr.rejected td:first-child { border-left: 4px solid #b3261e; } tr.review td:first-child { border-left: 4px solid #8a5a00; }
.scroll { overflow-x: auto; }
@media (prefers-color-scheme: dark) { body { background: #161616; color: #eee; } th { background: #2a2a2a; }
  caption { color: #bbb; } th, td { border-color: #444; } }
@media print { body { max-width: none; margin: 0; font-size: 11px; } }
"""


def write_check(report: CheckReport, folder: str | Path) -> list[Path]:
    """Write a report on lists, for the people who keep them: with contacts and with places that must stay secret.

    Parameters
    ----------
    report
        As `check_lists` made it.
    folder
        Made if it is not there; files of the same names are replaced.

    Returns
    -------
    list of pathlib.Path
        ``check.html``, ``accepted.csv`` (the assets as they would be), ``review.csv`` (pairs to decide: write
        ``same`` or ``different`` and give it back), ``rejected.csv`` (rows that were rejected or that a
        person should check, with the reason).
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    page = folder / "check.html"
    page.write_text(check_page(report), encoding="utf-8", newline="\n")
    wrong = report.register.log[report.register.log["outcome"].isin(("rejected", "review"))]
    wrong = wrong.sort_values("outcome", kind="stable")[["source", "row", "name", "outcome", "reason"]]
    return [
        page,
        write_csv(report.register.assets, folder / "accepted.csv"),
        write_csv(report.review, folder / "review.csv", index=False),
        write_csv(wrong, folder / "rejected.csv", index=False),
    ]


def check_page(report: CheckReport) -> str:
    """Return the page of a report: HTML without any script, with every word of the lists escaped."""
    counts = report.counts.drop(columns="shape").reset_index()
    rows, taken = int(report.counts["rows"].sum()), len(report.register.assets)
    wrong = report.register.log[report.register.log["outcome"].isin(("rejected", "review"))]
    wrong = wrong.assign(order=wrong["outcome"] != "rejected").sort_values("order", kind="stable")
    shown = wrong[["outcome", "source", "row", "name", "reason"]].head(MOST_ROWS)
    understood = report.headings.loc[report.headings["column"] != "", ["source", "heading", "column"]]
    ignored = report.headings[report.headings["column"] == ""]
    parts = [
        "<h1>What was understood of the lists</h1>",
        f"<p><strong>{escape(AUDIENCE_WORDS[INTERNAL])}</strong> {escape(OWN_FOLDER)}</p>",
        f"<p>{counted(rows, 'row')} became {counted(taken, 'asset')}. Every row is counted once below.</p>",
        *[
            f"<p>{escape(sentence)}</p>"
            for sentence in (report.register.linking, *report.unchecked)
            if sentence
        ],
        *_needs_you(report, ignored),
        "<h2>Rows by outcome</h2>",
        _table(counts, "; ".join(f"{outcome}: {meaning.lower()}" for outcome, meaning in WORDS.items())),
        "<h2>What to fix</h2>",
        _table(report.remarks, "Kinds of remark, the most serious first, with the first row of each."),
        "<h2>Rows that were rejected or need a check</h2>",
        _table(shown, f"The first {len(shown):,} of {len(wrong):,}; rejected.csv has all of them."),
        "<h2>How the columns were understood</h2>",
        _table(understood, "To correct a heading, use --column name=Organisation."),
        f"<p>Kept as they are: {escape(', '.join(ignored['heading'].astype(str)) or 'none')}.</p>",
    ]
    return (
        '<!doctype html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f'<meta name="audience" content="{INTERNAL}">\n'
        f"<title>What was understood of the lists</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        + "\n".join(parts)
        + "\n</body>\n</html>\n"
    )


def _needs_you(report: CheckReport, ignored: pd.DataFrame) -> list[str]:
    """Return what a person has to look at first, each with its number and the shortest way to fix it."""
    log = report.register.log
    rejected = int((log["outcome"] == "rejected").sum())
    left_out = [sentence for sentence in report.unchecked if " was not read: " in sentence]
    columns = ignored[ignored["samples"] != ""][["source", "heading", "samples", "guess"]]
    lines = []
    if len(columns):
        first = escape(str(columns["heading"].iloc[0]))
        lines.append(
            f"<li>{counted(len(columns), 'column was', 'columns were')} not understood. To name one, add "
            f'<code>--column FIELD="{first}"</code>; the cells below show what they hold.</li>'
        )
    if left_out:
        lines.append(
            f"<li>{counted(len(left_out), 'sheet or layer was', 'sheets or layers were')} not read (see above).</li>"
        )
    if rejected:
        lines.append(
            f"<li>{counted(rejected, 'row is', 'rows are')} not in the register. Fix them in your list; rejected.csv says how.</li>"
        )
    if len(report.review):
        lines.append(
            f"<li>{counted(len(report.review), 'pair', 'pairs')} may be one thing. Write <em>same</em> or <em>different</em> in review.csv "
            "and give it back with <code>--review review.csv</code>.</li>"
        )
    if not lines:
        return [
            "<h2>What needs you</h2>",
            "<p>Nothing. Every column was understood and every row is in the register.</p>",
        ]
    shown = (
        [_table(columns, "Columns that were not understood, with a few of their cells.")]
        if len(columns)
        else []
    )
    return ["<h2>What needs you</h2>", f"<ul>{''.join(lines)}</ul>", *shown]


def _table(table: pd.DataFrame, caption: str) -> str:
    """Return a table in HTML; an empty one is a sentence."""
    if table.empty:
        return "<p>None.</p>"
    numbers = [pd.api.types.is_numeric_dtype(table[column]) for column in table.columns]
    classes = [' class="number"' if number else "" for number in numbers]
    head = "".join(
        f'<th scope="col"{kind}>{escape(str(column))}</th>'
        for column, kind in zip(table.columns, classes, strict=True)
    )
    body = []
    for cells in table.itertuples(index=False, name=None):
        tone = next((str(cell) for cell in cells if cell in ("rejected", "review")), "")
        row = "".join(
            f"<td{kind}>{escape(_word(cell))}</td>" for cell, kind in zip(cells, classes, strict=True)
        )
        body.append(f'<tr class="{tone}">{row}</tr>' if tone else f"<tr>{row}</tr>")
    return (
        f'<div class="scroll"><table>\n<caption>{escape(caption)}</caption>\n<thead><tr>{head}</tr></thead>\n'
        f"<tbody>\n{chr(10).join(body)}\n</tbody>\n</table></div>"
    )


def _word(cell: Any) -> str:
    if isinstance(cell, int):
        return f"{cell:,}"
    return "" if pd.isna(cell) else str(cell)
