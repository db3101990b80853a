"""The page around a folium map: everything is in one file, and only its own scripts can run.

No template engine, HTML parser or JavaScript parser ever reads the data. They are one gzip + base64 text that the
page unpacks and shows as text. (branca compiles rendered text as a template a second time: a name with
``{{ 7*7 }}`` in it would become 49.) folium renders the layers that a user adds, so the user must trust their text.
"""

from __future__ import annotations

import base64
import functools
import gzip
import hashlib
import json
import re
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import folium
from branca.element import CssLink, Element, Figure, JavascriptLink
from folium.template import Template

from assetmap.public import AUDIENCE_WORDS
from assetmap.schema import InputError, first_few
from assetmap.show.map.scripts import join_modules

STATIC: Final = Path(__file__).resolve().parent / "static"

ENTRY: Final = "start.js"
"""The module of the page that imports all others."""

VENDORED: Final = {
    "leaflet.js": "leaflet.js",
    "leaflet.css": "leaflet.css",
    "leaflet.markercluster.js": "leaflet.markercluster.js",
    "MarkerCluster.css": "MarkerCluster.css",
    "MarkerCluster.Default.css": "MarkerCluster.Default.css",
}
"""End of an address that folium would download, and our file that replaces it."""

TILE_NAMES: Final = {"osm": "OpenStreetMap"}
PACKING: Final = 6
"""Level 9 takes three times as long and saves 1%."""

MIN_ZOOM: Final = 4
MAX_ZOOM: Final = 18


class AssetMap(folium.Map):
    """A folium map with the page of this package.

    Parameters
    ----------
    payload
        The value that `assetmap.show.map.make` put together.
    bounds
        West, south, east and north of the areas (degrees).
    tiles
        As `folium.Map` takes it.
    """

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            var {{ this.get_name() }} = L.map(
                {{ this.get_name()|tojson }},
                {...{center: {{ this.location|tojson }}, crs: L.CRS.{{ this.crs }}}, ...{{ this.options|tojavascript }}}
            );
        {% endmacro %}
        """
    )
    default_js: list[tuple[str, str]] = []  # noqa: RUF012 (folium's own attribute)
    default_css: list[tuple[str, str]] = []  # noqa: RUF012

    def __init__(
        self, payload: dict[str, Any], *, bounds: tuple[float, float, float, float], tiles: Any = None
    ) -> None:
        if isinstance(tiles, str):
            tiles = TILE_NAMES.get(tiles.lower(), tiles)
        west, south, east, north = bounds
        super().__init__(
            location=[round((south + north) / 2, 4), round((west + east) / 2, 4)],
            zoom_start=9,
            tiles=tiles,
            keyboard=False,
            zoom_snap=0.25,
            zoom_delta=0.5,
            wheel_px_per_zoom_level=90,
            attribution_control=bool(tiles),
        )
        self.options |= {"min_zoom": MIN_ZOOM, "max_zoom": MAX_ZOOM}  # folium gives them to tiles only
        payload["bounds"] = [round(bound, 4) for bound in bounds]
        self.payload = payload
        self.vendored: dict[str, str] = {}
        """Text that replaces an address which an added plugin would download: ``{address: text}``."""
        packed = pack(payload)
        self._id = hashlib.sha256(packed.encode("ascii")).hexdigest()[:32]
        self._packed = packed
        AssetFigure().add_child(self)

    def render(self, **kwargs: Any) -> str:
        """Render into the figure as every folium element does, but without the libraries that folium would download."""
        figure: Any = self.get_root()
        script = self._template.module.__dict__["script"](self, kwargs)
        figure.script.add_child(PlainText(script), name=self.get_name())
        for element in self._children.values():
            element.render(**kwargs)
        return ""


class PlainText(Element):
    """Text that goes into the page unchanged and is never compiled as a template."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._name = "PlainText"
        self.text = text

    def render(self, **_kwargs: Any) -> str:
        """Return the text."""
        return self.text


