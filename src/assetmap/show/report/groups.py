"""The report's sections on what is listed, what is estimated, which rows were not used, and methods."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pandas as pd
from markupsafe import Markup

from assetmap.schema import OUTCOMES, Estimate, Results, reference_table, within_border
from assetmap.show.claims import number_of, shown
from assetmap.show.counts import open_assets, type_words
from assetmap.show.html import bullets, joined, link, paragraph, picture, table, terms
from assetmap.show.report.charts import FOREST_COLUMNS, assets_by_type, forest_plot
from assetmap.show.words import (
    about,
    asset_type_label,
    counted,
    date_words,
    estimated,
    groups_estimated,
    interval,
    listing,
    plain,
    sentence,
    step_of,
    whole,
)

FIRST_ROWS: Final = 20
"""How many rows to fix or check the report prints; rejected.csv has all of them."""

EXACT: Final = ("point", "postcode")
"""Values of ``location_precision`` that are good enough to tell which small area an asset is in."""

METHODS: Final[dict[str, tuple[str, str]]] = {
    "need": (
        "Need",
        "The published index, reordered so that 1 is the area with most need and 0 the area with least. It describes "
        "an area, not the people in it: not everyone in need lives in an area with high need.",
    ),
    "distance_m": (
        "Distance",
        "A straight line from the population centre of an area (the average of its live postcodes) to the nearest open "
        "place of the chosen type; where several are equally near, one of them is named. By road it is longer, and around an "
        "estuary much longer. Places beyond the border count only if a list includes them.",
    ),
    "count_per_1000": (
        "Within the catchment",
        "Open places of the chosen type within the catchment, per 1,000 people who live there. If there are none it is "
        "0; if it was not measured it is shown as not known.",
    ),
    "gap_score": (
        "Gap",
        "High need combined with low access, compared among these areas only. The classes divide need and access into "
        "three each. A small difference in rank means nothing.",
    ),
    "unregistered_estimate": (
        "Estimate by small area",
        "The estimate for the whole area, shared out in proportion to population. It follows where people live. The section "
        "on the estimate says which groups it counts. Do not use it to rank places.",
    ),
    "groups_listed": (
        "Groups listed",
        "The number of groups on the lists, not the number that exist. A place with few listed groups may have many that "
        "nobody has listed. If only the town of a group is known, the group counts in the totals but in no small area.",
    ),
}


def assets_listed(results: Results) -> str | None:
    """Return what is on the register by type, and the open assets of the chosen type by operator."""
    assets = within_border(results.assets)
    if not len(assets):
        return None
    labels = assets["asset_type"].map(
        {kind: asset_type_label(kind) for kind in assets["asset_type"].unique()}
    )
    counts = labels.value_counts(sort=False).sort_index().sort_values(ascending=False, kind="stable")
    columns: list[tuple[str, pd.Series]] = [
        ("Listed", counts),
        ("Known to be open", _count(labels, assets["status"] == "open")),
    ]
    unknown = ~assets["status"].isin(("open", "closed", "proposed"))
    if unknown.any():
        columns.append(("Status not known", _count(labels, unknown)))
    if "registered" in assets:
        columns.append(("Registered", _count(labels, assets["registered"] == "yes")))
    columns.append(("Postcode or better", _count(labels, assets["location_precision"].isin(EXACT))))
    rows = [(kind, *(whole(column.get(kind, 0)) for _, column in columns)) for kind in [*counts.index]]
    rows.append(("All", *(whole(column.sum()) for _, column in columns)))
    chart = picture(
        assets_by_type(counts),
        alt="Bar chart of the most frequent types. The table has every type.",
    )
    return joined(
        (
            Markup('<div class="pair">{}</div>').format(joined((chart, _operators(results)))),
            table(
                "The register by type",
                ("Type", *(heading for heading, _ in columns)),
                rows,
                numbers=range(1, len(columns) + 1),
            ),
            paragraph(
                "“Postcode or better” counts assets whose location is known well enough to tell which small area they are in.",
                kind="note",
            ),
        )
    )


def unregistered_groups(results: Results) -> str | None:
    """Return the estimate of groups on no register: interval, methods side by side, warnings and inputs."""
    estimate = results.estimate
    inputs = [
        (one.name, f"{one.value:,.6g}", plain(one.vintage), plain(one.source)) for one in estimate.inputs
    ]
    return joined(
        (
            _shares(results),
            paragraph(f"Estimate: {about(estimate, groups_estimated(estimate))}.", kind="answer"),
            paragraph(estimate.text),
            _forest(estimate),
            _titled("What to keep in mind", bullets(sentence(note.sentence) for note in estimate.warnings))
            if estimate.warnings
            else None,
            _titled("Assumptions", bullets(map(sentence, estimate.assumptions)))
            if estimate.assumptions
            else None,
            table("What the estimate is based on", ("Input", "Value", "Year", "Source"), inputs, numbers=(1,))
            if inputs
            else None,
        )
    )


def rows_not_used(results: Results) -> str | None:
    """Return how many rows of each list were accepted, merged, sent for review or rejected, and why."""
    log = results.log
    if not len(log):
        return None
    counts = pd.crosstab(log["source"], log["outcome"]).reindex(columns=list(OUTCOMES), fill_value=0)
    rows = [(source, *(whole(n) for n in row), whole(row.sum())) for source, row in counts.iterrows()]
    if len(rows) > 1:
        rows.append(("All lists", *(whole(n) for n in counts.sum()), whole(counts.to_numpy().sum())))
    tally = table(
        "What happened to the rows of each list", ("List", *(word.capitalize() for word in OUTCOMES), "Rows read"),
        rows, numbers=range(1, len(OUTCOMES) + 2),
    )  # fmt: skip
    odd = log[log["outcome"].isin(("rejected", "review"))]
    if not len(odd):
        return joined((paragraph("Every row of every list was used as it is."), tally))
    first = odd.head(FIRST_ROWS)
    some = f"The first {whole(len(first))} of {whole(len(odd))} rows" if len(odd) > len(first) else "The rows"
    review = number_of(results, "rows_review")
    return joined(
        (
            paragraph(
                f"{shown(results, 'rows_rejected')} of {counted(number_of(results, 'rows_read'), 'row')} could not be used. "
                f"{counted(review, 'row was used but needs', 'rows were used but need')} a check. "
                "rejected.csv lists all of them with file, row and what to do."
            ),
            tally,
            table(
                f"{some} to fix or check",
                ("List", "Row", "Name", "Outcome", "Why, and what to do"),
                [
                    (
                        row["source"],
                        row["row"] if pd.notna(row["row"]) else "",
                        plain(row["name"]) or "(no name)",
                        row["outcome"],
                        row["reason"],
                    )
                    for _, row in first.iterrows()
                ],
                stacked=True,
            ),
        )
    )


def methods_and_limits(results: Results) -> str | None:
    """Return how each measure was made and what it cannot tell you."""
    areas = results.areas
    entries = [words for column, words in METHODS.items() if column in areas]
    entries.append(
        (
            "Not known",
            "A missing value is shown as not known. It never counts as 0 and is never drawn like a low value.",
        )
    )
    said = {results.title, results.area_name}
    remarks = [note for note in results.notes if note not in results.estimate.warnings]
    shown = [
        (f"{table_name}: {name}", _setting(value))
        for table_name, values in results.settings.items()
        if isinstance(values, Mapping) and "file" not in values
        for name, value in values.items()
        if _setting(value) and value not in said
    ]
    return joined(
        (
            terms(entries),
            _titled("Remarks on this build", bullets(sentence(note.sentence) for note in remarks))
            if remarks
            else None,
            table("Settings of this build", ("Setting", "Value"), shown) if shown else None,
        )
    )


def sources_used(results: Results) -> str | None:
    """Return every source with date, licence, file and checksum, and the attribution statements."""
    sources = results.sources
    if not len(sources):
        return None
    rows = [
        (
            link(row["url"], row["title"]),
            plain(row["publisher"]),
            date_words(row["date"]),
            plain(row["licence"]),
            whole(row["rows"]) if pd.notna(row["rows"]) else "",
            Markup('{} <span class="code">{}</span>').format(
                plain(row["file"]), _shortened(plain(row["sha256"]))
            ),
        )
        for _, row in sources.iterrows()
    ]
    attributions = dict.fromkeys(plain(text) for text in sources["attribution"] if plain(text))
    return joined(
        (
            table(
                "Sources of this report. The code after each file name is the start of its SHA-256 checksum",
                ("Source", "Publisher", "Date", "Licence", "Rows", "File"),
                rows,
                numbers=(4,),
                stacked=True,
            ),
            *(paragraph(text, kind="attribution") for text in attributions),
        )
    )


def _operators(results: Results) -> Markup | None:
    """Return the open assets of the chosen type by operator type."""
    opened = open_assets(results)
    if "operator_type" not in opened or opened["operator_type"].isna().all():
        return None
    names = reference_table("operator_types")["label"]
    kinds = (
        opened["operator_type"]
        .map(names)
        .fillna(opened["operator_type"])
        .replace("", pd.NA)
        .fillna("Not known")
    )
    counts = (
        kinds.map(plain).value_counts(sort=False).sort_index().sort_values(ascending=False, kind="stable")
    )
    _, nouns = type_words(results)
    return table(
        f"Open {nouns} by who runs them",
        ("Run by", f"Open {nouns}"),
        [*((kind, whole(number)) for kind, number in counts.items()), ("All", whole(counts.sum()))],
        numbers=(1,),
    )


def _shares(results: Results) -> Markup | None:
    """Return what the lists show, for comparison with the estimate."""
    areas = results.areas
    if "groups_listed" not in areas:
        return None
    words = f"{counted(number_of(results, 'groups_placed'), 'listed group has', 'listed groups have')} a known small area"
    if "groups_registered" in areas:
        words += f"; {counted(number_of(results, 'groups_placed_registered'), 'is', 'are')} registered"
    return paragraph(
        f"{words}. Lists are not a census: the number of groups that are not listed can only be estimated, and every "
        "estimate has an interval."
    )


def _forest(estimate: Estimate) -> Markup | None:
    """Return the methods side by side, as a picture and as a table."""
    methods = pd.DataFrame(estimate.details.get("forest", ()))
    if not len(methods) or not set(FOREST_COLUMNS) <= set(methods.columns):
        return None
    rows = []
    for _, method in methods.iterrows():
        step = step_of(method["estimate"])
        kind = "published elsewhere" if method["kind"] == "published" else "this estimate"
        if method["low"] == method["high"] and pd.isna(method["level"]):
            span = "no interval published"
        else:
            span = interval(method["low"], method["high"], method["level"], step=step)
        rows.append((method["label"], kind, estimated(method["estimate"], step=step), span))
    spoken = listing([f"{plain(label)}: {value}, {span}" for label, _, value, span in rows])
    return joined(
        (
            picture(
                forest_plot(methods),
                alt=f"Estimates side by side. {spoken}.",
                caption="Estimates of the number of unregistered groups. Filled: this estimate with its interval. "
                "Hollow: rates published elsewhere with other definitions, for comparison. They are never averaged.",
            ),
            table(
                "The same as a table", ("Method", "Kind", "Estimate", "Interval or range"), rows, numbers=(2,)
            ),
        )
    )


def _titled(heading: str, text: Markup) -> Markup:
    return Markup("<h3>{}</h3>\n{}").format(heading, text)


def _count(labels: pd.Series, chosen: pd.Series) -> pd.Series:
    return labels[chosen.fillna(False).astype(bool)].value_counts(sort=False)


def _setting(value: Any) -> str:
    """Return a setting as text; an empty text if it is not a single number or word."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return f"{value:,g}"
    return plain(value) if isinstance(value, str) else ""


def _shortened(checksum: str) -> str:
    """Return the start of a checksum; a sentence in its place stays whole."""
    return checksum if " " in checksum else checksum[:12]
