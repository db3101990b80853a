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
from assetmap.show.needs import Need, needs_of, not_checked
from assetmap.show.tables import write_csv

MOST_DETAILS: Final = 10
"""Columns, sheets, kinds or pairs that a need names on the page."""

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

SHOWN_OUTCOME: Final = {"rejected": "Not in the register", "review": "To check"}
"""Outcomes in the table of rows."""

ROWS: Final = {
    "outcome": "Outcome",
    "source": "List",
    "row": "Row",
    "name": "Name",
    "reason": "Why, and how to fix it",
}
"""Columns of the table of rows, and their headings."""

STYLE: Final = """
body { font: 16px/1.5 system-ui, sans-serif; color: #1b1b1b; background: #fff; margin: 2rem auto; max-width: 64rem;
  padding: 0 1rem; overflow-wrap: normal; word-break: normal; hyphens: none; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
caption { text-align: left; padding: .3rem 0; color: #444; }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem; border-bottom: 1px solid #ccc; }
th { background: #f2f2f2; } td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
.rows td.outcome, .rows td.source, .rows td.row { white-space: nowrap; }
tr.rejected td:first-child, .need { border-left: 4px solid #b3261e; } tr.review td:first-child { border-left: 4px solid #8a5a00; }
.need { padding: .1rem 0 .1rem 1rem; margin: 1rem 0; } .need h3 { font-size: 1.05rem; margin: 0; } .need p { margin: .2rem 0; }
.need ul { margin: .3rem 0; padding-left: 1.2rem; }
code { display: block; width: fit-content; max-width: 100%; overflow-x: auto; white-space: nowrap; background: #f2f2f2;
  padding: .2rem .4rem; margin: .2rem 0; }
.scroll { overflow-x: auto; }
@media (max-width: 40rem) {
  body { margin: 1rem auto; } .rows thead { position: absolute; clip-path: inset(50%); }
  .rows table, .rows tbody, .rows tr, .rows td { display: block; } .rows caption { display: block; }
  .rows td { border: 0; padding: 0 0 0 .6rem; } .rows tr { border-bottom: 1px solid #ccc; padding: .5rem 0; }
  .rows td.outcome, .rows td.source, .rows td.row { display: inline; font-weight: 600; white-space: normal; }
  .rows td.row::before { content: "row "; } .rows td.name { font-weight: 600; }
}
@media (prefers-color-scheme: dark) { body { background: #161616; color: #eee; } th, code { background: #2a2a2a; }
  caption { color: #bbb; } th, td, .rows tr { border-color: #444; } }
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

    Examples
    --------
    >>> report = am.check_files([town.folder / "directory.csv"], project=town)
    >>> sorted(path.name for path in am.show.write_check(report, "report"))
    ['accepted.csv', 'check.html', 'rejected.csv', 'review.csv']
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
    counts = report.counts.drop(columns="shape").reset_index().rename(columns={"source": "list"})
    rows, taken = int(report.counts["rows"].sum()), len(report.register.assets)
    wrong = report.register.log[report.register.log["outcome"].isin(("rejected", "review"))]
    wrong = wrong.assign(order=wrong["outcome"] != "rejected").sort_values("order", kind="stable")
    shown = wrong[list(ROWS)].head(MOST_ROWS)
    understood = report.headings.loc[report.headings["column"] != "", ["source", "heading", "column"]]
    ignored = report.headings[report.headings["column"] == ""]
    limits = [sentence for sentence in (report.register.linking, *not_checked(report)) if sentence]
    parts = [
        "<h1>What needs you</h1>",
        f"<p>{counted(rows, 'row')} became {counted(taken, 'asset')}.</p>",
        f"<p><strong>{escape(AUDIENCE_WORDS[INTERNAL])}</strong> {escape(OWN_FOLDER)}</p>",
        *_needs(report),
        "<h2>Rows that are not in the register, or need a check</h2>",
        _rows(shown, f"The first {len(shown):,} of {len(wrong):,}; rejected.csv has all of them."),
        "<h2>Rows by outcome</h2>",
        _table(counts, "; ".join(f"{outcome}: {meaning.lower()}" for outcome, meaning in WORDS.items())),
        "<h2>All remarks</h2>",
        _table(report.remarks, "Kinds of remark, the most serious first, with the first row of each."),
        "<h2>How the columns were understood</h2>",
        _table(understood, "To correct a heading, use --column name=Organisation."),
        f"<p>Kept as they are: {escape(', '.join(ignored['heading'].astype(str)) or 'none')}.</p>",
        *(["<h2>What could not be checked</h2>"] if limits else []),
        *[f"<p>{escape(sentence)}</p>" for sentence in limits],
    ]
    return (
        '<!doctype html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f'<meta name="audience" content="{INTERNAL}">\n'
        f"<title>What needs you in the lists</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        + "\n".join(parts)
        + "\n</body>\n</html>\n"
    )


def _needs(report: CheckReport) -> list[str]:
    """Return what a person has to do, each with the shortest way and the first of its rows."""
    needs = needs_of(report)
    if not needs:
        return [
            "<p><strong>Nothing.</strong> Every column was understood and every row is in the register.</p>"
        ]
    return [_need(need) for need in needs]


def _need(need: Need) -> str:
    typed = f" <code>{escape(need.type_this)}</code>" if need.type_this else ""
    details = "".join(f"<li>{escape(detail)}</li>" for detail in need.details[:MOST_DETAILS])
    more = len(need.details) - MOST_DETAILS
    rest = f"<p>And {more:,} more, below.</p>" if more > 0 else ""
    shown = f"<ul>{details}</ul>{rest}" if details else ""
    return f'<div class="need"><h3>{escape(need.what)}</h3><p>{escape(need.fix)}{typed}</p>{shown}</div>'


def _rows(rows: pd.DataFrame, caption: str) -> str:
    """Return the table of rows: outcome, list and row beside each other; on a phone a row is a block."""
    if rows.empty:
        return "<p>None.</p>"
    head = "".join(f'<th scope="col">{heading}</th>' for heading in ROWS.values())
    body = []
    for row in rows.to_dict("records"):
        said = {str(name): _word(cell) for name, cell in row.items()}
        outcome = said["outcome"]
        said["outcome"] = SHOWN_OUTCOME.get(outcome, outcome)
        said["reason"] = said["reason"].removeprefix(f"Row {said['row']}: ")
        cells = "".join(f'<td class="{name}">{escape(said[name])}</td>' for name in ROWS)
        body.append(f'<tr class="{outcome}">{cells}</tr>')
    return (
        f'<div class="scroll rows"><table>\n<caption>{escape(caption)}</caption>\n<thead><tr>{head}</tr></thead>\n'
        f"<tbody>\n{chr(10).join(body)}\n</tbody>\n</table></div>"
    )


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
