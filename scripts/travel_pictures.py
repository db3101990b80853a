"""Draw the pictures of travel times in Newport for the documents: ``python scripts/travel_pictures.py FOLDER docs/img``.

FOLDER holds the road extract and the bus timetable of Newport (``newport-*.osm.pbf``, ``newport-*_gtfs.zip``), which do not travel with the project.
Only the pictures do, each with its attribution: roads are of OpenStreetMap (Open Database Licence), buses of the Bus Open Data Service (Open Government
Licence). The place that everybody travels to is the stop with most buses in the week.
"""

from __future__ import annotations

import argparse
import io
from pathlib import Path
from typing import Any, Final

import matplotlib
import numpy as np
from matplotlib.colors import BoundaryNorm
from numpy.typing import NDArray
from screenshots import save_small

from assetmap.access.bus_times import bus_minutes
from assetmap.access.roads import road_minutes, snap
from assetmap.access.trip_walks import TripRules
from assetmap.read.transport.roads import read_roads
from assetmap.read.transport.timetable import read_timetable
from assetmap.schema import RoadNetwork, Roads, Timetable

matplotlib.use("Agg")

BOUNDS: Final = [0, 5, 10, 15, 20, 30, 45, 60]
PALETTE: Final = "viridis_r"
PLACES: Final = 6_000
DOTS: Final = 110
CREDIT: Final = (
    "Roads © OpenStreetMap contributors, {roads} (Open Database Licence). Buses: Bus Open Data Service, week of {week}; contains public sector "
    "information\nlicensed under the Open Government Licence v3.0. The timetable is a file for tests with some of the town's buses: the picture shows what is measured, not how "
    "good the buses are."
)


def centre_of(timetable: Timetable, roads: Roads) -> NDArray[np.float64]:
    """Return the stop inside the roads that has most departures in the week."""
    stops = timetable.stops[["easting", "northing"]].to_numpy(dtype=float)
    west, south, east, north = roads.bounds
    calls = np.bincount(
        timetable.stop, weights=timetable.runs[1:].sum(axis=0)[timetable.trip], minlength=len(stops)
    )
    inside = (stops[:, 0] > west) & (stops[:, 0] < east) & (stops[:, 1] > south) & (stops[:, 1] < north)
    return stops[[int(np.argmax(np.where(inside, calls, -1)))]]


def homes_of(network: RoadNetwork) -> NDArray[np.float64]:
    """Return places along the roads, the same in every run."""
    rng = np.random.default_rng(1)
    chosen = rng.choice(len(network.places), min(PLACES, len(network.places)), replace=False)
    return network.places[np.sort(chosen)]


def panel(
    axes: Any,
    roads: RoadNetwork,
    homes: NDArray[np.float64],
    minutes: NDArray[np.float64],
    site: NDArray[np.float64],
    title: str,
) -> Any:
    """Draw the places by minutes over thin roads; those without a usual time are crosses, not a colour."""
    from matplotlib.collections import LineCollection

    lines = np.stack([roads.points[roads.start], roads.points[roads.end]], axis=1)
    axes.add_collection(LineCollection(lines, colors="#c8c8c8", linewidths=0.25, zorder=1))
    known = np.isfinite(minutes)
    norm = BoundaryNorm(BOUNDS, 256, extend="max")
    drawn = axes.scatter(
        *homes[known].T, c=minutes[known], s=6, cmap=PALETTE, norm=norm, linewidths=0, zorder=2
    )
    if not known.all():
        axes.scatter(
            *homes[~known].T, s=6, c="#d0006f", marker="x", linewidths=0.6, zorder=2, label="no usual time"
        )
        axes.legend(loc="lower right", frameon=True, fontsize=10, markerscale=2)
    axes.plot(*site.T, marker="*", color="black", markersize=13, markeredgecolor="white", zorder=3)
    axes.set_title(title, fontsize=12, loc="left")
    axes.set_aspect("equal")
    axes.set_axis_off()
    (west, south), (east, north) = np.quantile(homes, (0.005, 0.99), axis=0)
    axes.set_xlim(west - 500, east + 500)
    axes.set_ylim(south - 500, max(north, site[0, 1]) + 900)
    return drawn


def draw(folder: Path, output: Path) -> Path:
    """Read the files, measure three ways to travel, and draw them side by side."""
    from matplotlib import pyplot

    extract = next(folder.glob("newport-*.osm.pbf"))
    roads = read_roads(extract)
    timetable = read_timetable(next(folder.glob("newport-*_gtfs.zip")))
    site, homes = centre_of(timetable, roads), homes_of(roads.walk)
    walk, drive = (
        road_minutes(network, snap(homes, network), snap(site, network))[:, 0]
        for network in (roads.walk, roads.drive)
    )
    bus = bus_minutes(timetable, homes, site, TripRules(), roads.walk)[:, 0]
    figure, axes = pyplot.subplots(1, 3, figsize=(15, 5.0), dpi=DOTS)
    figure.subplots_adjust(left=0.01, right=0.99, top=0.94, bottom=0.22, wspace=0.03)
    for at, (minutes, title) in enumerate(
        ((walk, "On foot"), (drive, "By car"), (bus, "By bus, waiting included"))
    ):
        drawn = panel(axes[at], roads.drive, homes, minutes, site, title)
    bar = figure.colorbar(
        drawn, ax=axes, orientation="horizontal", fraction=0.035, pad=0.06, aspect=60, extend="max"
    )
    bar.set_label("minutes to the stop with most buses (star)")
    dated = roads.date or extract.name.removeprefix("newport-").removesuffix(".osm.pbf")
    figure.text(
        0.125, 0.005, CREDIT.format(roads=dated, week=timetable.week.isoformat()), fontsize=8, color="#444444"
    )
    path = output / "travel-newport.png"
    whole = io.BytesIO()
    figure.savefig(whole)
    pyplot.close(figure)
    save_small(whole.getvalue(), path)
    for name, minutes in (("walk", walk), ("drive", drive), ("bus", bus)):
        known = minutes[np.isfinite(minutes)]
        print(
            f"{name}: median {np.median(known):.0f} minutes, {np.isfinite(minutes).mean():.0%} of the places have a time"
        )
    return path


def main() -> None:
    """Read the arguments and draw."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="folder with the roads and the timetable of Newport")
    parser.add_argument("output", type=Path, help="where to put the picture")
    given = parser.parse_args()
    given.output.mkdir(parents=True, exist_ok=True)
    path = draw(given.folder, given.output)
    print(f"{path} {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
