"""The devolution review as one page to read, print or send: a summary, charts, tables, and a section per site.

No script, no request to any host, every text from outside escaped (`markup`); the same review gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pandas as pd
from markupsafe import Markup

from assetmap.schema import DevolutionReview, Estimate, Scenario, check_areas, reference_table
from assetmap.show.html import bullets, figure, figures, joined, page, paragraph, table, terms
from assetmap.show.pictures.figures import svg_text
from assetmap.show.review.charts import closures_chart, impact_chart
from assetmap.show.review.sites import interval_words, site_section
from assetmap.show.tables import write_csv
from assetmap.show.words import counted, decimals, plain, stated_limit, whole

if TYPE_CHECKING:
    import geopandas as gpd

DISTANCES: Final = {
    "straight": "Distances are straight lines from where an area's people live to the site; roads are longer, and much "
    "longer around an estuary.",
    "own": "Costs are the travel times of the project, in minutes, from an area to the site; nothing is known beyond them.",
    "overland": "Distances are the shortest way over land, and by the ferries that the project names, from where an area's "
    "people live to the site; roads are longer.",
}
METHODS: Final = (
    "Scores compare these sites with each other: a measure counts by its rank among them. They are no absolute grades.",
    "Impact and readiness are never added up. An unknown answer takes no part in a score: the interval beside it says "
    "what the score would be if everything unknown turned out badly or well.",
    "Rank stability: random weightings of the criteria, all equally likely; the share says how often a site stays among "
    "the first whatever weight each criterion has.",
    "Harm of closures is the extra distance or time to the nearest site left, one way, in person-kilometres or "
    "person-hours; a person counts in "
    "proportion to the need of the area, 1 on average. Every combination was measured.",
    "Groups nearby are those on the lists. The lists are a sample: few groups may mean a poor list. The estimate of "
    "unregistered groups is a share by population and says nothing about one place.",
    "People and need are counted for whole small areas. Who uses a site, what it is like inside, buses, and whether "
    "people can climb its steps are not in these tables.",
    "This review supports a judgement and a consultation; it replaces neither. In law a library authority keeps its duty "
    "whoever runs the building.",
)
MOST_ROWS: Final = 15


def write_devolution(
    review: DevolutionReview,
    areas: gpd.GeoDataFrame,
    folder: str | Path,
    *,
    title: str,
    land: gpd.GeoDataFrame | None = None,
    estimate: Estimate | None = None,
    sources: pd.DataFrame | None = None,
) -> list[Path]:
    """Write the review: a page, a table, and the charts on their own.

    Parameters
    ----------
    review
        From `review_devolution`.
    areas
        The small areas of the review, for the maps.
    folder
        An existing folder.
    title
        Title of the page.
    land
        Land next to the areas, for the maps.
    estimate
        Of unregistered groups, as given to the review; its sentence stands in the limits.
    sources
        Where the figures come from (docs/tables.md).

    Returns
    -------
    list of pathlib.Path
        ``devolution.csv`` (a row per site, a column per reason), ``devolution.html``, ``devolution_impact.svg``,
        ``devolution_closures.svg`` (only where hours are known).
    """
    check_areas(areas)
    folder = Path(folder)
    html = folder / "devolution.html"
    text = devolution_html(review, areas, title=title, land=land, estimate=estimate, sources=sources)
    html.write_text(text, encoding="utf-8", newline="\n")
    written = [write_csv(review.sites, folder / "devolution.csv"), html]
    for name, svg in _charts(review).items():
        chart = folder / f"devolution_{name}.svg"
        chart.write_text(svg, encoding="utf-8", newline="\n")
        written.append(chart)
    return written


def write_scenario(scenario: Scenario, folder: str | Path) -> list[Path]:
    """Write the tables of a scenario: ``scenario_areas.csv``, ``_people``, ``_sites``, ``_most_affected``."""
    folder = Path(folder)
    parts = ("areas", "people", "sites", "most_affected")
    return [write_csv(getattr(scenario, part), folder / f"scenario_{part}.csv") for part in parts]


def devolution_html(
    review: DevolutionReview,
    areas: gpd.GeoDataFrame,
    *,
    title: str,
    land: gpd.GeoDataFrame | None = None,
    estimate: Estimate | None = None,
    sources: pd.DataFrame | None = None,
) -> str:
    """Return the page as HTML text; parameters as in `write_devolution`."""
    charts = _charts(review)
    sections = [
        ("impact", "Impact against readiness", _impact(review, charts)),
        ("dependence", "Who depends on one site", _dependence(review)),
        ("closures", "What closures would do", _closures(review, charts)),
        ("sites", "Site by site", _site_by_site(review, areas, land)),
        ("criteria", "Criteria and weights", _criteria(review)),
        ("methods", "Methods and limits", _methods(review, estimate)),
    ]
    if sources is not None and len(sources):
        sections.append(("sources", "Sources", _sources(sources)))
    contents = Markup('<nav aria-label="Contents">\n<h2>Contents</h2>\n<ol>\n{}\n</ol>\n</nav>').format(
        joined(
            Markup('<li><a href="#{}">{}</a></li>').format(anchor, heading) for anchor, heading, _ in sections
        )
    )
    body = joined(
        (
            Markup('<a class="skip" href="#answer">Skip to the answer</a>'),
            Markup("<header>\n<h1>{}</h1>\n</header>").format(plain(title)),
            Markup('<main>\n<section id="answer" aria-label="The answer">\n{}\n</section>').format(
                _answer(review)
            ),
            contents,
            *(
                Markup(
                    '<section id="{0}" aria-labelledby="{0}-heading">\n<h2 id="{0}-heading">{1}</h2>\n{2}\n</section>'
                ).format(anchor, heading, text)
                for anchor, heading, text in sections
            ),
            Markup("</main>"),
        )
    )
    style = (Path(__file__).parents[1] / "report" / "report.css").read_text(encoding="utf-8")
    return page(title, body, style=style)


def _charts(review: DevolutionReview) -> dict[str, str]:
    charts = {"impact": svg_text(impact_chart(review.sites))}
    if len(review.closures_front):
        charts["closures"] = svg_text(closures_chart(review.closures, review.closures_front))
    return charts


def _answer(review: DevolutionReview) -> Markup:
    sites = review.sites
    local = sites["control"] >= 3
    words = [
        f"Of the {counted(len(part), 'site', 'sites')} {which}: {_quadrant_words(part)}."
        for which, part in (("not devolved", sites[~local]), ("devolved", sites[local]))
        if len(part)
    ]
    sure = int(sites["quadrant_sure"].sum())
    when = review.settings.get("as_of")
    first = sites.sort_values("impact_rank").iloc[0]
    alone = review.dependence["people_only_here"].sum()
    catchment = stated_limit(review.settings["limit"], review.settings["unit"])
    return joined(
        (
            paragraph(
                f"{counted(len(sites), 'site', 'sites')} reviewed"
                + (f" as they stood in {when}." if when else ".")
                + f" {int(local.sum())} of them run by a local council or a community body.",
                *words,
                f"For {sure} of {len(sites)} that stands whatever the unknown answers turn out to be.",
                f"People would lose most if {plain(first['name'])} failed.",
                kind="answer",
            ),
            figures(
                [
                    ("people", whole(sites["people_nearest"].sum()), "each counted at the nearest site"),
                    ("with one site within the limit only", whole(alone), f"within {catchment}"),
                    ("answers known", f"{_answers_known(review):.0%}", "of the questions about conditions"),
                ]
            ),
        )
    )


def _quadrant_words(sites: pd.DataFrame) -> str:
    counts = sites["quadrant"].value_counts()
    names = reference_table("devolution_quadrants").index
    return "; ".join(f"{counts[name]} {name}" for name in names if counts.get(name))


def _meaning(site: pd.Series) -> str:
    words = [str(site["quadrant"])]
    if site["devolved"] == "yes":
        words.append("devolved already")
    if not site["quadrant_sure"]:
        words.append("answers could change it")
    return "; ".join(words)


def _answers_known(review: DevolutionReview) -> float:
    return float((review.answers != "unknown").to_numpy().mean()) if review.answers.size else 0.0


def _impact(review: DevolutionReview, charts: dict[str, str]) -> Markup:
    sites = review.sites.sort_values("impact", ascending=False, kind="stable")
    first, draws = review.settings["first"], review.settings["draws"]
    rows = [
        (
            Markup('<a href="#site-{}">{}</a>').format(number, plain(row["name"])),
            plain(row["operator"]) or "not known",
            whole(row["people_nearest"]),
            decimals(row["impact"], 2),
            _share(row["impact_first_share"]),
            interval_words(row["readiness"], row["readiness_low"], row["readiness_high"]),
            _share(row["readiness_known_share"]),
            _meaning(row),
        )
        for number, (_, row) in _numbered(review, sites)
    ]
    headings = (
        "site",
        "run by",
        "people",
        "impact",
        f"among first {first}",
        "readiness",
        "known",
        "what it means",
    )
    return joined(
        (
            figure(
                charts["impact"],
                alt="Chart of impact against readiness of every site; the table below has the same figures.",
                caption="Each mark is a site. The line through it runs from readiness if every unknown answer were no to "
                "readiness if every one were yes.",
                kind="map",
            ),
            terms(reference_table("devolution_quadrants")["meaning"].items()),
            table("Every site, highest impact first", headings, rows, numbers=(2, 3, 4, 5, 6)),
            paragraph(
                f"“Among first {first}”: share of {whole(draws)} random weightings in which the impact is one of the {first} highest."
            ),
        )
    )


def _dependence(review: DevolutionReview) -> Markup:
    alone = review.dependence[review.dependence["people_only_here"] > 0]
    catchment = stated_limit(review.settings["limit"], review.settings["unit"])
    if alone.empty:
        return paragraph(f"Nobody depends on one site: who has a site within {catchment} has two or more.")
    rows = [
        (
            plain(row["name"]),
            plain(row["operator"]) or "not known",
            {"yes": "devolved", "no": "not devolved"}.get(row["devolved"], "not known"),
            whole(row["people_only_here"]),
            whole(row["children_only_here"]),
            whole(row["older_only_here"]),
        )
        for _, row in alone.iterrows()
    ]
    reached = review.small_areas["sites_within"] > 0
    lost = review.small_areas.loc[
        reached & (review.small_areas["left_if_devolved_fail"] == 0), "population"
    ].sum()
    return joined(
        (
            paragraph(
                f"If one of these sites goes, these people have no other within {catchment}. Where it was devolved, that "
                f"is what hangs on the new operator. If every devolved site failed, {whole(lost)} people who have a site "
                f"within {catchment} today would have none."
            ),
            table(
                f"People with no other site within {catchment}",
                ("site", "run by", "devolved", "people", "children 0-15", "60 and over"),
                rows,
                numbers=(3, 4, 5),
            ),
        )
    )


def _closures(review: DevolutionReview, charts: dict[str, str]) -> Markup:
    if review.closures.empty:
        return paragraph("There is one site only: without it there is none.")
    single = review.closures[review.closures["closures"] == 1]
    most = int(review.closures["closures"].max())
    harm = "harm, person-km" if review.settings["unit"] == "m" else "harm, person-hours"
    headings = ("closed", harm, "people further", "left without", "hours a week saved")
    front = review.closures_front
    parts: list[str | None] = [
        paragraph(
            f"All {whole(len(review.closures))} combinations of one to {most} closures were measured. Harm is extra way "
            "to the nearest site left, one way, weighted by need."
        )
    ]
    if "closures" in charts:
        parts.append(
            figure(
                charts["closures"],
                alt="Chart of hours saved against harm; the tables below have the same figures.",
                caption="Every combination off the line does more harm than one on it that saves as much.",
                kind="map",
            )
        )
        shown = front.iloc[:MOST_ROWS] if len(front) <= MOST_ROWS else front.iloc[_spread(len(front))]
        parts.append(
            table("Least harm for what is saved", headings, _closure_rows(shown), numbers=(1, 2, 3, 4))
        )
    parts.append(
        table("One closure, least harm first", headings, _closure_rows(single), numbers=(1, 2, 3, 4))
    )
    return joined(parts)


def _spread(count: int) -> list[int]:
    """Return evenly spread positions, the first and the last among them."""
    return sorted({round(step * (count - 1) / (MOST_ROWS - 1)) for step in range(MOST_ROWS)})


def _closure_rows(closures: pd.DataFrame) -> list[Sequence[str]]:
    return [
        (
            plain(row["closed"]),
            whole(row["harm"]),
            whole(row["people_further"]),
            whole(row["people_left_without"]),
            decimals(row["hours_saved"], 0),
        )
        for _, row in closures.iterrows()
    ]


def _numbered(review: DevolutionReview, sites: pd.DataFrame) -> list[tuple[int, tuple[str, pd.Series]]]:
    """Give each site the number of its section: its place in the review."""
    return [
        (int(review.sites.index.get_loc(asset_id)) + 1, (asset_id, row)) for asset_id, row in sites.iterrows()
    ]


def _site_by_site(review: DevolutionReview, areas: gpd.GeoDataFrame, land: gpd.GeoDataFrame | None) -> Markup:
    ordered = review.sites.sort_values("impact", ascending=False, kind="stable")
    return joined(
        site_section(review, areas, asset_id, number, land=land)
        for number, (asset_id, _) in _numbered(review, ordered)
    )


def _criteria(review: DevolutionReview) -> Markup:
    rows = [
        (row["label"], row["score"], row["part"], f"{row['weight']:g}", row["counts_as_more"])
        for _, row in review.criteria.iterrows()
    ]
    headings = ("criterion", "score", "part", "weight", "counts as more")
    return table("What counts, and how much", headings, rows, numbers=(3,))


def methods_of(review: DevolutionReview) -> list[str]:
    """Return the sentences on how a review was made and what it does not know."""
    mode = review.settings.get("distance", "straight")
    distance = DISTANCES.get(mode, f"Costs of travel are measured by: {mode}.")
    return [*(note.sentence for note in review.notes), distance, *METHODS]


def _methods(review: DevolutionReview, estimate: Estimate | None) -> Markup:
    sentences = methods_of(review)
    if estimate is not None:
        sentences.append(estimate.text)
    return bullets(sentences)


def _sources(sources: pd.DataFrame) -> Markup:
    rows = [
        (
            plain(row["title"]),
            plain(row["publisher"]),
            plain(row["date"]),
            plain(row["licence"]),
            plain(row["attribution"]),
        )
        for _, row in sources.iterrows()
    ]
    return table("Sources", ("title", "publisher", "date", "licence", "attribution"), rows)


def _share(value: float) -> str:
    if pd.isna(value):
        return "not known"
    return "over 99%" if 0.99 < value < 1 else f"{value:.0%}"
