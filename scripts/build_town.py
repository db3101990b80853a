"""Build data/town: a made-up town with roads, buses, libraries with hours by day, halls, groups and grants.

    python scripts/build_town.py [--output FOLDER]

Nothing in it is real. Quillford, its river, streets, buses and people are invented, and the town is drawn in the
North Sea so that nobody can take it for a real place. Everything is written from the tables below, so that a reader
can work out every answer by hand; the same code gives the same bytes. data/README.md describes the files; its table
of hashes is rewritten when the output is data/town itself.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import io
import random
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import quoteattr

import geopandas as gpd
import pyogrio
import pyproj
import shapely

DATA: Final = Path(__file__).resolve().parents[1] / "data"
TOWN: Final = DATA / "town"
ORIGIN: Final = (560_000, 420_000)
"""Easting and northing of the corner of the town, in the North Sea."""

FROM_GRID: Final = (
    "+proj=pipeline +step +inv +proj=tmerc +lat_0=49 +lon_0=-2 +k=0.9996012717 +x_0=400000 +y_0=-100000 +ellps=airy "
    "+step +proj=push +v_3 +step +proj=cart +ellps=airy "
    "+step +proj=helmert +x=446.448 +y=-125.157 +z=542.06 +rx=0.15 +ry=0.247 +rz=0.842 +s=-20.489 "
    "+convention=position_vector +step +inv +proj=cart +ellps=WGS84 +step +proj=pop +v_3 "
    "+step +proj=unitconvert +xy_in=rad +xy_out=deg"
)
"""British National Grid to longitude and latitude, the same with and without grid files."""

# code, name, west, south, east, north, people, middle of the houses, IMD rank (1 = most deprived of 33,755),
# children, people of 60 and over, households, households without a car
AREAS: Final = [
    ("E01900001", "Quillford 001A", 0, 0, 4000, 2400, 1200, (2000, 1200), 21000, 210, 380, 500, 60),
    ("E01900002", "Quillford 001B", 4000, 0, 8000, 2400, 1440, (6000, 1200), 17500, 270, 360, 600, 90),
    ("E01900003", "Quillford 001C", 8000, 0, 12000, 2400, 960, (10000, 1200), 15200, 160, 330, 400, 60),
    ("E01900004", "Quillford 001D", 0, 2400, 4000, 4800, 1520, (2000, 3000), 12100, 290, 410, 640, 130),
    ("E01900005", "Quillford 002A", 4000, 2400, 8000, 4800, 2240, (6000, 4200), 2900, 480, 400, 1000, 420),
    ("E01900006", "Quillford 002B", 8000, 2400, 12000, 4800, 1280, (10500, 3000), 6400, 240, 350, 540, 150),
    ("E01900007", "Quillford 003A", 0, 5200, 4000, 7600, 1360, (1500, 7000), 9800, 260, 340, 560, 120),
    ("E01900008", "Quillford 003B", 4000, 5200, 8000, 7600, 2400, (6000, 6000), 1400, 560, 390, 1040, 470),
    ("E01900009", "Quillford 003C", 8000, 5200, 12000, 7600, 1600, (10000, 6800), 8300, 310, 400, 660, 140),
    ("E01900010", "Quillford 004A", 0, 7600, 4000, 10000, 1120, (1500, 8400), 19400, 200, 320, 460, 50),
    ("E01900011", "Quillford 004B", 4000, 7600, 8000, 10000, 1520, (6000, 8600), 13300, 280, 370, 620, 110),
    ("E01900012", "Quillford 004C", 8000, 7600, 12000, 10000, 800, (10400, 9200), 10600, 110, 310, 340, 50),
]
OFFSETS: Final = [(-200, 0), (-100, 0), (100, 0), (200, 0), (0, -200), (0, -100), (0, 100), (0, 200)]
"""Where the eight postcodes of an area lie, in metres from the middle of its houses."""

# way: tags, points; a point is a crossing of roads wherever two ways share it
ROADS: Final[list[tuple[dict[str, str], list[tuple[int, int]]]]] = [
    (
        {"highway": "primary", "name": "Quill Road", "maxspeed": "60 mph"},
        [(6000, 0), (6000, 1200), (6000, 2400), (6000, 3600)],
    ),
    (
        {"highway": "primary", "name": "High Street", "maxspeed": "30 mph"},
        [(6000, 3600), (6000, 4200), (6000, 4700)],
    ),
    (
        {"highway": "primary", "name": "Quill Bridge", "maxspeed": "20 mph", "bridge": "yes"},
        [(6000, 4700), (6000, 5300)],
    ),
    (
        {"highway": "primary", "name": "Northgate", "maxspeed": "30 mph"},
        [(6000, 5300), (6000, 6000), (6000, 7600)],
    ),
    (
        {"highway": "primary", "name": "North Road", "maxspeed": "50 mph"},
        [(6000, 7600), (6000, 8600), (6000, 10000)],
    ),
    (
        {"highway": "secondary", "name": "Saltmarsh Road", "maxspeed": "40 mph"},
        [(0, 2400), (2000, 2400), (4000, 2400), (6000, 2400), (8000, 2400), (10500, 2400), (12000, 2400)],
    ),
    (
        {"highway": "secondary", "name": "Westhay Road", "maxspeed": "40 mph"},
        [(0, 7600), (1500, 7600), (4000, 7600), (6000, 7600), (8000, 7600), (10000, 7600), (12000, 7600)],
    ),
    ({"highway": "tertiary", "name": "Nether Street"}, [(2000, 1200), (2000, 2400), (2000, 3000)]),
    ({"highway": "tertiary", "name": "Marsh Street"}, [(10000, 1200), (10500, 2400), (10500, 3000)]),
    ({"highway": "tertiary", "name": "Hay Street"}, [(1500, 7000), (1500, 7600), (1500, 8400)]),
    ({"highway": "residential", "name": "Mill Lane"}, [(10000, 6800), (10000, 7600)]),
    ({"highway": "unclassified", "name": "Hill Lane"}, [(10000, 7600), (10200, 8400), (10400, 9200)]),
    (
        {"highway": "residential", "name": "Market Loop", "oneway": "yes", "maxspeed": "20 mph"},
        [(6000, 4200), (6400, 4200), (6400, 3600), (6000, 3600)],
    ),
    ({"highway": "footway", "name": "Library Path"}, [(6000, 6000), (6200, 6000)]),
    ({"highway": "service", "access": "private"}, [(6000, 8600), (6600, 8600)]),
    ({"highway": "residential", "name": "Eyot Lane"}, [(11500, 5000), (11800, 5000)]),
]
SIGNALS: Final = [(6000, 2400), (6000, 6000)]

STOPS: Final = {
    "NQ": ("Nether Quill Green", (2000, 2400)),
    "SE": ("Saltmarsh End", (10500, 2400)),
    "CR": ("Crossroads", (6000, 2400)),
    "TS": ("Town Square", (6000, 4200)),
    "NG": ("Northgate", (6000, 6000)),
    "RB": ("North Roundabout", (6000, 7600)),
    "WH": ("Westhay", (1500, 7600)),
    "MB": ("Mill Lane End", (10000, 7600)),
    "OV": ("Overcott Church", (10400, 9200)),
    "NR": ("North Road", (6000, 8600)),
}
MON_SAT, MON_FRI, SUN, SAT = (1, 1, 1, 1, 1, 1, 0), (1, 1, 1, 1, 1, 0, 0), (0,) * 6 + (1,), (0,) * 5 + (1, 0)
HILL: Final = (1, 1, 0, 1, 1, 0, 0)
SERVICES: Final = {"MON_SAT": MON_SAT, "MON_FRI": MON_FRI, "SUNDAY": SUN, "SATURDAY": SAT, "HILL": HILL}
FIRST_DAY, LAST_DAY = "20260104", "20261219"
NO_SERVICE: Final = ["20260403", "20260406", "20260504", "20260525", "20260831"]
"""The bank holidays of England between the two days: no weekday service."""

# route, service, stops with minutes after the start, starts as minutes of the day
WEST: Final = [("NQ", 0), ("CR", 6), ("TS", 10), ("NG", 14), ("RB", 18), ("WH", 25)]
EAST: Final = [("SE", 0), ("CR", 7), ("TS", 11)]
HILLS: Final = [("OV", 0), ("MB", 6), ("RB", 12), ("NG", 16)]
NORTH: Final = [("NR", 0), ("RB", 3), ("NG", 7), ("TS", 11)]


def back(stops: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """Return the stops of the way back, with the same minutes between them."""
    length = stops[-1][1]
    return [(stop, length - minutes) for stop, minutes in reversed(stops)]


RUNS: Final = [
    ("1", "MON_SAT", WEST, range(7 * 60, 18 * 60 + 31, 30)),
    ("1", "MON_SAT", back(WEST), range(7 * 60 + 5, 18 * 60 + 36, 30)),
    ("1", "SUNDAY", WEST, range(10 * 60, 16 * 60 + 1, 120)),
    ("1", "SUNDAY", back(WEST), range(11 * 60, 17 * 60 + 1, 120)),
    ("2", "MON_FRI", EAST, range(7 * 60 + 20, 17 * 60 + 21, 60)),
    ("2", "MON_FRI", back(EAST), range(7 * 60 + 50, 17 * 60 + 51, 60)),
    ("3", "HILL", HILLS, [9 * 60 + 30, 13 * 60 + 30]),
    ("3", "HILL", back(HILLS), [12 * 60 + 15, 15 * 60 + 40]),
    ("4", "MON_SAT", NORTH, range(8 * 60, 17 * 60 + 1, 60)),
    ("4", "MON_SAT", back(NORTH), range(8 * 60 + 30, 17 * 60 + 31, 60)),
    ("N1", "SATURDAY", [("TS", 0), ("CR", 4), ("NQ", 10)], [24 * 60 + 30]),
]
ROUTES: Final = {
    "1": "Nether Quill to Westhay",
    "2": "Saltmarsh End to Town Square",
    "3": "Overcott to Northgate",
    "4": "North Road to Town Square",
    "N1": "Night bus to Nether Quill",
}

# name, place, operator, operator type, yearly cost, weekly hours, Monday to Sunday
LIBRARIES: Final = [
    (
        "Quillford Library", (6150, 4200), "Quillford District Council", "principal_authority", 182000, "",
        "09:00-17:00", "09:00-17:00", "09:00-13:00", "09:00-17:00", "09:00-17:00", "09:30-12:30", "",
    ),
    (
        "Northgate Library", (6150, 6000), "Quillford District Council", "principal_authority", 94000, "",
        "10:00-13:00", "13:00-16:00", "", "", "09:00-17:00", "", "",
    ),
    (
        "Nether Quill Library", (2000, 2500), "Nether Quill Parish Council", "parish_council", 31000, "",
        "", "14:00-17:00", "", "10:00-13:00, 14:00-17:00", "", "10:00-12:00", "",
    ),
    (
        "Saltmarsh End Library", (10500, 2550), "Quillford District Council", "principal_authority", 58000, "",
        "10:00-13:00", "", "10:00-13:00, 14:00-17:00", "", "14:00-18:00", "", "",
    ),
    (
        "Westhay Community Library", (1500, 7500), "Friends of Westhay Library", "community_body", 9000, "9",
        "AM", "", "AM & PM", "", "", "", "",
    ),
]  # fmt: skip

# name, place, status, weekly hours, owner, operator, yearly cost, note
HALLS: Final = [
    ("Quillford Guildhall", (5950, 4150), "open", 40, "Quillford District Council", "Quillford District Council", 64000, ""),
    ("Northgate Community Centre", (6050, 5850), "open", 55, "Quillford District Council", "Northgate Community Trust", 48000, "lease ends 2028"),
    ("St Osyn's Church Hall", (6250, 4350), "open", 20, "Church of St Osyn", "Church of St Osyn", 11000, ""),
    ("Nether Quill Village Hall", (2050, 2600), "open", 18, "Nether Quill Village Hall Charity", "Nether Quill Village Hall Charity", 9000, ""),
    ("Saltmarsh Institute", (10450, 2700), "open", 12, "Quillford District Council", "Saltmarsh Institute Committee", 14000, "roof in poor repair"),
    ("Westhay Reading Room", (1550, 7250), "open", 8, "Westhay Parish Council", "Westhay Parish Council", 5000, ""),
    ("Mill Lane Scout Hut", (9950, 7000), "open", 10, "Quillford Scouts", "Quillford Scouts", 4000, ""),
    ("Overcott Village Hall", (10450, 9150), "open", 15, "Overcott Parish Council", "Overcott Hall Committee", 7000, ""),
    ("North Road Club", (6100, 8500), "closed", 0, "Quillford District Council", "", 0, "closed in 2024"),
    ("Bridge Street Centre", (5900, 4600), "closed", 0, "Quillford District Council", "", 6000, "empty; open to a community asset transfer"),
    ("Ridge Farm Barn", (6050, 1300), "proposed", 0, "Ridge Farm", "", 0, "planning permission granted"),
    ("Old Custom House", (10050, 1350), "unknown", "", "", "", "", "no answer to a letter"),
]  # fmt: skip

# name, type, area, registered, what it is for, in its own words, days, cost, step-free, booking
GROUPS: Final = [
    ("Quillford Food Bank", "food_bank", 5, "yes", "food",
     "Food for three days for anyone who has run short. We do not ask why.", "Tuesday and Friday", "free", "yes", "drop in"),
    ("Northgate Pantry", "food_bank", 8, "unknown", "food",
     "A weekly shop of fresh and tinned food for members.", "Wednesday", "£4 a shop", "yes", "membership, ask at the door"),
    ("Quillford Choral Society", "arts_culture", 5, "yes", "singing",
     "Singing for all voices. You do not have to read music.", "Thursdays", "£60 a year", "no", "drop in"),
    ("Northgate Youth Club", "youth_group", 8, "yes", "young people",
     "Games, cooking and someone to talk to, for ages 11 to 17.", "Mon, Wed and Fri", "50p", "yes", "drop in"),
    ("Mill Lane Tenants", "tenants_association", 9, "no", "neighbours",
     "Neighbours who speak up about repairs and rents.", "", "free", "", ""),
    ("Overcott Walkers", "sports_club", 12, "no", "walking",
     "Easy walks of an hour, with a dog or without.", "Sunday", "free", "no", "no booking"),
    ("Overcott Lunch Club", "lunch_club", 12, "unknown", "lunch",
     "A hot lunch and company for older people.", "Tuesday", "£5 with pudding", "yes", "book by Monday noon"),
    ("Nether Quill Gardeners", "community_garden", 4, "unknown", "gardens",
     "A shared garden; tools and seeds are there.", "Saturday", "free", "", "drop in"),
    ("Nether Quill Toddlers", "school_parents", 4, "no", "parents",
     "Play and coffee for under fives and whoever looks after them.", "Thursday", "£1", "yes", "drop in"),
    ("Saltmarsh Bell Ringers", "arts_culture", 6, "unknown", "bells",
     "Ringing is taught; the tower has 62 steps.", "Monday", "free", "no", "ask first: email"),
    ("Saltmarsh Memory Cafe", "memory_cafe", 6, "yes", "dementia",
     "Tea, music and help for people with dementia and their carers.", "Tuesday", "donation", "yes", "drop in"),
    ("Westhay Football Club", "sports_club", 7, "yes", "football", "Football for children and a veterans' side.", "", "", "", ""),
    ("Westhay Repair Cafe", "repair_cafe", 7, "unknown", "repairs",
     "Bring what is broken; we mend it together.", "first Saturday", "donation", "yes", "drop in"),
    ("North Road Allotments", "community_garden", 11, "unknown", "gardens", "", "", "£25 a year", "", "waiting list"),
    ("Quillford Over Sixties", "lunch_club", 5, "unknown", "company",
     "Company, cards and tea. Nobody sits alone.", "Tuesday and Thursday", "£2", "yes", "drop in"),
    ("Friends of Quill River", "environment", 5, "no", "river", "We look after the river bank.", "Sunday", "free", "no", "drop in"),
]  # fmt: skip

# forms of social action of data/tables/social_action.csv, as a list may write them
FORMS: Final = {
    "Quillford Food Bank": "Formal volunteering",
    "Northgate Pantry": "Co-op; volunteering",
    "Northgate Youth Club": "Formal volunteering",
    "Mill Lane Tenants": "Campaigning; community organising",
    "Overcott Lunch Club": "Unpaid care",
    "Nether Quill Gardeners": "Peer support",
    "Nether Quill Toddlers": "Peer support",
    "Saltmarsh Memory Cafe": "Peer support; co-production",
    "Westhay Repair Cafe": "Time bank",
    "Friends of Quill River": "Campaigning",
    "Quillford Library": "Formal volunteering; co-production",
    "Nether Quill Library": "Formal volunteering",
    "Westhay Community Library": "Community asset ownership; formal volunteering",
}

# who received it, where it works (areas, or anything else), pounds, date, what for, who gave it, postcode of the recipient, paid staff, led by
# users, reach
GRANTS: Final = [
    (
        "Quillford Food Bank",
        5,
        12000,
        "2024-04-18",
        "food parcels",
        "Quillford Community Fund",
        5,
        "yes",
        "no",
        "local",
    ),
    (
        "Quillford Food Bank",
        (5, 8),
        15000,
        "2025-04-22",
        "food parcels and a van",
        "Quillford Community Fund",
        5,
        "yes",
        "no",
        "local",
    ),
    (
        "Northgate Youth Club",
        8,
        8500,
        "2024-09-03",
        "holiday club",
        "Quillford Community Fund",
        8,
        "yes",
        "no",
        "local",
    ),
    (
        "Northgate Community Trust",
        8,
        22000,
        "2025-02-14",
        "kitchen",
        "Northgate Levelling Fund",
        5,
        "yes",
        "yes",
        "local",
    ),
    (
        "Mill Lane Tenants",
        9,
        600,
        "2025-06-30",
        "street party",
        "Councillors' small grants",
        9,
        "no",
        "yes",
        "local",
    ),
    (
        "Overcott Hall Committee",
        12,
        9500,
        "2024-11-11",
        "heating",
        "Rural Halls Fund",
        12,
        "no",
        "yes",
        "local",
    ),
    (
        "Overcott Lunch Club",
        12,
        900,
        "2025-01-20",
        "minibus hire",
        "Councillors' small grants",
        12,
        "no",
        "yes",
        "local",
    ),
    (
        "Nether Quill Village Hall Charity",
        4,
        5000,
        "2025-03-05",
        "doors",
        "Rural Halls Fund",
        4,
        "no",
        "yes",
        "local",
    ),
    (
        "Nether Quill Toddlers",
        4,
        300,
        "2025-05-12",
        "toys",
        "Councillors' small grants",
        4,
        "no",
        "yes",
        "local",
    ),
    (
        "Saltmarsh Memory Cafe",
        6,
        4200,
        "2024-07-01",
        "running costs",
        "Quillford Community Fund",
        None,
        "no",
        "",
        "local",
    ),
    (
        "Saltmarsh Institute Committee",
        6,
        18000,
        "2025-08-19",
        "roof survey",
        "Rural Halls Fund",
        6,
        "no",
        "yes",
        "local",
    ),
    (
        "Westhay Repair Cafe",
        None,
        750,
        "2025-09-09",
        "tools",
        "Councillors' small grants",
        7,
        "no",
        "yes",
        "local",
    ),
    (
        "Friends of Westhay Library",
        7,
        2500,
        "2024-05-28",
        "opening hours",
        "Quillford Community Fund",
        7,
        "no",
        "yes",
        "local",
    ),
    (
        "Friends of Quill River",
        5,
        1100,
        "2025-10-02",
        "litter picks",
        "Councillors' small grants",
        5,
        "no",
        "",
        "local",
    ),
    (
        "Halls for Everyone (a national charity)",
        12,
        14000,
        "2025-07-07",
        "advice to halls",
        "Rural Halls Fund",
        "ZZ9 9ZZ",
        "yes",
        "no",
        "national",
    ),
    (
        "Quillford Volunteers",
        "all of Quillford",
        20000,
        "2024-06-14",
        "a volunteering service",
        "Quillford Community Fund",
        5,
        "yes",
        "no",
        "local",
    ),
    (
        "Youth Voices North",
        8,
        "to be agreed",
        "2025-11-30",
        "a youth forum",
        "Quillford Community Fund",
        8,
        "",
        "yes",
        "local",
    ),
]

# priority, outcome, theme of need, types that serve it
OUTCOMES: Final = [
    ("Young people", "Every young person has somewhere to go", "children", "youth_group|uniformed_group"),
    ("Young people", "Families with small children have company", "children", "school_parents|family_hub"),
    ("Older people", "Nobody sits alone in the hill villages", "older_people", "lunch_club|memory_cafe"),
    ("Older people", "People with dementia and their carers have help near home", "older_people", "memory_cafe|day_centre"),
    ("Food and money", "Nobody goes hungry, and debts are dealt with early", "income", "food_bank|advice_support|credit_union"),
    ("Place", "Neighbours look after rivers, gardens and each other", "environment",
     "environment|community_garden|tenants_association|repair_cafe"),
]  # fmt: skip

# outcomes, for people, for the community, for public services, story, as each group says; the others say nothing
SAID: Final = {
    "Quillford Food Bank": ("Food and money", "Food on the day it is needed", "People give what they can spare",
                            "Fewer people in crisis at the council's desk", "https://www.example.org/quillford/food-bank"),
    "Saltmarsh Memory Cafe": ("People with dementia and their carers have help near home; Older people",
                              "An afternoon with others who understand", "Neighbours know what dementia is", "",
                              "https://www.example.org/quillford/memory-cafe"),
    "Overcott Walkers": ("Older people", "Exercise and company", "Paths that are walked stay open", "", ""),
    "Northgate Youth Club": ("Young people", "Somewhere to go and someone to talk to", "", "", ""),
    "Friends of Quill River": ("Place; Clean water", "", "A clean river bank", "", ""),
}  # fmt: skip

# group, month, people helped, sessions, volunteers, as they came back; empty: not known
COUNTS: Final = [
    ("Quillford Food Bank", "2026-09", 210, 9, 14), ("Northgate Pantry", "2026-09", 95, 4, 6),
    ("Overcott Lunch Club", "2026-09", 22, 4, 3), ("Nether Quill Toddlers", "2026-09", 18, "", ""),
    ("Quillford Food Bank", "2026-10", 225, 9, 15), ("Northgate Pantry", "2026-10", 101, 5, ""),
    ("Overcott Lunch Club", "2026-10", 24, 4, 3), ("Saltmarsh Memory Cafe", "2026-10", 16, 4, ""),
    ("Quillford Over Sixties", "2026-10", "", 8, ""), ("Quillford Chess Club", "2026-10", 12, 4, 2),
]  # fmt: skip

# the thirteen questions of data/tables/conditions_checklist.csv, in their order
QUESTIONS: Final = (
    "key_issues", "driven_people", "people_together", "champions", "money", "spaces", "expertise", "time", "volunteering_leave",
    "networks", "trust", "open_relations", "organisers",
)  # fmt: skip

# area, who answered, when, the answers: y yes, n no, anything else not known
CONDITIONS: Final = [
    ("E01900008", "a community worker", "2026-02-10", "yyyynyyn-yyny"),
    ("E01900008", "a tenant of Northgate", "2026-03-04", "yy--nynn-yn--"),
    ("E01900005", "the food bank's coordinator", "2026-01-22", "yyyyyyy--yyyy"),
    ("E01900012", "the parish clerk", "2025-11-03", "yn-nnynn-y---"),
    ("E01900012", "the parish clerk", "2026-03-18", "yn-nnynn-yy-n"),
    ("E01900006", "a volunteer of the memory cafe", "2026-02-27", "y----y---y---"),
    ("E01900004; Quillford 001A", "the hall committee", "2026-03-11", "-y---yny-yy-y"),
    ("E01900011", "a councillor", "2026-03-20", "-------------"),
]

# Two lists of groups, as an officer and a caretaker keep them, of 144 groups of which 36 are charities: so the truth is
# known, 108 groups on no register. Each list shows some kinds better than others.
LIST_PLACES: Final = (
    "Quill Mouth", "Ridge", "Old Quay", "Nether Quill", "Quillford", "Saltmarsh",
    "Westhay", "Northgate", "Mill Lane", "Westhay Moor", "North Road", "Overcott",
)  # fmt: skip
LIST_KINDS: Final = {
    "Arts group": ("Singers", "Brass Players", "Quilters", "Film Evenings"),
    "Sports club": ("Bowls Club", "Yoga Hour", "Walking Netball"),
    "Lunch club": ("Soup Lunch", "Coffee Morning"),
    "Environment group": ("Tree Wardens", "Hedgehog Watch"),
    "Peer support": ("Grief Cafe",),
}
EASY: Final = ("Arts group", "Sports club")
CHARITIES: Final = 36


def main(arguments: list[str] | None = None) -> int:
    """Write every file of the town."""
    parser = argparse.ArgumentParser(description="Build data/town, byte for byte.")
    parser.add_argument("--output", type=Path, default=TOWN, help="where to write (default: data/town)")
    output = parser.parse_args(arguments).output
    output.mkdir(parents=True, exist_ok=True)
    write_areas(output / "areas.gpkg")
    (output / "roads.osm").write_text(roads(), encoding="utf-8", newline="\n")
    write_zip(output / "buses_gtfs.zip", timetable())
    for name, text in (tables() | two_lists()).items():
        (output / name).write_text(text, encoding="utf-8", newline="\n")
    if output.resolve() == TOWN:
        update_readme(DATA / "README.md")
    return 0


def grid(point: tuple[int, int]) -> tuple[int, int]:
    """Return the easting and northing of a point of the town."""
    return ORIGIN[0] + point[0], ORIGIN[1] + point[1]


def lon_lat(point: tuple[int, int]) -> tuple[float, float]:
    """Return longitude and latitude of a point of the town, rounded to 0.1 m or better."""
    lon, lat = pyproj.Transformer.from_pipeline(FROM_GRID).transform(*grid(point))
    return round(lon, 7), round(lat, 7)


def as_csv(rows: list[Any], *heading: str) -> str:
    """Return rows as CSV text."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([heading, *rows])
    return text.getvalue()


