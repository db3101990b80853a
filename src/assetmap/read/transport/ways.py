"""The ways of an OpenStreetMap extract: what of them is read in the child process, and how it comes back."""

from __future__ import annotations

import json
import re
from array import array
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from assetmap.errors import InputError
from assetmap.read.transport.osm_xml import WANTED, can_read, read_items
from assetmap.read.transport.turns import turns_of
from assetmap.read.worker import Answer

MOST_NODES: Final = 80_000_000
NO_CARS: Final = (
    "no",
    "private",
    "agricultural",
    "forestry",
    "emergency",
    "psv",
    "bus",
    "military",
    "permit",
    "delivery",
)
NO_FEET: Final = ("no", "private", "military", "use_sidepath")
CAR_BARRIERS: Final = (
    "bollard",
    "block",
    "cycle_barrier",
    "chain",
    "jersey_barrier",
    "planter",
    "log",
    "stile",
    "kissing_gate",
)
FORWARD: Final = ("yes", "1", "true")
BACKWARD: Final = ("-1", "reverse")

ARRAYS: Final = ("ref", "lon", "lat")
SETS: Final = ("signals", "small_roundabouts", "shut")


@dataclass
class Ways:
    """What is read of the ways: one entry per way, and the nodes of all of them below each other."""

    number: list[int] = field(default_factory=list)
    highway: list[str] = field(default_factory=list)
    limit: list[str] = field(default_factory=list)
    direction: list[int] = field(default_factory=list)
    drive: list[bool] = field(default_factory=list)
    walk: list[bool] = field(default_factory=list)
    roundabout: list[bool] = field(default_factory=list)
    ferry_seconds: list[float] = field(default_factory=list)
    count: list[int] = field(default_factory=list)
    ref: array[int] = field(default_factory=lambda: array("q"))
    lon: array[float] = field(default_factory=lambda: array("d"))
    lat: array[float] = field(default_factory=lambda: array("d"))
    signals: set[int] = field(default_factory=set)
    small_roundabouts: set[int] = field(default_factory=set)
    shut: set[int] = field(default_factory=set)
    turns: list[tuple[int, int, int, bool]] = field(default_factory=list)
    cut: int = 0
    untimed: int = 0
    turns_unread: int = 0


@contextmanager
def reading_extract(path: Path, *also: type[Exception]) -> Iterator[None]:
    """Make one message of whatever pyosmium says of a damaged extract; ``also``: errors of its own."""
    damaged: tuple[type[Exception], ...] = (RuntimeError, ValueError, *also)
    try:
        yield
    except InputError:
        raise
    except damaged as error:
        raise InputError(
            f"'{path}' could not be read as an OpenStreetMap extract: it is damaged, cut short or another kind of file "
            f"({error}). Download it again."
        ) from error


def read_ways(path: Path, known: dict[str, tuple[bool, bool]]) -> tuple[Ways, str]:
    """Read the roads and ferries of an extract.

    Parameters
    ----------
    path
        The extract.
    known
        Class of road -> whether cars, and whether people on foot, use it.

    Returns
    -------
    tuple
        The ways, and the date of the extract where it says one.

    Raises
    ------
    InputError
        If the extract is damaged or too large, or pyosmium is not installed and the extract is not a small ``.osm``.
    """
    ways = Ways()
    with reading_extract(path):
        items, date = _items(path)
        for item in items:
            if item.is_node():
                _take_node(item.id, item.tags, ways)
            elif item.is_way():
                _take_way(item, known, ways)
            elif item.is_relation() and item.tags.get("type", "").startswith("restriction"):
                _take_relation(item, ways)
            if len(ways.ref) > MOST_NODES:
                raise InputError(
                    f"'{path}' has more than {MOST_NODES:,} nodes of roads. Take a smaller extract."
                )
    return ways, date


def _items(path: Path) -> tuple[Iterable[Any], str]:
    """Return the nodes, ways and relations with a tag that matters, and the date of the extract where it says one."""
    try:
        import osmium
    except ImportError as error:
        if can_read(path):
            return read_items(path), ""
        raise InputError("Reading roads needs pyosmium: pip install 'assetmap[travel]'.") from error
    with osmium.io.Reader(str(path)) as reader:
        date = reader.header().get("osmosis_replication_timestamp", "")[:10]

    def found() -> Iterator[Any]:
        try:
            yield from (
                osmium.FileProcessor(str(path)).with_locations().with_filter(osmium.filter.KeyFilter(*WANTED))
            )
        except osmium.InvalidLocationError as wrong:
            raise ValueError(str(wrong)) from wrong

    return found(), date


