"""The page of a directory: one file that asks no server for anything, a plain list where no script runs.

Every entry is in the page as text. The script only hides what was not asked for and draws the map; its filters are in one short
attribute of each entry: kind, days, place, cost, steps, exchange, and the point in steps of 10 m.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Protocol

import geopandas as gpd
import pandas as pd
from markupsafe import Markup, escape

from assetmap.public import AUDIENCE_WORDS, PUBLIC
from assetmap.schema import Note
from assetmap.show.directory.frame import Frame
from assetmap.show.directory.open_data import cell_words, described_by, own_words
from assetmap.show.html import bullets, joined, link, paragraph
from assetmap.show.words import counted, date_words, plain, sentence

STATIC: Final = Path(__file__).with_name("static")
DAY_NAMES: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

COSTS: Final = {"free": "Free", "donation": "By donation", "charge": "There is a charge"}
STEPS: Final = {"yes": "Step-free", "no": "Not step-free"}
BENEFITS: Final = {
    "benefit_people": "For the people who use it",
    "benefit_community": "For the community",
    "benefit_services": "For public services",
}
BOOKINGS: Final = {"yes": "Booking or referral needed", "no": "No need to book"}

_POLICY: Final = "default-src 'none'; img-src data:; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'"
_PAGE: Final = Markup(
    """<!DOCTYPE html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="audience" content="public">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<a class="skip" href="#list">Skip to the list</a>