class AssetFigure(Figure):
    """The document: our own page with the map and whatever was added to it."""

    def __init__(self) -> None:
        super().__init__(height="640px")
        self.header._children.clear()

    def render(self, **kwargs: Any) -> str:
        """Return the page. Rendering twice gives the same bytes."""
        page = next(child for child in self._children.values() if isinstance(child, AssetMap))
        parts = (self.header, self.html, self.script)
        before = [part._children.copy() for part in parts]
        try:
            for child in self._children.values():
                child.render(**kwargs)
            added = [_rendered(part, page.vendored) for part in parts]
        finally:
            for part, children in zip(parts, before, strict=True):
                part._children = children
        return write_page(page, *(_renumbered(text, page) for text in added))


def pack(payload: dict[str, Any]) -> str:
    """Return any JSON value as gzip + base64: letters, digits, ``+/=`` and nothing else."""
    text = json.dumps(payload, separators=(",", ":"), allow_nan=False)
    return base64.b64encode(gzip.compress(text.encode("ascii"), compresslevel=PACKING, mtime=0)).decode(
        "ascii"
    )


def write_page(page: AssetMap, header: str, html: str, script: str) -> str:
    """Put the document together from the text of this package, rendered folium text and the packed data.

    Parameters
    ----------
    page
        The map.
    header, html, script
        What the map and the folium layers of the user put into the three parts of a figure.
    """
    added = any(not isinstance(child, folium.TileLayer) for child in page._children.values())
    own = added or bool(header.strip() or html.strip())
    scripts = [vendor_text("leaflet.js")]
    if own:
        scripts.append(vendor_text("leaflet-images.js"))
    if "$(" in script or "jQuery" in script:
        scripts.insert(0, vendor_text("jquery.min.js"))
    _refuse_fonts(script)
    scripts = [_script(text) for text in scripts]
    last = [_script(script), _script(our_script(page.get_name()))]
    styles = f"<style>{vendor_text('leaflet.css')}</style>\n<style>{our_text('map.css')}</style>"
    allowed = [_hash(text) for text in _inside("script", "".join([*scripts, header, html, *last]))]
    page_styles = None if own else [_hash(text) for text in _inside("style", styles)]
    body = our_text("page.html").replace("@@MAP@@", page.get_name()).replace("@@ADDED@@", html)
    body = body.replace("@@AUDIENCE@@", AUDIENCE_WORDS[page.payload["audience"]], 1)
    return "".join(
        [
            '<!DOCTYPE html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">\n',
            f'<meta http-equiv="Content-Security-Policy" content="{policy(allowed, page_styles, page)}">\n',
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n',
            '<meta name="referrer" content="no-referrer">\n',
            f'<meta name="audience" content="{page.payload["audience"]}">\n',
            f"<title>{_html_text(page.payload['title'])}</title>\n",
            styles, "\n", *scripts, header,
            '\n</head>\n<body class="am">\n', body, "\n",
            f'<script type="text/plain" id="am-data">{page._packed}</script>\n',
            *last, "\n</body>\n</html>\n",
        ]
    )  # fmt: skip


def policy(scripts: list[str], styles: list[str] | None, page: AssetMap) -> str:
    """Return the Content-Security-Policy: scripts by hash, pictures from the chosen tile server only."""
    hosts = " ".join(["data:", *sorted(_tile_hosts(page))])
    style = "'unsafe-inline'" if styles is None else " ".join(styles)
    return (
        f"default-src 'none'; script-src {' '.join(dict.fromkeys(scripts))}; style-src {style}; "
        f"img-src {hosts}; base-uri 'none'; form-action 'none'"
    )


@functools.cache
def vendor_text(name: str) -> str:
    """Return a vendored file as text."""
    return (STATIC / "vendor" / name).read_text(encoding="utf-8")


@functools.cache
def our_text(name: str) -> str:
    """Return one of our own page files as text."""
    return (STATIC / name).read_text(encoding="utf-8")


