"""The referral sheet: one page in large print with a small map, as HTML and as a Word document.

It carries nothing of the person: no name, no age, no postcode, and the map does not show a home.
"""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np
from markupsafe import Markup

from assetmap.public import AUDIENCE_WORDS, INTERNAL
from assetmap.show.directory.open_data import cell_words
from assetmap.show.html import joined
from assetmap.show.pictures.figures import INK, add_halo, image_address, new_figure, quiet_style
from assetmap.show.words import listing, plain, sentence

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from matplotlib.figure import Figure

MOST_PLACES: Final = 2
"""More do not fit on one page in large print (16 points)."""
ASKED: Final = {"When": "days and times", "Cost": "cost", "Getting in": "steps", "Booking": "booking"}
"""What a list may leave out, as the sheet names it."""

FAR_WALK: Final = 15.0
"""Minutes on foot from which the bus is named as well."""
NEAR_EDGE: Final = 0.55
"""From this share of the way to the edge of the map on, a name runs towards the middle."""

MAP_PT: Final = (430.0, 230.0)
HEADING: Final = "Places to try"
CHECK: Final = "Ring or look before you go: times change."
FIXED_DATE: Final = (2000, 1, 1, 0, 0, 0)
"""The date of every part of a document, so that the same sheet gives the same bytes."""

_STYLE: Final = """
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem; max-width: 46rem; background: #fff; color: #1f2933; font: 1.25rem/1.4 system-ui, "Segoe UI", Arial, "Liberation Sans", sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 2rem; line-height: 1.15; margin: 0 0 .4rem; }
h2 { font-size: 1.5rem; line-height: 1.2; margin: 1.1rem 0 .3rem; padding-top: .7rem; border-top: 3px solid #1f2933; }
p { margin: 0 0 .4rem; }
dl { margin: 0; display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; }
dt { font-weight: 650; } dd { margin: 0; }
figure { margin: 1.2rem 0 .6rem; } img { display: block; width: 100%; height: auto; border: 1px solid #cbd2d9; }
figcaption, .small { font-size: 1rem; }
@media (max-width: 36rem) { body { padding: 1rem; } dl { grid-template-columns: 1fr; } dd { margin-bottom: .4rem; } }
@media print { @page { size: A4; margin: 14mm; } body { padding: 0; max-width: none; font-size: 16pt; line-height: 1.25; } h1 { font-size: 24pt; } h2 { font-size: 18pt; margin-top: 3mm; padding-top: 2mm; }
  section, figure { break-inside: avoid; } figure { margin: 3mm 0 0; } img { max-height: 62mm; width: auto; } figcaption, .small { font-size: 12pt; } }
"""
_PAGE: Final = Markup(
    """<!DOCTYPE html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="audience" content="{audience}">
<title>{heading}</title>
<style>{style}</style>
</head>
<body>
<main>
<h1>{heading}</h1>
<p>{asked}</p>
{places}
{map}
<p><strong>{check}</strong></p>
<p class="small">{audience_words}</p>
</main>
</body>
</html>
"""
)


class FoundLike(Protocol):
    """What a sheet needs to know of what was found: `assetmap.project` makes it."""

    @property
    def request(self) -> Any:
        """With ``sentence``: what was looked for."""

    @property
    def table(self) -> pd.DataFrame:
        """What was found, best first."""

    @property
    def points(self) -> gpd.GeoSeries:
        """Where it is."""

    @property
    def audience(self) -> str:
        """Contacts are shown only to an internal audience."""

    @property
    def area_name(self) -> str:
        """What the areas are together."""

    @property
    def outline(self) -> gpd.GeoSeries:
        """The small areas, for the map."""

    @property
    def places(self) -> gpd.GeoDataFrame | None:
        """Names for the map."""