def write_areas(path: Path) -> None:
    """Write the small areas as a GeoPackage whose bytes do not change from run to run."""
    boxes = [shapely.box(*grid((row[2], row[3])), *grid((row[4], row[5]))) for row in AREAS]
    areas = gpd.GeoDataFrame(
        {"lsoa21_code": [row[0] for row in AREAS], "lsoa21_name": [row[1] for row in AREAS]},
        geometry=boxes,
        crs="EPSG:27700",
    )
    path.unlink(missing_ok=True)
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": "2026-01-01T00:00:00.000Z"})
    pyogrio.write_dataframe(areas, path, layer="areas", driver="GPKG")


def roads() -> str:
    """Return the roads as an OpenStreetMap file."""
    points = list(dict.fromkeys(point for _, way in ROADS for point in way))
    number = {point: at for at, point in enumerate(points, start=1)}
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<osm version="0.6" generator="scripts/build_town.py">',
    ]
    for point, at in number.items():
        lon, lat = lon_lat(point)
        where = f'<node id="{at}" version="1" lat="{lat:.7f}" lon="{lon:.7f}"'
        signal = '><tag k="highway" v="traffic_signals"/></node>' if point in SIGNALS else "/>"
        lines.append(f"  {where}{signal}")
    for at, (tags, way) in enumerate(ROADS, start=1):
        inside = "".join(f'<nd ref="{number[point]}"/>' for point in way)
        inside += "".join(f"<tag k={quoteattr(key)} v={quoteattr(value)}/>" for key, value in tags.items())
        lines.append(f'  <way id="{at}" version="1">{inside}</way>')
    return "\n".join([*lines, "</osm>", ""])