@functools.cache
def joined_modules() -> str:
    """Return the modules of ``static/js`` as the text of one script."""
    return join_modules(ENTRY, lambda name: our_text(f"js/{name}"))


def our_script(map_name: str) -> str:
    """Return our script, started for the map of that name."""
    return f'"use strict";\n(() => {{\n{joined_modules()}\nstartPage(window["{map_name}"]);\n}})();\n'


def _rendered(part: Element, vendored: dict[str, str]) -> str:
    """Render one part of the figure, with our text in place of every address that it would download."""
    texts, unknown = [], []
    for child in part._children.values():
        if isinstance(child, JavascriptLink | CssLink):
            tag = "script" if isinstance(child, JavascriptLink) else "style"
            end = urlsplit(child.url).path.rsplit("/", 1)[-1]
            if child.url in vendored:
                texts.append(f"<{tag}>{vendored[child.url]}</{tag}>")
            elif end in VENDORED:
                if end not in {"leaflet.js", "leaflet.css"}:
                    texts.append(f"<{tag}>{vendor_text(VENDORED[end])}</{tag}>")
            else:
                unknown.append(child.url)
        else:
            texts.append(child.render())
    text = "\n".join(texts)
    unknown += re.findall(
        r"<(?:script|link|iframe)\b[^>]*?\b(?:src|href)\s*=\s*[\"']?(\w+:[^\"'>\s]+)", text, re.I
    )
    if unknown:
        raise InputError(
            f"This map is one file, but something added to it would download {first_few(dict.fromkeys(unknown))}. "
            "Leave it out, or add its text: my_map.vendored[address] = Path(file).read_text()."
        )
    return text


def _refuse_fonts(script: str) -> None:
    if "L.AwesomeMarkers" in script:
        raise InputError(
            "folium.Icon would download icon fonts (1.2 MB), but this map is one file. "
            "Use folium.Marker without icon=, folium.CircleMarker or folium.DivIcon."
        )


def _renumbered(text: str, page: AssetMap) -> str:
    """Replace folium's random ids by running numbers, so that the same map gives the same bytes."""
    for number, element in enumerate(_descendants(page), start=1):
        text = text.replace(element._id, f"{number:032x}")
    return text


def _descendants(element: Element) -> list[Element]:
    found = []
    for child in element._children.values():
        found += [child, *_descendants(child)]
    return found


def _tile_layers(page: folium.Map) -> list[folium.TileLayer]:
    return [child for child in _descendants(page) if isinstance(child, folium.TileLayer)]


def _tile_hosts(page: folium.Map) -> set[str]:
    """Return the hosts of tile layers as a policy writes them: ``https://*.example.org``."""
    hosts = set()
    for layer in _tile_layers(page):
        address = urlsplit(layer.tiles)
        host = re.sub(r"^\{s\}", "*", address.netloc)
        if address.scheme not in {"http", "https"} or not re.fullmatch(r"(\*\.)?[\w.-]+(:\d+)?", host):
            raise InputError(f"The tile address '{layer.tiles}' is not a plain http or https address.")
        hosts.add(f"{address.scheme}://{host}")
    return hosts


def _script(text: str) -> str:
    if "</script" in text.lower():
        raise InputError("A script of the map contains '</script', which would end it too early.")
    return f"<script>{text}</script>\n"


def _inside(tag: str, html: str) -> list[str]:
    return re.findall(rf"<{tag}[^>]*>(.*?)</{tag}>", html, re.S | re.I)


def _hash(text: str) -> str:
    as_read = text.replace("\r\n", "\n").replace("\r", "\n")
    return (
        "'sha256-" + base64.b64encode(hashlib.sha256(as_read.encode("utf-8")).digest()).decode("ascii") + "'"
    )


def _html_text(text: str) -> str:
    """Escape the one text that stands in the document itself: its title."""
    shown = re.sub(r"[\x00-\x1f\u2028\u2029]", " ", text)
    return "".join(f"&#{ord(letter)};" if letter in "&<>\"'`\\${}" else letter for letter in shown)