def referral_html(found: FoundLike) -> str:
    """Return the sheet as a page: the best two places, with a small map.

    Parameters
    ----------
    found
        As `find_for_person` returns it.

    Returns
    -------
    str
        HTML without script; it prints on one A4 page.
    """
    sections = []
    for number, (heading, facts) in enumerate(_places(found), start=1):
        rows = joined(Markup("<dt>{}</dt><dd>{}</dd>").format(term, words) for term, words in facts)
        sections.append(
            Markup(
                '<section aria-labelledby="p{0}"><h2 id="p{0}">{0}. {1}</h2><dl>{2}</dl></section>'
            ).format(number, heading, rows)
        )
    drawn = _map(found)
    picture = (
        Markup('<figure><img src="{}" alt="{}"><figcaption>{}</figcaption></figure>').format(
            image_address(drawn), _map_words(found), "The numbers are those of the places above."
        )
        if drawn is not None
        else Markup("")
    )
    digest = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
    return str(
        _PAGE.format(
            digest=digest,
            style=Markup(_STYLE),
            heading=HEADING,
            audience=found.audience,
            audience_words=AUDIENCE_WORDS[found.audience],
            asked=_asked(found),
            places=joined(sections),
            map=picture,
            check=CHECK,
        )
    )


def write_referral_docx(found: FoundLike, path: str | Path) -> Path:
    """Write the sheet as a Word document, to be changed before it is printed.

    Parameters
    ----------
    found
        As `find_for_person` returns it.
    path
        File to write.

    Returns
    -------
    pathlib.Path
        The file; the same sheet gives the same bytes.
    """
    import datetime as dt

    from docx import Document
    from docx.shared import Mm, Pt

    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(16)
    normal: Any = document.styles["Normal"]
    normal.font.name, normal.font.size = "Arial", Pt(16)
    normal.paragraph_format.space_after = Pt(2)
    for name, size in (("Title", 26), ("Heading 1", 18)):
        style: Any = document.styles[name]
        style.font.name, style.font.size, style.font.color.rgb = "Arial", Pt(size), None
        _without_theme(style)
    document.add_heading(HEADING, level=0)
    document.add_paragraph(_asked(found))
    for number, (heading, facts) in enumerate(_places(found), start=1):
        document.add_heading(f"{number}. {heading}", level=1)
        for term, words in facts:
            line = document.add_paragraph()
            line.add_run(f"{term}: ").bold = True
            line.add_run(words)
    drawn = _map(found)
    if drawn is not None:
        content = io.BytesIO()
        drawn.savefig(content, format="png", dpi=200, metadata={"Software": None})
        content.seek(0)
        shape = document.add_picture(content, width=Mm(120))
        shape._inline.docPr.set("descr", _map_words(found))
        around = document.paragraphs[-1].paragraph_format
        around.space_before = around.space_after = Pt(12)
    document.add_paragraph().add_run(CHECK).bold = True
    document.add_paragraph().add_run(AUDIENCE_WORDS[found.audience]).font.size = Pt(12)
    told = document.core_properties
    told.title, told.author, told.comments = HEADING, "assetmap", ""
    told.created = told.modified = dt.datetime(*FIXED_DATE)
    content = io.BytesIO()
    document.save(content)
    path = Path(path)
    path.write_bytes(_with_fixed_dates(content.getvalue()))
    return path


def _without_theme(style: Any) -> None:
    """Take away the fonts of the theme, which win over the font of a style."""
    fonts = style.element.rPr.rFonts
    for name in [name for name in fonts.attrib if name.endswith("Theme")]:
        del fonts.attrib[name]


def _with_fixed_dates(content: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name, FIXED_DATE), old.read(name), zipfile.ZIP_DEFLATED)
    return made.getvalue()


def _asked(found: FoundLike) -> str:
    count = min(len(found.table), MOST_PLACES)
    if not count:
        return f"You were looking for: {found.request.sentence}. Nothing was found near you."
    return f"You were looking for: {found.request.sentence}."


