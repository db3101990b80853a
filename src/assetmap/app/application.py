"""The app as a whole: its pages, its files and the gate in front of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from assetmap.app import entry, help_pages, history, home, paper, places, progress, publish
from assetmap.app.gate import Gate
from assetmap.app.lists import (
    adding,
    columns,
    downloads,
    of_asset,
    overview,
    pairs,
    point,
    replacing,
    row,
    rows,
)
from assetmap.app.questions import break_even, gaps, groups, near, options, outcomes, sharing, sites, travel
from assetmap.app.views import View, endpoint

if TYPE_CHECKING:
    from assetmap.app.state import State

STATIC = Path(__file__).with_name("static")

VIEWS: tuple[View, ...] = (
    *home.VIEWS,
    *places.VIEWS,
    *gaps.VIEWS,
    *groups.VIEWS,
    *sites.VIEWS,
    *options.VIEWS,
    *outcomes.VIEWS,
    *break_even.VIEWS,
    *sharing.VIEWS,
    *travel.VIEWS,
    *near.VIEWS,
    *overview.VIEWS,
    *rows.VIEWS,
    *of_asset.VIEWS,
    *row.VIEWS,
    *point.VIEWS,
    *columns.VIEWS,
    *pairs.VIEWS,
    *adding.VIEWS,
    *replacing.VIEWS,
    *downloads.VIEWS,
    *publish.VIEWS,
    *paper.VIEWS,
    *history.VIEWS,
    *progress.VIEWS,
    *help_pages.VIEWS,
)
"""Every page of the app."""


def make_app(state: State) -> Starlette:
    """Make the app.

    Parameters
    ----------
    state
        Its folder of projects, the addresses that it answers, and who may get in.

    Returns
    -------
    starlette.applications.Starlette
        An ASGI application, for uvicorn or for tests.

    Examples
    --------
    >>> from assetmap.app import make_app
    >>> from assetmap.app.jobs import Jobs
    >>> from assetmap.app.state import State
    >>> state = State(Path("projects"), frozenset({"127.0.0.1:8471"}), Path("scratch"), Jobs())
    >>> type(make_app(state)).__name__
    'Starlette'
    """

    @asynccontextmanager
    async def living(app: Starlette) -> AsyncIterator[None]:
        yield
        state.jobs.close()
        state.stores.close()

    routes: list[BaseRoute] = [
        *(Route(view.path, endpoint(view, state), methods=["GET", "POST"]) for view in VIEWS),
        *entry.routes(state),
        *progress.routes(state),
        Mount("/static", StaticFiles(directory=STATIC)),
    ]
    return Starlette(routes=routes, middleware=[Middleware(Gate, state=state)], lifespan=living)
