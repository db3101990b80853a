"""Every number of the two-page summary of a paper, again from the raw files of the made-up town, with loops and sums only."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace

import docx
import pytest
from docx.oxml.ns import qn

import assetmap as am
import oracles_devolution as oracles
from assetmap.project.options import read_options
from assetmap.project.review import measure_review, review_title
from assetmap.schema import data_folder
from assetmap.show.paper.write import paper_bytes
from assetmap.show.pictures.figures import keep_pixels
from assetmap.show.review.page import devolution_html

TOWN = data_folder() / "town"
LIMIT_M = 2_000
GUILDHALL, BRIDGE = "Quillford Guildhall", "Bridge Street Centre"
NOT_LOCAL = ("Quillford District Council", "Quillford Scouts", "")
"""The council that reviews its halls, and operators whose names do not say what they are."""
NUMBER = re.compile(r"\d[\d,.]*\d|\d")


def rows_of(name):
    with (TOWN / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def raw_areas():
    spots = {}
    for row in rows_of("postcodes.csv"):
        spots.setdefault(row["area_code"], []).append((float(row["easting"]), float(row["northing"])))
    cars = {row["lsoa21_code"]: int(row["households_without_a_car"]) for row in rows_of("cars.csv")}
    areas = []
    for row in rows_of("need.csv"):
        points = spots[row["lsoa21_code"]]
        areas.append(
            {
                "x": sum(x for x, _ in points) / len(points),
                "y": sum(y for _, y in points) / len(points),
                "people": int(row["population"]),
                "children": int(row["children_0_15"]),
                "older": int(row["older_60_plus"]),
                "most need": int(row["population"]) * (int(row["imd_rank"]) <= 33_755 / 10),
                "no car": cars[row["lsoa21_code"]],
            }
        )
    return areas


def raw_options():
    """The open halls today and under each option: name -> place and hours; how many are run locally."""
    halls = {row["name"]: row for row in rows_of("halls.csv")}

    def hall(name, hours=None):
        row = halls[name]
        place = float(row["easting"]), float(row["northing"])
        return (
            place,
            float(hours or row["weekly_hours"]),
            row["operator"] not in NOT_LOCAL,
        )

    today = {name: hall(name) for name, row in halls.items() if row["status"] == "open"}
    shorter = today | {GUILDHALL: hall(GUILDHALL, 20), BRIDGE: hall(BRIDGE, 20)}
    passed = today | {GUILDHALL: (*hall(GUILDHALL)[:2], True)}
    closed = {name: each for name, each in today.items() if name != GUILDHALL}
    return {"today": today, "A": closed, "B": passed, "C": shorter}, float(
        halls[GUILDHALL]["annual_cost_gbp"]
    )


def km(metres):
    return f"{metres / 1000:.1f} km"


def expected_table(areas, options, cost):
    """The table of the options, row by row, as the paper must have it."""
    today = options["today"]
    places = {name: {site: each[0] for site, each in sites.items()} for name, sites in options.items()}
    ways = {name: [oracles.nearest(area, places[name]) for area in areas] for name in options}
    shares = {
        name: oracles.access(areas, places[name], {site: each[1] for site, each in sites.items()}, LIMIT_M)
        for name, sites in options.items()
    }
    everyone = sum(area["people"] for area in areas)

    def count(what, chosen):
        return f"{sum(area[what] for area, each in zip(areas, chosen, strict=True) if each):,}"

    def each_option(words):
        return ["", *(words(name) for name in "ABC")]

    def changed(what, which):
        return each_option(
            lambda name: count(
                what, [which(was, now) for was, now in zip(ways["today"], ways[name], strict=True)]
            )
        )

    def shared(which):
        return each_option(
            lambda name: count(
                "people", [which(was, now) for was, now in zip(shares["today"], shares[name], strict=True)]
            )
        )

    def of_all(words):
        return [words(name) for name in ("today", "A", "B", "C")]

    def hours(name):
        return sum(each[1] for each in options[name].values())

    return {
        "People further from a hall": changed("people", lambda was, now: now - was >= 1),
        "Of them, children aged 0 to 15": changed("children", lambda was, now: now - was >= 1),
        "Of them, people aged 60 and over": changed("older", lambda was, now: now - was >= 1),
        "In the tenth of areas with most need": changed("most need", lambda was, now: now - was >= 1),
        "Households without a car further away": changed("no car", lambda was, now: now - was >= 1),
        "People left without a hall within 2 km": changed("people", lambda was, now: was <= LIMIT_M < now),
        "People nearer to a hall": changed("people", lambda was, now: was - now >= 1),
        "People with fewer opening hours to share": shared(lambda was, now: now < was - 1e-9),
        "People with more opening hours to share": shared(lambda was, now: now > was + 1e-9),
        "On average to the nearest hall": of_all(
            lambda name: km(
                sum(a["people"] * way for a, way in zip(areas, ways[name], strict=True)) / everyone
            )
        ),
        "Furthest from a hall": of_all(lambda name: km(max(ways[name]))),
        "People without a hall within 2 km": of_all(
            lambda name: count("people", [way > LIMIT_M for way in ways[name]])
        ),
        "Open halls": of_all(lambda name: str(len(options[name]))),
        "Run by a local council or community body": of_all(
            lambda name: str(sum(each[2] for each in options[name].values()))
        ),
        "Hours a week saved": each_option(lambda name: f"{hours('today') - hours(name):g}"),
        "Saved in a year": ["", f"£{cost:,.0f}", f"£0 to £{cost:,.0f}", "not known"],
        "Saved once (repairs that are due)": ["", *["not known"] * 3],
    } | {"": [len(today), everyone, ways]}


@pytest.fixture(scope="module")
def summary():
    """Paragraphs and tables of the paper before its contents and of its second page."""
    project = am.example_project("town")
    results = am.measure_project(project, sensitivity=False)
    settings = replace(am.project.devolution_settings(project), draws=5)
    review, compared = measure_review(project, results, settings, read_options(project))
    with keep_pixels() as pictures:
        html = devolution_html(
            review, results.areas, title=review_title(results, compared), options=compared, land=results.land
        )
    paper = docx.Document(io.BytesIO(paper_bytes(html, "review", pictures=pictures)[0]))
    words, tables = [], []
    for block in paper.element.body:
        text = "".join(part.text or "" for part in block.iter(qn("w:t"))).replace("\xa0", " ")
        if text == "Each option" and "Heading" in block.style:
            break
        if block.tag == qn("w:tbl"):
            tables.append(
                [
                    [
                        "".join(part.text or "" for part in cell.iter(qn("w:t"))).replace("\xa0", " ")
                        for cell in row.iter(qn("w:tc"))
                    ]
                    for row in block.iter(qn("w:tr"))
                ]
            )
        elif block.style not in ("toc1", "Caption", "SmallText", "Title") and text:
            words.append(text)
    return words, tables


@pytest.mark.slow
def test_every_number_of_the_two_pages_is_recomputed_from_the_raw_files(summary):
    words, (main, side_by_side) = summary
    areas, (options, cost) = raw_areas(), raw_options()
    expected = expected_table(areas, options, cost)
    count, everyone, ways = expected.pop("")
    assert side_by_side[0] == ["What is compared", "Today", "A", "B", "C"]
    assert {row[0]: row[1:] for row in side_by_side[1:]} == expected

    within = [
        [name for name, each in options["today"].items() if oracles.straight(area, each[0]) <= LIMIT_M]
        for area in areas
    ]
    alone = sum(area["people"] for area, names in zip(areas, within, strict=True) if len(names) == 1)
    assert [row[1] for row in main[1:]] == [
        f"{everyone:,}",
        f"{alone:,}",
        "0%",
    ]  # no answers are in the files
    assert NUMBER.findall(" ".join(row[2] for row in main[1:])) == ["2"]

    loses = [now - was >= 1 for was, now in zip(ways["today"], ways["A"], strict=True)]
    further = sum(area["people"] for area, each in zip(areas, loses, strict=True) if each)

    def mean(name):
        spent = sum(
            area["people"] * way for area, way, each in zip(areas, ways[name], loses, strict=True) if each
        )
        return f"{spent / further / 1000:.1f}"

    local = sum(each[2] for each in options["today"].values())
    candidates = count - local
    told = [sentence for sentence in words if NUMBER.search(sentence)]
    assert [NUMBER.findall(sentence) for sentence in told] == [
        ["3"],  # options
        [f"{further:,}", mean("A"), mean("today")],
        ["20"],  # hours of option C
        [str(count), str(local), str(candidates), str(candidates)],
    ]
    assert sum(sentence.endswith("Nobody would live further from a hall.") for sentence in words) == 2