def timetable() -> dict[str, str]:
    """Return the files of the timetable (GTFS)."""
    trips, times = [], []
    for route, service, stops, starts in RUNS:
        for start in starts:
            trip = f"{route}-{service}-{stops[0][0]}-{start // 60:02d}{start % 60:02d}"
            trips.append((route, service, trip, STOPS[stops[-1][0]][0]))
            for order, (stop, minutes) in enumerate(stops, start=1):
                clock = f"{(start + minutes) // 60:02d}:{(start + minutes) % 60:02d}:00"
                times.append((trip, clock, clock, stop, order))
    days = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    stops_of = [(stop, name, *reversed(lon_lat(point))) for stop, (name, point) in STOPS.items()]
    return {
        "agency.txt": as_csv(
            [("QB", "Quill Buses (made up)", "https://example.org", "Europe/London")],
            "agency_id", "agency_name", "agency_url", "agency_timezone",
        ),
        "calendar.txt": as_csv(
            [(name, *week, FIRST_DAY, LAST_DAY) for name, week in SERVICES.items()],
            "service_id", *days, "start_date", "end_date",
        ),
        "calendar_dates.txt": as_csv(
            [(name, day, 2) for day in NO_SERVICE for name in ("MON_SAT", "MON_FRI", "HILL")],
            "service_id", "date", "exception_type",
        ),
        "routes.txt": as_csv(
            [(route, "QB", route, name, 3) for route, name in ROUTES.items()],
            "route_id", "agency_id", "route_short_name", "route_long_name", "route_type",
        ),
        "stop_times.txt": as_csv(
            times, "trip_id", "arrival_time", "departure_time", "stop_id", "stop_sequence"
        ),
        "stops.txt": as_csv(stops_of, "stop_id", "stop_name", "stop_lat", "stop_lon"),
        "trips.txt": as_csv(trips, "route_id", "service_id", "trip_id", "trip_headsign"),
    }  # fmt: skip


