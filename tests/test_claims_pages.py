"""The pages on buses, lending and options, and what the commands print, are read back against the files.

As in `test_claims_read`: a sentence with a figure that is not written again here from the tables fails, and so does a table
that says something else than its file. The made-up town has everything that Cornwall does not.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import assetmap as am
from assetmap.cli import app
from assetmap.schema import reference_table
from assetmap.show.review.methods import METHODS, OPTION_METHODS
from read_back import (
    captions_in,
    cells_of,
    counted,
    km,
    number,
    people,
    plain_text,
    sentences_in,
    sentences_of,
    share,
    unknown_in,
    without_pictures,
)

pytestmark = pytest.mark.journey

DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
SAID = {
    "Quillford Food Bank": ("tools; storage", "meeting room"),
    "Northgate Pantry": ("projector", ""),
    "Quillford Choral Society": ("minibus", "storage"),
    "Northgate Youth Club": ("", "volunteer drivers; minibus"),
}
"""What groups offer and ask for. Nobody offers a meeting room or drivers."""


class Town(NamedTuple):
    """The town, built and reviewed: its project, the pages without pictures, and every table as a file has it."""

    project: am.project.folder.Project  # type: ignore[name-defined]
    results: am.Results
    report: str
    review: str
    tables: dict[str, pd.DataFrame]
    evidence: dict[str, pd.DataFrame]
    settings: dict[str, Any]


def read(source: Any) -> pd.DataFrame:
    return pd.read_csv(source, encoding="utf-8-sig")


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    """Two libraries open on Sundays alone, when no bus runs, so that an opening would help."""
    place = tmp_path_factory.mktemp("claims")
    folder = am.new_project(place / "quillford", example="town").parent
    libraries = pd.read_csv(folder / "libraries.csv", dtype=str)
    rare = libraries["name"].isin(["Quillford Library", "Northgate Library"])
    libraries.loc[rare, DAYS] = ["", "", "", "", "", "", "10:00-12:00"]
    libraries.to_csv(folder / "libraries.csv", index=False)
    groups = pd.read_csv(folder / "groups.csv", dtype=str)
    for place_of, column in enumerate(("Can lend", "Looking for")):
        groups[column] = groups["name"].map({name: words[place_of] for name, words in SAID.items()})
    groups.to_csv(folder / "groups.csv", index=False)
    project = am.open_project(folder)
    results = am.build(project, place / "build")
    am.review_project(project, place / "review")
    with zipfile.ZipFile(place / "review" / "evidence.zip") as pack:
        evidence = {
            Path(name).stem: read(io.BytesIO(pack.read(name)))
            for name in pack.namelist()
            if name.endswith("csv")
        }
        settings = json.loads(pack.read("manifest.json"))["settings"]
    return Town(
        project,
        results,
        without_pictures((place / "build" / "report.html").read_text(encoding="utf-8")),
        without_pictures((place / "review" / "devolution.html").read_text(encoding="utf-8")),
        {path.stem: read(path) for part in ("build", "review") for path in (place / part).glob("*.csv")},
        evidence,
        settings,
    )


def section_of(page: str, anchor: str) -> str:
    return page.split(f'<section id="{anchor}"')[1].split("</section>", maxsplit=1)[0]


# There and back by bus


def opening_words(one: Any) -> str:
    more = one.people_one_day_more - one.people
    words = [f"{people(one.people)} more would have a way"] if one.people >= 1 else []
    return " and ".join(
        [*words, *([f"{people(more)} would have a way on one more day"] if more >= 1 else [])]
    )


def test_the_section_on_buses_says_what_the_files_say(town: Town) -> None:
    (anchor,) = re.findall(r'<section id="([^"]*bus[^"]*)"', town.report)
    section, groups = section_of(town.report, anchor), town.tables["bus_people"]
    areas, openings = town.tables["areas"], town.tables["bus_openings"]
    everyone = groups.set_index("group").loc["everyone"]
    assert everyone["without"] == pytest.approx(areas["people_without_bus"].sum(), abs=0.5)
    assert everyone["people"] == areas["population"].sum()
    names = town.tables["assets"].set_index("asset_id")["name"]
    known = {
        f"{people(everyone['without'])} ({share(everyone['share'])}) have no way to get to an open library by bus or on foot, "
        "stay at least 45 minutes while it is open, and get home, on any day of the week.",
        "Each way may take an hour, between 07:00 and 19:00.",
        *(
            f"{names[one.asset_id]} open on {one.day} from {one.opens} to {one.closes} "
            f"({counted(round(one.extra_hours), 'hour', 'hours')} more a week): {opening_words(one)}."
            for one in openings.head(5).itertuples()
        ),
        *(part for note in town.results.notes for part in sentences_of(note.sentence)),
    }
    few = int(((areas["people_without_bus"] > 0) | (areas["bus_days"] <= 3)).sum())
    known.add(
        f"Areas with people without a way, or with few days a week, most people first: the first 10 of {few}"
    )
    found = sentences_in(section)
    assert unknown_in(found, known) == []
    assert sum("would have a way" in one for one in found) == min(5, len(openings)) > 0
    assert cells_of(section, "People with no way there and back") == [
        [one.group[:1].upper() + one.group[1:], number(one.people), number(one.without), share(one.share)]
        for one in groups.itertuples()
    ]
    for name, column in (("children", "children_0_15"), ("60 and over", "older_60_plus")):
        inside = (areas[column] * areas["people_without_bus"] / areas["population"]).sum()
        assert groups.set_index("group").at[name, "without"] == pytest.approx(inside, abs=0.5)
    poor = areas[(areas["people_without_bus"] > 0) | (areas["bus_days"] <= 3)]
    poor = poor.sort_values(["people_without_bus", "bus_days"], ascending=[False, True]).head(10)
    assert cells_of(section, "Areas with people without a way") == [
        [
            f"{one.area_name} {one.area_code}",
            *map(
                number, (one.people_without_bus, one.bus_days, one.bus_return_minutes, one.bus_longest_stay)
            ),
            *("none" if pd.isna(word) else str(word) for word in (one.bus_last_back, one.bus_site_name)),
        ]
        for one in poor.itertuples()
    ]
    assert len(captions_in(section)) == 2


# Lending


def test_the_section_on_lending_is_counted_from_what_the_lists_say(town: Town) -> None:
    section, lines = section_of(town.report, "sharing"), town.tables["sharing"]
    labels = reference_table("resources")["label"]
    assets = town.tables["assets"]
    assets = assets[~assets["status"].isin(["closed", "proposed"])]
    said = {
        column: [code for cell in assets[column].dropna() for code in str(cell).split("; ")]
        for column in ("offers", "asks")
    }
    asks = lines.groupby(["resource", "asked_by"])["offered_by"].count()
    assert len(asks) == len(said["asks"]) == 4
    met = int((asks > 0).sum())
    found = sentences_in(section)
    known = {
        f"{len(asks)} requests are on the lists; {counted(met, 'has', 'have')} an offer within 10 km.",
        f"On the lists, {assets['offers'].notna().sum()} assets offer something that others could use and "
        f"{assets['asks'].notna().sum()} assets ask for something.",
    }
    assert unknown_in(found, known) == [] and known <= set(found)
    rows = {row[0]: row[1:] for row in cells_of(section, "What is asked for and offered")}
    assert rows == {
        labels[code]: [
            str(said["offers"].count(code)),
            str(said["asks"].count(code)),
            str(int((asks[code] > 0).sum())) if code in said["asks"] else "",
        ]
        for code in {*said["offers"], *said["asks"]}
    }
    nearest = lines[lines["offer_rank"] == 1].sort_values("distance_m", kind="stable")
    assert cells_of(section, "The nearest offer for each") == [
        [labels[one.resource], one.asked_by_name, one.offered_by_name, km(one.distance_m)]
        for one in nearest.itertuples()
    ]
    points = assets.set_index("asset_id")[["easting", "northing"]]
    apart = np.hypot(
        *(points.loc[nearest["asked_by"]].to_numpy() - points.loc[nearest["offered_by"]].to_numpy()).T
    )
    assert nearest["distance_m"].to_numpy() == pytest.approx(apart, abs=0.5)
    alone = lines[lines["offered_by"].isna()]
    assert [row[:2] for row in cells_of(section, "Requests without an offer nearby")] == [
        [labels[one.resource], one.asked_by_name] for one in alone.itertuples()
    ]
    assert len(captions_in(section)) == 3


# The review


def option_words(town: Town, option: str) -> str:
    """The sentence of an option, from its changes and the distances of its areas."""
    told = {
        "close": "closes {name}",
        "devolve": "passes on {name} to {receiver}",
        "hours": "changes the hours of {name} to {weekly_hours:g} a week",
        "open": "opens {name}",
    }
    changes = town.tables["option_changes"].query("option == @option").to_dict("records")
    begun = f"{option} {' and '.join(told[row['kind']].format(**row) for row in changes)}."
    areas = town.tables["option_areas"].query("option == @option and cost_change >= 1")
    if areas.empty:
        return f"{begun} Nobody would live further from a hall."
    before, after = (
        np.average(areas[column], weights=areas["population"]) for column in ("cost_before", "cost_after")
    )
    return (
        f"{begun} {people(areas['population'].sum())} would live further from a hall; for them the way to the nearest would be "
        f"{km(after)} on average, not {km(before)}."
    )


def pounds(low: float, high: float) -> str:
    if pd.isna(low) or pd.isna(high):
        return "not known"
    return f"£{low:,.0f}" if low == high else f"£{low:,.0f} to £{high:,.0f}"


def hours(value: float) -> str:
    return "not known" if pd.isna(value) else f"{value:g}".replace("-", "−")


def test_the_options_side_by_side_are_the_table_of_options(town: Town) -> None:
    options = town.tables["options"].set_index("option")

    def cells(column: str, words: Any = number) -> list[str]:
        return [
            "" if name == "today" and pd.isna(value) else words(value)
            for name, value in options[column].items()
        ]

    columns = {
        "People further from a hall": "people_further",
        "Of them, children aged 0 to 15": "children_further",
        "Of them, people aged 60 and over": "older_further",
        "In the tenth of areas with most need": "most_need_further",
        "Households without a car further away": "no_car_further",
        "People left without a hall within 2 km": "people_left_without",
        "People nearer to a hall": "people_nearer",
        "People with fewer opening hours to share": "people_less_access",
        "People with more opening hours to share": "people_more_access",
        "People without a hall within 2 km": "people_without",
        "Open halls": "sites_open",
        "Run by a local council or community body": "sites_local",
    }
    wanted = {label: cells(column) for label, column in columns.items()}
    wanted["On average to the nearest hall"] = cells("mean_cost", km)
    wanted["Furthest from a hall"] = cells("furthest_cost", km)
    wanted["Hours a week saved"] = cells("hours_saved", hours)
    for label, part in (("Saved in a year", "saving"), ("Saved once (repairs that are due)", "one_off")):
        ranges = options[[f"{part}_low", f"{part}_high"]].itertuples(index=False)
        wanted[label] = ["", *[pounds(*each) for each in ranges][1:]]
    rows = {row[0]: row[1:] for row in cells_of(town.review, "The options side by side")}
    assert rows == wanted
    areas = town.tables["option_areas"]
    for option, mine in areas.groupby("option"):
        further = mine[mine["cost_change"] >= 1]
        assert options.at[option, "people_further"] == further["population"].sum()
        assert options.at[option, "children_further"] == further["children_0_15"].sum()
        assert options.at[option, "furthest_cost"] == pytest.approx(mine["cost_after"].max())
        mean = np.average(mine["cost_after"], weights=mine["population"])
        assert options.at[option, "mean_cost"] == pytest.approx(mean)
    changes = town.tables["option_changes"]
    for option, mine in changes.groupby("option"):
        assert [
            [row[0], *row[2:]] for row in cells_of(section_of(town.review, "each-option"), f"{option}: the changes")
        ] == [[one.name, hours(one.hours_saved), pounds(one.saving_low, one.saving_high)] for one in mine.drop(columns="words").itertuples(index=False)]  # fmt: skip
    lines = [option_words(town, option) for option in options.index if option != "today"]
    assert [one for one in lines if one not in plain_text(town.review)] == []


def test_equality_is_the_table_of_equality(town: Town) -> None:
    known = town.tables["option_equality"]
    rows = {
        row[1]: row[2:]
        for row in cells_of(town.review, "Who would be further away")
        if "available" not in row[1]
    }

    def cell(one: pd.Series) -> str:
        if not one["of"] > 0:
            return "nobody"
        points = f"{one['points']:+.1f}".replace("-", "−")
        return f"{number(one['number'])} ({share(one['share'])}; {points}; {one['rank']:.0f} of {one['ranked']:.0f})"

    assert rows == {
        label: [share(mine["area_share"].iloc[0]), *(cell(one) for _, one in mine.iterrows())]
        for label, mine in known.groupby("label")
    }
    further = town.tables["option_areas"].query("option == 'A' and cost_change >= 1")
    children = known[(known["option"] == "A") & (known["group"] == "children_0_15")].iloc[0]
    assert children["share"] == pytest.approx(
        further["children_0_15"].sum() / further["population"].sum(), abs=1e-6
    )


def span(site: Any, name: str) -> str:
    value, low, high = (getattr(site, f"{name}{end}") for end in ("", "_low", "_high"))
    return f"{'not known' if pd.isna(value) else f'{value:.2f}'} ({low:.2f} to {high:.2f})"


def test_the_tables_of_sites_and_closures_are_those_of_the_evidence(town: Town) -> None:
    sites = town.tables["devolution"]
    chosen = sites[sites["candidate"]].sort_values("impact", ascending=False, kind="stable")
    unsure = {True: "", False: "; answers could change it"}
    assert cells_of(town.review, "Every candidate") == [
        [
            one.name, one.operator, number(one.people_nearest), f"{one.impact:.2f}", share(one.impact_first_share),
            span(one, "readiness"), share(one.readiness_known_share), f"{one.quadrant}{unsure[one.quadrant_sure]}",
        ]
        for one in chosen.itertuples(index=False)
    ]  # fmt: skip
    for caption, table in (
        ("One closure", town.evidence["closures"].query("closures == 1")),
        ("Two closures", town.evidence["closures"].query("closures == 2")),
        ("Least harm for the hours saved", town.evidence["closures_front"]),
    ):
        assert cells_of(town.review, caption) == [
            [
                one.closed,
                *map(number, (one.harm, one.people_further, one.people_left_without, one.hours_saved)),
            ]
            for one in table.itertuples()
        ], caption
    devolved = {"yes": ", run locally too"}
    assert cells_of(town.review, "Run locally") == [
        [
            one.name, one.operator, number(one.devolved_year), number(one.people_only_here), km(one.extra_cost_per_person),
            "none" if pd.isna(one.next_site) else f"{one.next_site}{devolved.get(one.next_devolved, '')}",
        ]
        for one in town.evidence["fragility"].itertuples(index=False)
    ]  # fmt: skip
    alone = town.evidence["dependence"].query("people_only_here > 0")
    said = {"yes": "devolved", "no": "not devolved"}
    assert cells_of(town.review, "People with no other site within") == [
        [
            one.name,
            one.operator,
            said.get(one.devolved, "not known"),
            *map(number, (one.people_only_here, one.children_only_here, one.older_only_here)),
        ]
        for one in alone.itertuples(index=False)
    ]
    assert [row[1] for row in cells_of(town.review, "Money and condition")] == [
        f"£{cost:,.0f}" for cost in sites["annual_cost_gbp"].dropna()
    ]
    near = town.evidence["small_areas"]
    for site in sites.itertuples(index=False):
        mine = near[near["nearest_asset_id"] == site.asset_id]
        assert site.people_nearest == mine["population"].sum()
    assert sites["people_nearest"].sum() == near["population"].sum() == 17_440


def test_the_tables_of_criteria_steps_and_sources_are_those_of_the_evidence(town: Town) -> None:
    criteria, scores = town.evidence["criteria"], town.evidence["scores"].set_index("asset_id")
    assert [row[:4] for row in cells_of(town.review, "What counts")] == [
        [one.label, one.score, one.part, f"{one.weight:g}"] for one in criteria.itertuples()
    ]
    sites = town.tables["devolution"].set_index("asset_id")
    for asset_id, given in scores.iterrows():
        rows = cells_of(town.review, f"{sites.at[asset_id, 'name']}: every criterion")
        scored = [given[criterion] for criterion in criteria["criterion"]]
        assert [row[3] for row in rows] == ["not known" if pd.isna(one) else f"{one:.2f}" for one in scored]
        measured = {row[0]: row[2] for row in rows}
        assert measured["people for whom it is the nearest"] == number(sites.at[asset_id, "people_nearest"])
        assert measured["share of them who are children or 60 and over"] == share(
            sites.at[asset_id, "young_old_share"]
        )
        assert measured["extra distance per person if it closes"] == km(
            sites.at[asset_id, "extra_cost_per_person"]
        )
    asked = reference_table("conditions_checklist")
    assert [row[0] for row in cells_of(town.review, "Conditions for social action")] == asked["number"].astype(str).tolist()  # fmt: skip
    assert len(cells_of(town.review, "Steps and risks")) == len(town.tables["option_risks"])
    assert [row[0] for row in cells_of(town.review, "Sources")] == town.evidence["sources"]["title"].tolist()


def test_every_table_of_the_review_is_checked(town: Town) -> None:
    checked = (
        "The options side by side", "A: the changes", "B: the changes", "C: the changes", "Who would be further away",
        "Every candidate", "One closure", "Two closures", "Least harm for the hours", "Run locally", "Money and condition",
        "Steps and risks", "People with no other site within", "What counts", "Conditions for social action", "Sources",
    )  # fmt: skip
    captions = captions_in(town.review)
    assert [one for one in captions if not one.startswith(checked) and "every criterion" not in one] == []
    assert len(captions) == len(checked) + int(town.tables["devolution"]["candidate"].sum())


def site_words(town: Town, site: Any) -> list[str]:
    """Everything that the section of one site says in figures."""
    near = town.evidence["small_areas"].query("nearest_asset_id == @site.asset_id")
    control = "not known" if pd.isna(site.control) else f"{site.control_label}, {site.control:.0f} of 5"
    beyond = [f"{number(getattr(site, f'people_beyond_{size}km'))} within {size} km" for size in (1, 2, 4)]
    found = (
        f"Map of {site.name} and the {counted(len(near), 'small area', 'small areas')} ({people(near['population'].sum())}) for "
        "which it is the nearest site."
    )
    replies = f"{site.conditions_yes} yes, {site.conditions_no} no, {site.conditions_unknown} not known."
    level = site.unregistered_near_level
    return [
        f"Run by {site.operator} ({control}); open {counted(site.weekly_hours, 'hour', 'hours')} a week.",
        f"Impact {site.impact:.2f}, readiness {span(site, 'readiness')}: “{site.quadrant}”.",
        f"{found} If it closed, the next site would be up to {km(near['cost_if_closed'].max())} away.",
        "Coloured: areas for which it is the nearest site. Darker: the next nearest site is further away (classes divided at "
        "1 km, 2 km and 4 km).",
        f"It is the nearest site for {people(site.people_nearest)}, including {counted(site.children_nearest, 'child', 'children')} "
        f"and {counted(site.older_nearest, 'person', 'people')} aged 60 or over. Their average need is "
        f"{'not known' if pd.isna(site.need_mean) else f'{site.need_mean:.2f}'} (1 is most).",
        f"If it closed, people would travel {km(site.extra_cost_per_person)} further on average. {site.next_site} would be the next site for at least as many of them as any other site. "
        f"{people(site.people_left_without)} would have no site within 2 km. People who would lose their only site: "
        f"{beyond[0]}, {beyond[1]} and {beyond[2]}.",
        f"Within 2 km: {counted(site.groups_listed_near, 'listed group', 'listed groups')} "
        f"({site.groups_listed_per_1000:.1f} per 1,000 people); {counted(site.groups_registered_near, 'is', 'are')} on a register. "
        f"Estimated unregistered groups (a share by population; the methods say what is counted): about {number(site.unregistered_near)} ({share(level)} interval "
        f"{number(site.unregistered_near_low)} to {number(site.unregistered_near_high)}). "
        f"{counted(site.venues_near, 'other place', 'other places')} could house it"
        f"{'' if pd.isna(site.venue_names) else f': {site.venue_names}'}.",
        replies,
        f"Now: {control}.",
        f"£{site.annual_cost_gbp:,.0f}",
    ]  # fmt: skip


def break_even_words(town: Town) -> list[str]:
    """What sites and options would have to save elsewhere: £9,000 a person over two years, as the settings say."""
    words = [
        "Break-even, over 2 years: a person who is kept out of a costlier service saves £9,000.",
        "Assumption: home care for two years costs £9,000 a person (made up, like everything here).",
    ]
    for one in town.tables["options"].query("saving_high > 0").itertuples():
        spent = 2 * one.saving_high
        most = "at most " if one.saving_low < one.saving_high else ""
        words += [
            f"Over 2 years it saves {most}£{spent:,.0f}.",
            f"That is used up if {-(-spent // 9_000):,.0f} more people need services that cost £9,000 per person over the same time.",
        ]
    for site in town.tables["devolution"].itertuples():
        spent = 2 * site.annual_cost_gbp
        kept = -(-spent // 9_000)
        part = kept / site.people_nearest if site.people_nearest else 0.0
        words += [
            f"Spending of £{spent:,.0f} over 2 years pays for itself if it keeps {people(kept)} out of services that cost £9,000 "
            "per person over 2 years.",
            f"That is {'less than 0.1%' if part < 0.001 else f'{part:.1%}'} of the people for whom it is the nearest.",
        ]
    return words


def test_the_next_site_is_the_next_for_as_many_as_any(town: Town) -> None:
    areas, said = town.evidence["small_areas"], set(sentences_in(town.review))
    for site in town.tables["devolution"].query("candidate").itertuples():
        going = areas.query("nearest_asset_id == @site.asset_id").groupby("next_name")["population"].sum()
        assert going[site.next_site] == going.max()
        assert (
            f"{site.next_site} would be the next site for at least as many of them as any other site." in said
        )


def test_every_sentence_of_the_review_with_a_figure_is_written_again_from_the_files(town: Town) -> None:
    sites, areas = town.tables["devolution"], town.evidence["small_areas"]
    options = town.tables["options"].set_index("option").drop(index="today")
    chosen = sites[sites["candidate"]]
    questions = list(reference_table("conditions_checklist").index)
    answers = town.evidence["answers"].set_index("asset_id").loc[chosen["asset_id"], questions]
    lost = areas[(areas["sites_within"] > 0) & (areas["left_if_devolved_fail"] == 0)]["population"].sum()
    closures = town.evidence["closures"]
    said = [
        f"{len(options)} options are compared with what is there today.",
        f"This review covers {len(sites)} sites; {(sites['control'] >= 3).sum()} are run by a local council or a community body.",
        f"{len(chosen)} sites are candidates: {(chosen['quadrant'] == 'too little is known').sum()} “too little is known”.",
        number(sites["people_nearest"].sum()),
        number(town.evidence["dependence"]["people_only_here"].sum()),
        "within 2 km",
        share(float((answers != "unknown").to_numpy().mean())),
        f"First: the share of {town.settings['devolution']['draws']:,} random weightings in which the site has the highest impact.",
        f"We measured every combination of 1 to {closures['closures'].max()} closures of the candidates: {len(closures)} in all.",
        f"If every site known to be devolved closed, {people(lost)} with a site within 2 km today would have none.",
        "People with no other: those with this site within 2 km and no other one.",
        "People with no other site within 2 km",
        f"For {(~chosen['quadrant_sure']).sum()} of {len(chosen)} candidates the unknown answers could change the result.",
        *METHODS,
        *OPTION_METHODS,
        town.results.estimate.text,
        *break_even_words(town),
        # what the law says, how the page is read
        "Whoever decides must have due regard to three aims (Equality Act 2010, section 149):",
        "To sell one, or let it for more than seven years, for less than the best price, a council needs a consent; there is a general one for "
        "what improves the well-being of an area (Local Government Act 1972, section 123; General Disposal Consent (England) 2003).",
        "In brackets: the share of those who lose; how many percentage points that is above or below the share of all; and the "
        "rank, 1 for the largest share among this option and each candidate closed alone.",
        *(town.settings["options"][place]["title"] for place in range(len(options))),
    ]  # fmt: skip
    for option in options.index:
        mine = town.tables["option_areas"].query("option == @option")
        further = mine[mine["cost_change"] >= 1]
        new = mine[mine["nearest_after"] != mine["nearest_before"]]
        said += [
            option_words(town, option),
            f"Map under {option}. {people(further['population'].sum())} in {len(further)} areas would be further from a site.",
            *(
                f"{name} can serve {people(part['population'].sum())} more, for whom it would become the nearest."
                for name, part in new.groupby("nearest_after")
            ),
        ]
    for change in town.tables["option_changes"].itertuples():
        site = sites[sites["asset_id"] == change.asset_id]
        said += [
            f"The {change.weekly_hours:g} hours a week at {change.name} are those when people come.",
            *(
                f"{count} of the {len(questions)} conditions for social action around {change.name}."
                for count in site["conditions_unknown"]
            ),
        ]
    for site in sites.itertuples(index=False):
        said += site_words(town, site)
    known = {part for words in said for part in (words, *sentences_of(plain_text(words)))}
    found = sentences_in(town.review)
    lost_ones = [
        one
        for one in unknown_in(found, known)
        if not re.match(r"(Annex \d: |Contents)", one) and "available: add table" not in one
    ]
    assert lost_ones == [], "not in the files:\n" + "\n".join(lost_ones)
    assert sum(bool(re.search(r"\d", one)) for one in found) > 80


# What the commands print


def printed(*words: object) -> list[str]:
    done = CliRunner().invoke(app, [str(word) for word in words])
    assert done.exit_code == 0, done.output
    return [re.sub(r"\s+", " ", line).strip() for line in done.stdout.splitlines()]


def test_gaps_prints_the_gaps_of_the_build(town: Town) -> None:
    areas = town.tables["areas"].sort_values("gap_rank")
    worst = areas[areas["gap_class"] == "3-1"]
    summary, *lines = printed("gaps", town.project.folder, "--top", 7)
    assert lines == [
        f"{one.gap_rank}. {one.area_name}, {number(one.population)} people: {one.gap_reason}"
        for one in areas.head(7).itertuples()
    ]
    said = [
        f"{len(worst)} of {len(areas)} areas",
        f"{people(worst['population'].sum())} live there",
        *(number(worst[column].sum()) for column in ("children_0_15", "older_60_plus")),
        f"{areas['area_name'].iloc[0]}: {areas['gap_reason'].iloc[0]}",
    ]
    assert [one for one in said if one not in summary] == []
    found = set(re.findall(r"\d[\d,.]*\d|\d", summary))
    assert found <= set(re.findall(r"\d[\d,.]*\d|\d", " ".join([*said, "3-1 0-15 aged 60 and under 16"])))


def test_sites_prints_the_new_sites_of_the_project(town: Town) -> None:
    """Some people can reach no library: they are counted, and no mean pretends that they have one."""
    best, areas = town.tables["new_sites"], town.tables["areas"]
    *lines, mean = printed("sites", town.project.folder, "--number", len(best))
    for place, (one, line) in enumerate(zip(best.itertuples(), lines, strict=True), start=1):
        minutes = one.cost_saved_per_person
        saved = f"save {'' if pd.isna(minutes) else counted(round(minutes), 'minute', 'minutes')} each way"
        new = number(one.people_newly_reached)
        who = f"of whom {new} can reach none now and the others {saved}"
        if one.people_newly_reached == 0:
            who = f"who {saved}"
        elif one.people_newly_reached == one.people_nearest:
            who = "who can reach none now"
        assert line == (
            f"{place}. {one.name}: nearest for {people(one.people_nearest)}, {who}; brings "
            f"{number(one.people_newly_covered)} more people within the limit"
        )
    known = areas.dropna(subset="bus_minutes")
    before = np.average(known["bus_minutes"], weights=known["population"])
    last = best.iloc[-1]
    lost = areas.loc[areas["bus_minutes"].isna(), "population"].sum()
    assert lost > last["unreached_after"] == lost - best["people_newly_reached"].sum()
    assert mean == (
        f"Mean time to the nearest: {before:.1f} minutes now, {last['mean_cost_after']:.1f} minutes with all of them. It leaves "
        f"out people who can reach none: {people(lost)} now, {number(last['unreached_after'])} with all of them."
    )
    rows = cells_of(town.report, "These 3 places together")
    assert [row[:3] + row[4:] for row in rows] == [
        [one.name, *map(number, (one.people_nearest, one.people_newly_reached, one.people_newly_covered))]
        for one in best.itertuples()
    ]


def test_whatif_prints_the_people_of_the_option(town: Town) -> None:
    heading, columns, *lines = printed("whatif", town.project.folder, "--option", "A")
    assert heading.startswith("How far: in a straight line.")
    assert columns == "people km before km after further nearer less access more"
    told = town.tables["option_people"].query("option == 'A' and people > 0")
    assert lines[: len(told)] == [
        f"{one.group} {number(one.people)} {one.mean_cost_before / 1000:.2f} {one.mean_cost_after / 1000:.2f} "
        + " ".join(
            map(
                number,
                (one.people_further, one.people_nearer, one.people_less_access, one.people_more_access),
            )
        )
        for one in told.itertuples()
    ]
    most = town.tables["option_most_affected"].query("option == 'A'")
    assert lines[len(told)].startswith("Areas that lose most first")
    assert lines[len(told) + 1 : len(told) + 1 + len(most)] == [
        f"{one.area_name}: {km(one.cost_before)} to {one.nearest_before}, then {km(one.cost_after)} to {one.nearest_after}; "
        f"{people(one.population)}"
        for one in most.itertuples()
    ]


def test_estimate_prints_the_estimate_of_the_build_with_all_its_warnings(town: Town) -> None:
    text, *notes = printed("estimate", town.project.folder)
    known = town.results.estimate
    assert text == plain_text(known.text)
    about, low, high = (number(value) for value in (known.estimate, known.low, known.high))
    assert text.startswith(
        f"About {about} unregistered groups, plausibly {low} to {high} ({share(known.level)})"
    )
    # a build also says what it leaves out of its tables
    warnings = [note for note in known.warnings if note.code != "SMOOTHED_UNRELIABLE"]
    assert notes == [f"{note.code}: {plain_text(note.sentence)}" for note in warnings]
    listed = town.tables["assets"].query("registered == 'no'")
    assert f"given that {len(listed)} have been found" in text
    alone, *_ = printed("estimate", "--population", town.tables["areas"]["population"].sum())
    rate = 3.66 * 17_440 / 1_000
    assert alone.startswith(f"About {rate:.0f} unregistered groups, plausibly ")


def test_travel_and_share_print_the_figures_of_the_report(town: Town) -> None:
    everyone = town.tables["bus_people"].set_index("group").loc["everyone"]
    said = " ".join(printed("travel", town.project.folder))
    assert f"{number(everyone['without'])} of {number(everyone['people'])} people" in said
    lines = printed("share", "--project", town.project.folder)
    asks = town.tables["sharing"].groupby(["resource", "asked_by"])["offered_by"].count()
    assert lines[0] == (
        f"{town.tables['sharing']['asked_by'].nunique()} ask for {len(asks)} things; for {(asks > 0).sum()} of them somebody "
        "within 10 km offers it."
    )
    assert [line for line in town.tables["sharing"]["sentence"] if line not in " ".join(lines)] == []


def test_devolution_prints_the_figures_of_the_page(town: Town, tmp_path: Path) -> None:
    lines = printed("devolution", town.project.folder, "--output", tmp_path / "review")
    sites = town.tables["devolution"]
    chosen = sites[sites["candidate"]].sort_values("impact", ascending=False, kind="stable")
    assert f"{len(chosen)} of {len(sites)} sites are candidates, highest impact first:" in lines
    sure = {True: "", False: "; answers could change it"}
    for one in chosen.itertuples():
        assert (
            f"{one.impact:.2f} {span(one, 'readiness')} {one.name}: {one.quadrant}{sure[one.quadrant_sure]}"
            in lines
        )
    for row in cells_of(town.review, "The options side by side"):
        assert " ".join(cell for cell in row if cell) in lines
    for one in town.evidence["fragility"].head(3).itertuples():
        assert f"{one.name}: {people(one.people_only_here)} have no other site within the limit" in lines
    for one in town.evidence["closures"].itertuples():
        assert f"{one.hours_saved:.0f} hours a week, harm {number(one.harm)} person-km: {one.closed}" in lines
    assert (
        f"{len(town.evidence['closures'])} combinations of closures of candidates ranked; least harm first:"
        in lines
    )