def _places(found: FoundLike) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the name of each place with what a person must know, in this order; what is not known says so."""
    made = []
    for row in found.table.head(MOST_PLACES).to_dict("records"):
        days = cell_words(row["days"]) or cell_words(row["opening_times"]) or row["days_shown"]
        told = {
            "When": cell_words(days),
            "Cost": cell_words(row["cost"]),
            "Getting in": _steps(row),
            "Booking": cell_words(row["booking"]),
        }
        where = [cell_words(row.get(name)) for name in ("address", "town", "postcode")]
        unknown = [ASKED[term] for term, words in told.items() if not words]
        facts = [
            ("What", sentence(row["kind"])),
            *((term, sentence(words)) for term, words in told.items()),
            ("Where", ", ".join(part for part in where if part)),
            ("How far", sentence(far_words(row))),
            ("Not known", f"{sentence(listing(unknown))} Ask first." if unknown else ""),
        ]
        if found.audience == INTERNAL:
            ask = [cell_words(row.get(name)) for name in ("phone", "email", "website")]
            facts.append(("Who to ask", ", ".join(part for part in ask if part)))
        made.append((plain(row["name"]), [(term, words) for term, words in facts if words]))
    return made


def _steps(row: Mapping[Any, Any]) -> str:
    return {"yes": "No steps", "no": "There are steps"}.get(row["step_free_kind"]) or cell_words(
        row["step_free"]
    )


def far_words(row: Mapping[Any, Any]) -> str:
    """Return the way in words: minutes on foot and by bus where they are known, else the straight line."""
    walk, bus = row["walk_minutes"], row["bus_minutes"]
    parts = []
    if np.isfinite(walk):
        parts.append(f"about {max(1, round(walk))} minutes on foot")
    if np.isfinite(bus) and (not np.isfinite(walk) or (walk > FAR_WALK and bus < walk)):
        parts.append(f"about {max(1, round(bus))} minutes by bus, including waiting")
    if parts:
        return ", or ".join(parts)
    town = " (to the middle of the town)" if row.get("location_precision") == "place" else ""
    return f"{row['distance_km']:.1f} km in a straight line{town}"


def _located(found: FoundLike) -> list[tuple[int, Any]]:
    points = found.points.reindex(found.table.head(MOST_PLACES).index)
    return [
        (at, point) for at, point in enumerate(points, start=1) if point is not None and not point.is_empty
    ]


def _map_words(found: FoundLike) -> str:
    names = found.table["name"].head(MOST_PLACES).tolist()
    told = ", ".join(f"{at} {plain(names[at - 1])}" for at, _ in _located(found))
    return f"Map of {plain(found.area_name)} with {told}."


def _side(across: float) -> str:
    """Return how a name is aligned, so that the edge of the map does not cut it: -1 is the left edge, 1 the right."""
    return "left" if across < -NEAR_EDGE else "right" if across > NEAR_EDGE else "center"


def _map(found: FoundLike) -> Figure | None:
    """Draw the places by number with the towns around them; None where no place has a point."""
    located = _located(found)
    if not located:
        return None
    spots: dict[tuple[int, int], list[int]] = {}
    for at, point in located:
        spots.setdefault((round(point.x, -2), round(point.y, -2)), []).append(at)
    easts, norths = [point.x for _, point in located], [point.y for _, point in located]
    half = max(
        (max(easts) - min(easts)) / 2 * 1.3,
        (max(norths) - min(norths)) / 2 * 1.3 * MAP_PT[0] / MAP_PT[1],
        2_500.0,
    )
    east, north = (max(easts) + min(easts)) / 2, (max(norths) + min(norths)) / 2
    tall = half * MAP_PT[1] / MAP_PT[0]
    with quiet_style():
        figure = new_figure(*MAP_PT)
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set_xlim(east - half, east + half)
        axes.set_ylim(north - tall, north + tall)
        axes.set_axis_off()
        figure.patch.set_facecolor("#eaf1f6")
        for shape in found.outline.cx[east - half : east + half, north - tall : north + tall]:
            for part in getattr(shape, "geoms", [shape]):
                axes.fill(*part.exterior.xy, facecolor="#fbfbf9", edgecolor="#d5dbe1", linewidth=0.6)
        if found.places is not None:
            for name, point in zip(found.places["name"], found.places.geometry.to_numpy(), strict=True):
                if abs(point.x - east) < half * 0.9 and abs(point.y - north) < tall * 0.85:
                    text = axes.annotate(
                        plain(name),
                        (point.x, point.y),
                        (0, 15),
                        textcoords="offset points",
                        ha=_side(float(point.x - east) / half),
                        size=16,
                        color="#52606d",
                    )
                    add_halo(text, 3)
        for (x, y), numbers in spots.items():
            axes.plot(x, y, "o", markersize=23, color=INK, markeredgecolor="white", markeredgewidth=1.5)
            axes.text(
                x,
                y,
                ",".join(map(str, numbers)),
                ha="center",
                va="center",
                size=14 if len(numbers) == 1 else 10,
                color="white",
                weight="bold",
            )
    return figure