def write_zip(path: Path, files: dict[str, str]) -> None:
    """Write a zip whose bytes do not change from run to run."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), text, zipfile.ZIP_DEFLATED, 9)


def postcodes() -> list[tuple[Any, ...]]:
    """Return eight postcodes for each area, with an eighth of its people each."""
    rows = []
    for number, row in enumerate(AREAS):
        for at, (right, up) in enumerate(OFFSETS):
            code = f"QF{number + 1} 1A{'ABDEFGHJ'[at]}"
            easting, northing = grid((row[7][0] + right, row[7][1] + up))
            rows.append((code, easting, northing, row[0], "yes", row[6] // 8))
    return rows


def two_lists() -> dict[str, str]:
    """Return a directory and a book of bookings: the same groups in part, with names written as people write them."""
    dice = random.Random(5)
    groups = [
        (f"{place} {name}", kind, f"QF{number} 1A{dice.choice('ABDEFGHJ')}")
        for number, place in enumerate(LIST_PLACES, start=1)
        for kind, names in LIST_KINDS.items()
        for name in names
    ]
    charities = set(dice.sample(range(len(groups)), CHARITIES))

    def written(easy: float, hard: float, spelled: Callable[[str], str]) -> list[tuple[str, ...]]:
        return [
            (spelled(name), kind, postcode, "yes" if number in charities else "no")
            for number, (name, kind, postcode) in enumerate(groups)
            if dice.random() < (easy if kind in EASY else hard)
        ]

    def hurried(name: str) -> str:
        place = dice.randrange(2, len(name) - 2)
        return name[:place] + name[place + 1 :] if dice.random() < 0.2 else name

    heading = ("Name of group", "Type", "Postcode", "Registered charity")
    by_officer = written(0.55, 0.45, lambda name: dice.choice([name, name, name.upper(), f"The {name}"]))
    return {
        "directory.csv": as_csv(by_officer, *heading),
        "hall_bookings.csv": as_csv(written(0.5, 0.4, hurried), *heading),
    }


def tables() -> dict[str, str]:
    """Return the tables of the town as CSV, and its assetmap.toml."""
    known = postcodes()
    middle = {row[0]: (code[7], codes) for row, code, codes in zip(AREAS, AREAS, known[::8], strict=True)}

    def nearest(point: tuple[int, int]) -> str:
        east, north = grid(point)
        return str(min(known, key=lambda row: (row[1] - east) ** 2 + (row[2] - north) ** 2)[0])

    def spot(point: tuple[int, int]) -> tuple[Any, ...]:
        return (nearest(point), *grid(point))

    code_of = {number: row[0] for number, row in enumerate(AREAS, start=1)}
    week = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    return {
        "postcodes.csv": as_csv(
            known, "postcode", "easting", "northing", "area_code", "live", "population"
        ),
        "need.csv": as_csv(
            [(row[0], row[8], row[6], row[9], row[10]) for row in AREAS],
            "lsoa21_code", "imd_rank", "population", "children_0_15", "older_60_plus",
        ),
        "cars.csv": as_csv(
            [(row[0], row[11], row[12]) for row in AREAS],
            "lsoa21_code", "households", "households_without_a_car",
        ),
        "libraries.csv": as_csv(
            [(row[0], "library", *spot(row[1]), "open", *row[2:], FORMS.get(row[0], "")) for row in LIBRARIES],
            "name", "asset_type", "postcode", "easting", "northing", "status", "operator", "operator_type",
            "annual_cost_gbp", "weekly_hours", *week, "social_action",
        ),
        "halls.csv": as_csv(
            [(row[0], "community_centre" if "Centre" in row[0] else "village_hall", *spot(row[1]), *row[2:])
             for row in HALLS],
            "name", "asset_type", "postcode", "easting", "northing", "status", "weekly_hours", "owner", "operator",
            "annual_cost_gbp", "note",
        ),
        "groups.csv": as_csv(
            [(name, kind, middle[code_of[area]][1][0], "open", registered, *told, FORMS.get(name, ""), *SAID.get(name, ("",) * 5))
             for name, kind, area, registered, *told in GROUPS],
            "name", "asset_type", "postcode", "status", "registered", "activity", "in_our_words", "days", "cost", "step_free",
            "booking", "social_action", "outcomes", "benefit_people", "benefit_community", "benefit_services", "story",
        ),
        "grants.csv": as_csv(
            [(f"Q-{at:03d}", who, works_in(place, code_of), amount, date, purpose, funder,
              middle[code_of[office]][1][0] if isinstance(office, int) else office or "", *told)
             for at, (who, place, amount, date, purpose, funder, office, *told) in enumerate(GRANTS, start=1)],
            "grant_id", "recipient", "area_code", "amount_gbp", "award_date", "purpose", "funder", "recipient_postcode",
            "paid_staff", "user_led", "reach",
        ),
        "conditions.csv": as_csv(
            [(area, who, when, *({"y": "yes", "n": "no"}.get(sign, "unknown") for sign in said))
             for area, who, when, said in CONDITIONS],
            "area", "who", "date", *QUESTIONS,
        ),
        "outcomes.csv": as_csv(OUTCOMES, "priority", "outcome", "need_theme", "asset_types"),
        "counts.csv": as_csv(COUNTS, "group", "month", "people_helped", "sessions", "volunteers"),
        "places.csv": as_csv(
            [(name, kind, *reversed(lon_lat(point))) for name, kind, point in (
                ("Quillford", "town", (6000, 4200)), ("Northgate", "suburb", (6000, 6000)),
                ("Nether Quill", "village", (2000, 2400)), ("Saltmarsh End", "village", (10500, 2400)),
                ("Westhay", "village", (1500, 7600)), ("Overcott", "village", (10400, 9200)),
            )],
            "name", "kind", "lat", "lon",
        ),
        "crossings.csv": as_csv(
            [("Quill Bridge", *grid((6000, 4700)), *grid((6000, 5300)))],
            "name", "easting_1", "northing_1", "easting_2", "northing_2",
        ),
        "assetmap.toml": PROJECT,
    }  # fmt: skip


def works_in(place: int | tuple[int, ...] | str | None, code_of: dict[int, str]) -> str:
    """Return the codes of the areas where a grant works, or the words for anything else."""
    if place is None or isinstance(place, str):
        return place or ""
    return "; ".join(code_of[area] for area in ((place,) if isinstance(place, int) else place))


def made_up(file: str, title: str) -> str:
    """Return the lines of the project file that every file of the town shares."""
    return (
        f'file = "{file}"\ntitle = "{title} (made up)"\npublisher = "the authors of assetmap"\n'
        'date = "2026"\nlicence = "MIT"\n'
    )


PROJECT: Final = "\n".join(
    [
        "# Quillford: a town that does not exist, small enough to check every answer by hand.\n",
        "[project]",
        'title = "Quillford: can people without a car get to the library?"',
        'area_name = "Quillford (a made-up town)"\npublish = ["in_our_words"]\n',
        "[areas]\n" + made_up("areas.gpkg", "Small areas of Quillford"),
        "[need]\n" + made_up("need.csv", "Need and people of Quillford") + 'index = "iod2025"\n',
        "[postcodes]\n" + made_up("postcodes.csv", "Postcodes of Quillford"),
        "[labels]\n" + made_up("places.csv", "Places of Quillford"),
        "[crossings]\n" + made_up("crossings.csv", "The bridge over the Quill"),
        '[[assets]]\nid = "libraries"\n' + made_up("libraries.csv", "Libraries of Quillford"),
        '[[assets]]\nid = "halls"\n' + made_up("halls.csv", "Halls of Quillford"),
        '[[assets]]\nid = "groups"\n' + made_up("groups.csv", "Groups of Quillford"),
        "[roads]\n" + made_up("roads.osm", "Roads of Quillford"),
        "[timetable]\n"
        + made_up("buses_gtfs.zip", "Buses of Quillford").replace(
            'file = "buses_gtfs.zip"', 'files = ["buses_gtfs.zip"]'
        ),
        "[conditions]\n" + made_up("conditions.csv", "What people say about areas of Quillford"),
        "[grants]\n" + made_up("grants.csv", "Grants in Quillford"),
        '[access]\nasset_type = "library"\ndistance = "bus"\nlimit_minutes = 45\n',
        "[[census]]\n"
        + made_up("cars.csv", "Households without a car in Quillford, in the way of table TS045"),
        '[devolution]\nasset_type = "hall"\nlimit_m = 2000\nbeyond_m = [1000, 2000, 4000]\n',
        '[[option]]\nname = "A"\ntitle = "Close the Guildhall"\nclose = ["Quillford Guildhall"]\n',
        '[[option]]\nname = "B"\ntitle = "Pass the Guildhall on"\n'
        'devolve = ["Quillford Guildhall:Quillford Town Council"]\n',
        '[[option]]\nname = "C"\ntitle = "Shorter hours at the Guildhall; Bridge Street opens again"\n'
        'hours = ["Quillford Guildhall:20"]\nopen = ["Bridge Street Centre:20"]\n',
        "[outcomes]\n" + made_up("outcomes.csv", "Priorities and outcomes of Quillford"),
        "[counts]\n" + made_up("counts.csv", "What groups of Quillford counted"),
        "[break_even]\nsaving_per_person_gbp = 9000\nyears = 2\n"
        'assumption = "home care for two years costs £9,000 a person (made up, like everything here)"\n'
        'service = "A link worker for Quillford"\nspending_gbp = 84000',
        "",
    ]
)


def update_readme(readme: Path) -> None:
    """Rewrite the table of files of the town in data/README.md."""
    lines = ["| file | kB | sha256 |", "|---|---|---|"]
    for path in sorted(path for path in TOWN.iterdir() if path.is_file()):
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        lines.append(f"| town/{path.name} | {max(1, round(path.stat().st_size / 1000))} | `{digest}` |")
    before = readme.read_text(encoding="utf-8")
    block = "<!-- town: written by scripts/build_town.py -->\n" + "\n".join(lines) + "\n<!-- end of town -->"
    pattern = re.compile(r"<!-- town: .*?<!-- end of town -->", re.S)
    readme.write_text(pattern.sub(lambda _: block, before), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    raise SystemExit(main())
