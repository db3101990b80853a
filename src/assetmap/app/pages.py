"""Pages from templates. Jinja escapes every text; no template comes from outside, and no page has a script of its own."""

from __future__ import annotations

import functools
import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup
from starlette.responses import HTMLResponse, Response

from assetmap.app.labels import type_label

if TYPE_CHECKING:
    from jinja2 import Environment

    from assetmap.app.views import Call

SECTIONS: Final = (
    ("lists", "Lists"),
    ("gaps", "Gaps"),
    ("groups", "Groups"),
    ("sites", "Sites"),
    ("outcomes", "Outcomes"),
    ("sharing", "Sharing"),
    ("travel", "Travel"),
    ("near", "Near"),
    ("publish", "Publish"),
    ("history", "History"),
)
"""Pages of a project in its navigation: the end of the address, and the words."""


@dataclass(frozen=True)
class Page:
    """What a page shows: its template, title, one sentence of help, the page of the documents, and its values."""

    template: str
    title: str
    help: str
    docs: str
    values: dict[str, Any] = field(default_factory=dict)
    python: str = ""
    section: str = ""


def render(call: Call, page: Page, *, status: int = 200) -> Response:
    """Return a page as an answer."""
    key = call.request.path_params.get("key", "")
    values = {
        "page": page,
        "errors": call.errors,
        "csrf": call.session.csrf,
        "session": call.session,
        "users": call.state.users is not None,
        "key": key,
        "base": f"/p/{key}",
        "sections": SECTIONS if key and _is_ready(call) else (),
        "asked": call.asked,
        "path": call.request.url.path,
        **page.values,
    }
    return HTMLResponse(environment().get_template(page.template).render(values), status_code=status)


@functools.cache
def environment() -> Environment:
    """Return the templates: those of this room alone, with every text escaped."""
    from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

    made = Environment(
        loader=PackageLoader("assetmap.app", "templates"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["number"] = _number
    made.filters["words"] = lambda code: str(code).replace("_", " ")
    made.filters["kind"] = type_label
    made.filters["size"] = _size
    made.filters["reason"] = _reason
    made.filters["links"] = _links
    return made


def _reason(words: str) -> str:
    """Return why a row has its outcome, without what only a reader of files needs: its number and where to decide."""
    return re.sub(r"^Row \d+: ", "", str(words)).replace(" Decide in review.csv.", "")


def _links(words: str) -> Markup:
    """Return a text with its web addresses as links, and everything else escaped."""
    parts = re.split(r"(https://[^\s,]+[^\s,.])", words)
    link = Markup(
        '<a class="govuk-link" href="{0}" rel="noreferrer noopener" target="_blank">{0} (opens in a new tab)</a>'
    )
    return Markup("").join(link.format(part) if at % 2 else part for at, part in enumerate(parts))


def _is_ready(call: Call) -> bool:
    from assetmap.app.views import NotFoundError, has_project

    try:
        return has_project(call.folder)
    except NotFoundError:
        return False


def _number(value: Any) -> str:
    """Write a number as people do; what is not known is a dash."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "–"
    return f"{value:,.0f}" if isinstance(value, (int, float)) else str(value)


def _size(count: int) -> str:
    """Write a number of bytes as people do."""
    if count < 1e6:
        return f"{max(count / 1e3, 1):,.0f} KB"
    return f"{count / 1e6:,.1f} MB"


def page_number(text: str) -> int:
    """Return the number of a page in an address; whatever is no number is the first page."""
    return max(1, int(text)) if re.fullmatch(r"[0-9]{1,8}", text) else 1