<header>
<h1>{title}</h1>
{lead}
</header>
<main>
<form id="find" role="search" hidden aria-label="Search the directory">
<div class="wide"><label for="words">Search</label><input id="words" type="search" autocomplete="off" aria-describedby="hint"><p id="hint">A name, a street, a postcode, or what you are looking for</p></div>
{selects}
<div class="check"><input id="maybe" type="checkbox"><label for="maybe">Also show those where this is not known</label></div>
<div class="buttons"><button type="reset">Clear</button><button type="button" id="print">Print this list</button><button type="button" id="view" aria-pressed="false">Show the map</button></div>
</form>
<p id="status" role="status"></p>
<section id="map" hidden aria-label="Map">
<div class="zoom"><button type="button" id="in">Zoom in</button><button type="button" id="out">Zoom out</button><button type="button" id="whole">Whole map</button></div>
<svg id="chart" role="group" aria-label="Map of the places found. Use the arrow keys to move and the plus and minus keys to zoom." tabindex="0" viewBox="0 0 {width} {height}"><path class="land" d="{outline}"/><g id="marks"></g><g id="labels" aria-hidden="true">{labels}</g></svg>
<p id="offmap"></p>
</section>
<section aria-labelledby="entries-heading">
<h2 id="entries-heading">Groups and places</h2>
<ul id="list">
{entries}
</ul>
<p><button type="button" id="more" hidden></button></p>
</section>
</main>
<footer>
<h2>Where this comes from</h2>
{footer}
</footer>
<script>{script}</script>
</body>
</html>
"""
)
_SELECT: Final = Markup(
    '<div><label for="{name}">{label}</label><select id="{name}"><option value="">Any</option>{options}</select></div>'
)


class DirectoryLike(Protocol):
    """What a page needs to know of a directory: `assetmap.project` makes it."""

    @property
    def title(self) -> str:
        """Heading."""

    @property
    def area_name(self) -> str:
        """What the areas are together."""

    @property
    def entries(self) -> gpd.GeoDataFrame:
        """The groups and places."""

    @property
    def times(self) -> pd.DataFrame:
        """When they are open."""

    @property
    def outline(self) -> gpd.GeoSeries:
        """The areas as one shape."""

    @property
    def places(self) -> gpd.GeoDataFrame | None:
        """Names for the map."""

    @property
    def published(self) -> tuple[str, ...]:
        """Further columns that the owner publishes."""

    @property
    def sources(self) -> pd.DataFrame:
        """Where the lists come from."""

    @property
    def notes(self) -> tuple[Note, ...]:
        """What was left out."""


def directory_html(directory: DirectoryLike) -> str:
    """Return the page of a directory.

    Parameters
    ----------
    directory
        As `make_directory` returns it.

    Returns
    -------
    str
        HTML; the same directory gives the same bytes.
    """
    entries = directory.entries
    style = (STATIC / "directory.css").read_text(encoding="utf-8")
    script = (STATIC / "directory.js").read_text(encoding="utf-8")
    kinds = sorted(set(entries["kind"]))
    places = sorted({place for place in entries["place"] if place}, key=str.casefold)
    frame = Frame(directory.outline, entries)
    name = f"Directory of groups and places: {plain(directory.area_name)}"
    return str(
        _PAGE.format(
            policy=Markup(_POLICY.format(_digest(style), _digest(script))),
            title=name,
            style=Markup(style),
            script=Markup(script),
            lead=_lead(directory),
            selects=_selects(entries, kinds, places),
            width=frame.width,
            height=frame.height,
            outline=frame.outline(directory.outline),
            labels=frame.labels(directory.places),
            entries=_entries(directory, kinds, places, frame),
            footer=_footer(directory),
        )
    )


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _lead(directory: DirectoryLike) -> Markup:
    count = counted(len(directory.entries), "group or place", "groups and places")
    return joined(
        (
            paragraph(
                f"{count} in {directory.area_name} that lists show as open. Check before you travel: things change."
            ),
            paragraph(AUDIENCE_WORDS[PUBLIC], kind="about"),
        )
    )


def _selects(entries: gpd.GeoDataFrame, kinds: list[str], places: list[str]) -> Markup:
    """Return a filter for everything that at least one entry says."""
    days = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    known = {day for cell in entries["on_days"] for day in cell}
    choices: dict[tuple[str, str], list[tuple[Any, str]]] = {
        ("kind", "Kind"): list(enumerate(kinds)),
        ("day", "Day"): [(at + 1, day) for at, day in enumerate(days) if at in known],
        ("place", "Town or village"): list(enumerate(places)),
        ("cost", "Cost"): [
            (key[0], words) for key, words in COSTS.items() if (entries["cost_kind"] == key).any()
        ],
        ("steps", "Getting in"): [
            (key[0], words) for key, words in STEPS.items() if (entries["step_free_kind"] == key).any()
        ],
        ("swap", "Offers and requests"): [
            (key, words)
            for key, words, column in (
                ("o", "Offers something", "offers_shown"),
                ("a", "Asks for something", "asks_shown"),
            )
            if (entries[column] != "").any()
        ],
    }
    return joined(
        _SELECT.format(
            name=name,
            label=label,
            options=Markup("").join(
                Markup('<option value="{}">{}</option>').format(key, words) for key, words in rows
            ),
        )
        for (name, label), rows in choices.items()
        if rows
    )


def _entries(directory: DirectoryLike, kinds: list[str], places: list[str], frame: Frame) -> Markup:
    """Return every entry as an item of the list; end tags that HTML does not need are left out."""
    entries = directory.entries
    kind_at = {kind: str(at) for at, kind in enumerate(kinds)}
    place_at = {place: str(at) for at, place in enumerate(places)}
    points, hours = frame.points(entries), hours_in_words(directory.times)
    parts = []
    for at, row in enumerate(entries.to_dict("records")):
        filters = "|".join(
            (
                kind_at[row["kind"]],
                "".join(str(day + 1) for day in row["on_days"]),
                place_at.get(row["place"], ""),
                row["cost_kind"][:1],
                row["step_free_kind"][:1],
                ("o" if row["offers_shown"] else "") + ("a" if row["asks_shown"] else ""),
                points[at],
            )
        )
        lines = [
            own_words(row, directory.published),
            _facts(row, hours.get(entries.index[at], "")),
            _where(row),
            _benefits(row),
            _exchange(row),
            _published(row, directory.published),
        ]
        body = "".join(f"<p>{line if isinstance(line, Markup) else escape(line)}" for line in lines if line)
        parts.append(f'<li data-f="{filters}"><h3>{escape(plain(row["name"]) or row["kind"])}</h3>{body}')
    return Markup("\n".join(parts))


def hours_in_words(times: pd.DataFrame) -> dict[Any, str]:
    """Return the opening hours of each place, days with the same hours together.

    Examples
    --------
    >>> rows = [("a", 0, 540, 1020), ("a", 1, 540, 1020), ("a", 5, 570, 750)]
    >>> hours_in_words(pd.DataFrame(rows, columns=["asset_id", "day", "opens", "closes"]))
    {'a': 'Mon, Tue 9:00-17:00; Sat 9:30-12:30'}
    """
    found = {}
    for asset, rows in times.groupby("asset_id", sort=False):
        weeks: dict[str, list[str]] = {}
        day: Any
        for day, stretches in rows.groupby("day"):
            words = ", ".join(
                f"{_clock(opens)}-{_clock(closes)}"
                for opens, closes in stretches[["opens", "closes"]].to_numpy()
            )
            weeks.setdefault(words, []).append(DAY_NAMES[int(day)])
        found[asset] = "; ".join(f"{', '.join(days)} {words}" for words, days in weeks.items())
    return found


def _clock(minutes: int) -> str:
    return f"{int(minutes) // 60 % 24}:{int(minutes) % 60:02d}"


def _facts(row: Mapping[Any, Any], hours: str) -> str:
    """Return kind, days, cost, steps and booking; the words of the list where they say more than our own."""
    days = cell_words(row.get("days"))
    opening = hours or cell_words(row.get("opening_times")) or ("" if days else row["days_shown"])
    steps = cell_words(row.get("step_free"))
    booking = cell_words(row.get("booking"))
    facts = [
        row["kind"],
        cell_words(row.get("operator")) and f"run by {cell_words(row.get('operator'))}",
        days,
        opening,
        cell_words(row.get("cost")),
        STEPS.get(row["step_free_kind"]) or (f"Getting in: {steps}" if steps else ""),
        BOOKINGS[row["booking_kind"]]
        if booking.casefold() in ("yes", "no") and row["booking_kind"]
        else booking,
    ]
    return " ".join(sentence(fact) for fact in facts if fact)


def _where(row: Mapping[Any, Any]) -> str:
    if row["sensitive"]:
        return "Its location is not published."
    return ", ".join(
        part for part in (cell_words(row.get(name)) for name in ("address", "town", "postcode")) if part
    )


def _benefits(row: Mapping[Any, Any]) -> Markup | str:
    """Return what it says it does for people, the community and public services, and a link to a story."""
    parts = [
        Markup("{}: {}").format(words, sentence(cell_words(row.get(column))))
        for column, words in BENEFITS.items()
        if cell_words(row.get(column))
    ]
    story = cell_words(row.get("story"))
    if story:
        parts.append(link(story, "A story in their own words"))
    return Markup(" ").join(parts)


def _exchange(row: Mapping[Any, Any]) -> str:
    parts = [
        f"{words}: {row[column]}."
        for words, column in (("Offers", "offers_shown"), ("Asks for", "asks_shown"))
        if row[column]
    ]
    return " ".join(parts)


def _published(row: Mapping[Any, Any], published: tuple[str, ...]) -> Markup | str:
    """Return the further columns that the owner publishes: a website as a link, any other with its heading."""
    parts: list[Markup] = []
    for column in published:
        words = cell_words(row.get(column))
        if not words or column == described_by(published):
            continue
        if column == "website":
            parts.append(link(words, words))
        else:
            parts.append(Markup("{}: {}").format(plain(column).replace("_", " ").capitalize(), words))
    return Markup(". ").join(parts)


def _footer(directory: DirectoryLike) -> Markup:
    rows = [
        ", ".join(part for part in (plain(title), plain(publisher), date_words(date), plain(licence)) if part)
        + f". {plain(attribution)}".rstrip(" .")
        + "."
        for title, publisher, date, licence, attribution in directory.sources.itertuples(index=False)
    ]
    return joined((bullets(rows), *(paragraph(note.sentence) for note in directory.notes)))
