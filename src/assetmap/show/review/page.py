"""The devolution review as one page to read, print or send: a summary, charts, tables, and a section for each site.

It has no script, sends no request to any host, and escapes every text from outside (`html`). The same review gives
the same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pandas as pd
from markupsafe import Markup

from assetmap.public import PUBLIC
from assetmap.schema import DevolutionReview, Estimate, Scenario, check_areas, reference_table
from assetmap.show.html import bullets, joined, key_numbers, page, paragraph, picture, table, terms
from assetmap.show.pictures.figures import svg_text
from assetmap.show.review.charts import closures_chart, impact_chart
from assetmap.show.review.sites import interval_words, site_section
from assetmap.show.tables import write_csv
from assetmap.show.words import (
    NOT_KNOWN,
    counted,
    date_words,
    decimals,
    listing,
    measured_by,
    people,
    percent,
    plain,
    sentence,
    stated_limit,
    whole,
)

if TYPE_CHECKING:
    import geopandas as gpd

DISTANCES: Final = {
    "straight": "Distances are straight lines from where the people of an area live to the site. Roads are longer, and "
    "much longer around an estuary.",
    "overland": "Distances are the shortest overland routes, using the ferries named in the project's settings, from where "
    "the people of an area live to the site. Roads are longer.",
    "walk": "Travel times are minutes on foot from where the people of an area live to the site: along the roads of "
    "OpenStreetMap, or, without a road extract, a straight line times 1.2 at 5 km/h.",
    "drive": "Travel times are minutes by car along the roads of OpenStreetMap, without rush hour and parking.",
    "bus": "Travel times are minutes by bus, walks and waiting included: the median over departures from 9:00 to 17:00, "
    "Monday to Friday, in one week of the timetable.",
    "own": "Travel costs are the project's own travel times, in minutes, from an area to the site. Nothing is known beyond "
    "them.",
}
METHODS: Final = (
    "Scores compare these sites with each other: each measure counts by its rank among them. They are not absolute marks.",
    "Impact and readiness are never added together. An unknown answer does not count in a score; the interval beside the "
    "score shows what it would be if every unknown answer were bad or good.",
    "Sensitivity of the order: we drew random weights for the criteria, all equally likely. The share shows how often a "
    "site stays among the first, whatever weight each criterion has.",
    "The harm of closures is the extra distance or time one way to the nearest remaining site, in person-kilometres or "
    "person-hours. Each person counts in proportion to the need of the area (1 on average). Every combination was measured.",
    "Groups nearby are groups on the lists. The lists are a sample: few groups may mean a poor list. The estimate of "
    "unregistered groups is a share by population and tells you nothing about a single place.",
    "People and need are counted for whole small areas. These tables do not show who uses a site, what it is like inside, "
    "where buses go, or whether everyone can use the building.",
    "This review supports judgement and consultation. It does not replace them. In law, a library authority keeps its duty "
    "whoever runs the building.",
)
MOST_ROWS: Final = 15
SCENARIO_PARTS: Final = ("areas", "people", "sites", "most_affected")
DEVOLVED: Final = {"yes": "devolved", "no": "not devolved"}


def write_devolution(
    review: DevolutionReview,
    areas: gpd.GeoDataFrame,
    folder: str | Path,
    *,
    title: str,
    land: gpd.GeoDataFrame | None = None,
    estimate: Estimate | None = None,
    sources: pd.DataFrame | None = None,
    audience: str = PUBLIC,
) -> list[Path]:
    """Write the review: a page, a table, and each chart as a picture.

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
        The estimate of unregistered groups that the review used; its text is added to the methods.
    sources
        Where the data comes from (docs/tables.md).
    audience
        ``public`` or ``internal``: who may see the register that the review was made from; the head of the page says so.

    Returns
    -------
    list of pathlib.Path
        ``devolution.csv`` (one row per site, one column per reason), ``devolution.html``, ``devolution_impact.svg``,
        ``devolution_closures.svg`` (only if hours are known).
    """
    check_areas(areas)
    folder = Path(folder)
    html = folder / "devolution.html"
    text = devolution_html(
        review, areas, title=title, land=land, estimate=estimate, sources=sources, audience=audience
    )
    html.write_text(text, encoding="utf-8", newline="\n")
    written = [write_csv(review.sites, folder / "devolution.csv"), html]
    for name, svg in _charts(review).items():
        chart = folder / f"devolution_{name}.svg"
        chart.write_text(svg, encoding="utf-8", newline="\n")
        written.append(chart)
    return written


def write_scenario(scenario: Scenario, folder: str | Path) -> list[Path]:
    """Write the tables of a scenario: ``scenario_areas.csv`` and ``_people``, ``_sites`` and ``_most_affected``."""
    folder = Path(folder)
    return [write_csv(getattr(scenario, part), folder / f"scenario_{part}.csv") for part in SCENARIO_PARTS]


def devolution_html(
    review: DevolutionReview,
    areas: gpd.GeoDataFrame,
    *,
    title: str,
    land: gpd.GeoDataFrame | None = None,
    estimate: Estimate | None = None,
    sources: pd.DataFrame | None = None,
    audience: str = PUBLIC,
) -> str:
    """Return the page as HTML text; parameters as in `write_devolution`."""
    charts = _charts(review)
    sections = [
        ("impact", "Impact and readiness", _impact(review, charts)),
        ("dependence", "Who depends on one site", _dependence(review)),
        ("closures", "What closures would mean", _closures(review, charts)),
        ("sites", "Site by site", _site_by_site(review, areas, land)),
        ("criteria", "Criteria and weights", _criteria(review)),
        ("methods", "Methods and limits", _methods(review, estimate)),
    ]
    if sources is not None and len(sources):
        sections.append(("sources", "Sources", _sources(sources)))
    return page(title, audience=audience, answer=_answer(review), sections=sections)


def _charts(review: DevolutionReview) -> dict[str, str]:
    charts = {"impact": svg_text(impact_chart(review.sites))}
    if len(review.closures_front):
        charts["closures"] = svg_text(closures_chart(review.closures, review.closures_front))
    return charts


def _answer(review: DevolutionReview) -> Markup:
    sites = review.sites
    local = sites["control"] >= 3
    words = [
        f"{counted(len(part), f'site is {which}', f'sites are {which}')}: {_quadrant_words(part)}."
        for which, part in (("not devolved", sites[~local]), ("devolved", sites[local]))
        if len(part)
    ]
    sure = int(sites["quadrant_sure"].sum())
    when = review.settings.get("as_of")
    first = sites.sort_values("impact_rank").iloc[0]
    alone = review.dependence["people_only_here"].sum()
    run = counted(int(local.sum()), "is", "are")
    return joined(
        (
            paragraph(
                f"This review covers {counted(len(sites), 'site')}"
                + (f", as in {when}; " if when else "; ")
                + f"{run} run by a local council or a community body.",
                *words,
                f"For {counted(sure, 'site')} the result holds whatever the unknown answers turn out to be.",
                f"People would lose most if {plain(first['name'])} closed.",
                kind="answer",
            ),
            key_numbers(
                [
                    ("people", whole(sites["people_nearest"].sum()), "each counted at their nearest site"),
                    (
                        "people with only one site",
                        whole(alone),
                        f"within {_limit(review)}",
                    ),
                    (
                        "of answers known",
                        percent(_answers_known(review)),
                        "about conditions for social action",
                    ),
                ]
            ),
        )
    )


def _limit(review: DevolutionReview) -> str:
    return stated_limit(review.settings["limit"], review.settings["unit"])


def _quadrant_words(sites: pd.DataFrame) -> str:
    counts = sites["quadrant"].value_counts()
    names = reference_table("devolution_quadrants").index
    return listing([f"{counts[name]} “{name}”" for name in names if counts.get(name)])


def _meaning(site: pd.Series) -> str:
    words = [str(site["quadrant"])]
    if site["devolved"] == "yes":
        words.append("already devolved")
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
            plain(row["operator"]) or NOT_KNOWN,
            whole(row["people_nearest"]),
            decimals(row["impact"], 2),
            percent(row["impact_first_share"]),
            interval_words(row["readiness"], row["readiness_low"], row["readiness_high"]),
            percent(row["readiness_known_share"]),
            _meaning(row),
        )
        for number, (_, row) in _numbered(review, sites)
    ]
    headings = (
        "Site",
        "Run by",
        "People",
        "Impact",
        f"In first {first}",
        "Readiness",
        "Known",
        "What it means",
    )
    meanings = reference_table("devolution_quadrants")["meaning"]
    return joined(
        (
            picture(
                charts["impact"],
                alt="Chart of the impact and the readiness of every site. The table below has the same numbers.",
                caption="Each symbol is a site. The line through it runs from its readiness if every unknown answer were no to "
                "its readiness if every unknown answer were yes.",
                kind="map",
            ),
            terms((str(name).capitalize(), sentence(meaning)) for name, meaning in meanings.items()),
            table("Every site, highest impact first", headings, rows, numbers=(2, 3, 4, 5, 6), stacked=True),
            paragraph(
                f"People: those for whom the site is the nearest. In first {first}: the share of {whole(draws)} random "
                f"weightings in which the site has one of the {first} highest impacts. Known: the share of the readiness "
                "score that rests on known answers.",
                kind="note",
            ),
        )
    )


def _dependence(review: DevolutionReview) -> Markup:
    alone = review.dependence[review.dependence["people_only_here"] > 0]
    catchment = _limit(review)
    if alone.empty:
        return paragraph(
            f"Nobody depends on a single site: everyone within {catchment} of a site has at least two."
        )
    rows = [
        (
            plain(row["name"]),
            plain(row["operator"]) or NOT_KNOWN,
            DEVOLVED.get(row["devolved"], NOT_KNOWN),
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
                f"If one of these sites closes, these people have no other site within {catchment}. If the site is "
                "devolved, that depends on the new operator.",
                f"If every devolved site closed, {people(lost)} with a site within {catchment} today would have none.",
            ),
            table(
                f"People with no other site within {catchment}",
                ("Site", "Run by", "Devolved", "People", "Children 0 to 15", "Aged 60 and over"),
                rows,
                numbers=(3, 4, 5),
                stacked=True,
            ),
        )
    )


def _closures(review: DevolutionReview, charts: dict[str, str]) -> Markup:
    if review.closures.empty:
        return paragraph("There is only one site, so there is no remaining site to compare with.")
    single = review.closures[review.closures["closures"] == 1]
    most = int(review.closures["closures"].max())
    harm = "Harm (person-km)" if review.settings["unit"] == "m" else "Harm (person-hours)"
    headings = (
        "Closed",
        harm,
        "People further away",
        "People left without",
        "Hours a week saved",
    )
    front = review.closures_front
    sizes = "1 closure" if most == 1 else f"1 to {most} closures"
    parts: list[str | None] = [
        paragraph(
            f"We measured every combination of {sizes}: {whole(len(review.closures))} in all. Harm is the extra distance or "
            "time one way to the nearest remaining site, weighted by need."
        )
    ]
    if "closures" in charts:
        parts.append(
            picture(
                charts["closures"],
                alt="Chart of hours saved and harm. The tables below have the same numbers.",
                caption="Every combination away from the line does more harm than one on the line that saves as much.",
                kind="map",
            )
        )
        shown = front.iloc[:MOST_ROWS] if len(front) <= MOST_ROWS else front.iloc[_spread(len(front))]
        parts.append(_closures_table("Least harm for the hours saved", headings, shown))
    parts.append(_closures_table("One closure, least harm first", headings, single))
    return joined(parts)


def _spread(count: int) -> list[int]:
    """Return evenly spaced positions that include the first and the last."""
    return sorted({round(step * (count - 1) / (MOST_ROWS - 1)) for step in range(MOST_ROWS)})


def _closures_table(caption: str, headings: Sequence[str], closures: pd.DataFrame) -> Markup:
    rows = [
        (
            plain(row["closed"]),
            whole(row["harm"]),
            whole(row["people_further"]),
            whole(row["people_left_without"]),
            decimals(row["hours_saved"], 0),
        )
        for _, row in closures.iterrows()
    ]
    return table(caption, headings, rows, numbers=(1, 2, 3, 4), stacked=True)


def _numbered(review: DevolutionReview, sites: pd.DataFrame) -> list[tuple[int, tuple[str, pd.Series]]]:
    """Give each site the number of its section: its position in the review."""
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
    headings = ("Criterion", "Score", "Part", "Weight", "Scores higher with")
    return table("What counts, and how much", headings, rows, numbers=(3,), stacked=True)


def methods_of(review: DevolutionReview) -> list[str]:
    """Return sentences on how a review was made and what it does not know."""
    mode = review.settings.get("distance", "straight")
    distance = DISTANCES.get(mode, f"Travel costs are measured {measured_by(mode)}.")
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
            date_words(row["date"]),
            plain(row["licence"]),
            plain(row["attribution"]),
        )
        for _, row in sources.iterrows()
    ]
    return table("Sources", ("Source", "Publisher", "Date", "Licence", "Attribution"), rows, stacked=True)