def _take_relation(relation: Any, ways: Ways) -> None:
    turns = turns_of(relation)
    if turns is None:
        ways.turns_unread += 1
    else:
        ways.turns += turns


def _take_node(number: int, tags: Any, ways: Ways) -> None:
    highway = tags.get("highway", "")
    if "traffic_signals" in highway:
        ways.signals.add(number)
    elif highway == "mini_roundabout":
        ways.small_roundabouts.add(number)
    elif highway == "crossing" and tags.get("crossing") == "traffic_signals":
        ways.signals.add(number)
    barrier = tags.get("barrier")
    if barrier and not _may_pass(barrier, tags):
        ways.shut.add(number)


def _may_pass(barrier: str, tags: Any) -> bool:
    allowed = _first(tags, ("motorcar", "motor_vehicle", "vehicle", "access"))
    if allowed:
        return allowed not in NO_CARS
    return barrier not in CAR_BARRIERS


def _first(tags: Any, names: Iterable[str]) -> str:
    return next((value for name in names if (value := tags.get(name))), "")


def _take_way(way: Any, known: dict[str, tuple[bool, bool]], ways: Ways) -> None:
    tags = way.tags
    highway, ferry = tags.get("highway", ""), tags.get("route") == "ferry"
    if tags.get("area") == "yes" or (highway not in known and not ferry):
        return
    for_cars, for_feet = known.get(highway, (False, True))
    cars = _first(tags, ("motorcar", "motor_vehicle", "vehicle", "access"))
    feet = _first(tags, ("foot", "access"))
    drive = (for_cars and cars not in NO_CARS) or (ferry and cars not in ("", *NO_CARS))
    walk = for_feet and feet not in NO_FEET
    if not drive and not walk:
        return
    before = len(ways.ref)
    for node in way.nodes:
        place = node.location
        if not place.valid():
            # the extract ends here
            ways.cut += 1
            continue
        ways.ref.append(node.ref)
        ways.lon.append(place.lon)
        ways.lat.append(place.lat)
    if len(ways.ref) - before < 2:
        del ways.ref[before:], ways.lon[before:], ways.lat[before:]
        return
    roundabout = tags.get("junction") in ("roundabout", "circular")
    oneway = tags.get("oneway", "yes" if roundabout or highway == "motorway" else "no")
    seconds = _duration(tags.get("duration", "")) if ferry else 0.0
    ways.untimed += ferry and seconds == 0
    ways.count.append(len(ways.ref) - before)
    ways.number.append(way.id)
    ways.highway.append(highway if not ferry else "ferry")
    ways.limit.append(tags.get("maxspeed", ""))
    ways.direction.append(1 if oneway in FORWARD else -1 if oneway in BACKWARD else 0)
    ways.drive.append(drive)
    ways.walk.append(walk)
    ways.roundabout.append(roundabout)
    ways.ferry_seconds.append(seconds)


def _duration(text: str) -> float:
    """Return the seconds of a ferry: "01:30", "25" (minutes), "PT25M"; 0 where it is not given."""
    if match := re.match(r"^(\d{1,2}):(\d\d)(?::\d\d)?$", text.strip()):
        return (int(match[1]) * 60 + int(match[2])) * 60.0
    if match := re.match(r"^PT(?:(\d+)H)?(?:(\d+)M)?$", text.strip().upper()):
        return (int(match[1] or 0) * 60 + int(match[2] or 0)) * 60.0
    return float(text) * 60 if re.match(r"^\d+(\.\d+)?$", text.strip()) else 0.0


def ways_answer(ways: Ways, date: str) -> Answer:
    """Pack the ways for the way out of the child process."""
    rest = {name: value for name, value in vars(ways).items() if name not in ARRAYS}
    rest |= {name: sorted(rest[name]) for name in SETS}
    return Answer(
        {"date": date}, (json.dumps(rest).encode(), *(getattr(ways, name).tobytes() for name in ARRAYS))
    )


def ways_of(answer: Answer) -> Ways:
    """Unpack what `ways_answer` packed."""
    ways = Ways(**json.loads(answer.parts[0]))
    for name in SETS:
        setattr(ways, name, set(getattr(ways, name)))
    for name, part in zip(ARRAYS, answer.parts[1:], strict=True):
        getattr(ways, name).frombytes(part)
    return ways
