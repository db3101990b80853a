"""The page of a piece of work: its steps as they are reached, and Cancel. Without JavaScript it loads itself again."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from assetmap.app.jobs import DONE, ENDED, FAILED, Job
from assetmap.app.pages import Page
from assetmap.app.state import VIEWER, State
from assetmap.app.views import Call, NotFoundError, View

LOOK_EVERY: Final = 0.1
"""Seconds between two looks at how far a piece of work is."""


def wait_page(job: Job, *, section: str = "") -> Page:
    """Return the page that waits for a piece of work."""
    return Page(
        "wait.html",
        job.title,
        "You can leave this page and come back: the work goes on.",
        "app",
        {"job": job},
        section=section,
    )


def find_job(call: Call) -> Job:
    """Return the work in the address.

    Raises
    ------
    NotFoundError
        If there is none.
    """
    job = call.state.jobs.find(str(call.request.path_params["number"]))
    if job is None:
        raise NotFoundError("This work has ended. Go back to its page to see the answer.")
    return job


def _show(call: Call) -> Page | Response:
    job = find_job(call)
    if job.state == DONE:
        return call.go(job.after)
    if job.state == FAILED:
        values = {"back": job.back}
        return Page("problem.html", "This could not be done", job.problem, "app", values)
    return call.go(job.back) if job.state in ENDED else wait_page(job)


def _cancel(call: Call) -> Response:
    job = find_job(call)
    call.state.jobs.cancel(job)
    return call.go(job.back)


def routes(state: State) -> list[Route]:
    """Return the address of the events of a piece of work."""
    return [Route("/jobs/{number}/events", _events(state))]


def _events(state: State) -> Callable[[Request], Any]:
    async def events(request: Request) -> Response:
        job = state.jobs.find(str(request.path_params["number"]))
        if job is None:
            return PlainTextResponse("This work has ended.", status_code=404)

        async def stream() -> AsyncIterator[str]:
            said = ""
            while not await request.is_disconnected():
                record = job.record()
                text = json.dumps(record)
                if text != said:
                    yield f"data: {text}\n\n"
                    said = text
                if record["state"] in ENDED:
                    return
                await asyncio.sleep(LOOK_EVERY)

        return StreamingResponse(stream(), media_type="text/event-stream")

    return events


VIEWS: Final = (
    View("/jobs/{number}", show=_show),
    View("/jobs/{number}/cancel", act=_cancel, act_role=VIEWER),
)
