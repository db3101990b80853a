"""The way in: the one-time link of this computer's user, the sign-in page of named users, and the way out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from assetmap.app.gate import cookie_words, read_cookies
from assetmap.app.pages import environment
from assetmap.app.state import OWNER, State, own_name, same
from assetmap.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable


def routes(state: State) -> list[Route]:
    """Return the addresses that need no session."""
    return [
        Route("/enter", _enter(state)),
        Route("/login", _login(state), methods=["GET", "POST"]),
        Route("/logout", _logout(state), methods=["POST"]),
        Route("/control/link", _link(state), methods=["POST"]),
        Route("/favicon.ico", _no_icon),
    ]


def _enter(state: State) -> Callable[[Request], object]:
    """Let in the browser that was opened by the app itself: its token is good once."""

    async def enter(request: Request) -> Response:
        if request.state.session is not None:
            return RedirectResponse("/", status_code=303)
        if state.users is not None or not state.sessions.spend(request.query_params.get("token", "")):
            return RedirectResponse("/login", status_code=303)
        cookie, _ = state.sessions.begin(own_name(), OWNER)
        answer = RedirectResponse("/", status_code=303)
        answer.set_cookie(value=cookie, **cookie_words(state))
        return answer

    return enter


def _login(state: State) -> Callable[[Request], object]:
    async def login(request: Request) -> Response:
        if request.state.session is not None:
            return RedirectResponse("/", status_code=303)
        if request.method != "POST" or state.users is None:
            return _sign_in(state)
        async with request.form(max_files=0, max_fields=10) as form:
            name, password = str(form.get("name", "")), str(form.get("password", ""))
        try:
            role = await run_in_threadpool(state.users.check, name, password)
        except InputError as error:
            return _sign_in(state, str(error), 429)
        if role is None:
            return _sign_in(state, "The name or the password is wrong.", 403)
        cookie, _ = state.sessions.begin(name, role)
        answer = RedirectResponse("/", status_code=303)
        answer.set_cookie(value=cookie, **cookie_words(state))
        return answer

    return login


def _sign_in(state: State, problem: str = "", status: int = 200) -> Response:
    values = {"users": state.users is not None, "problem": problem}
    status = status if state.users is not None else 401
    return HTMLResponse(environment().get_template("login.html").render(values), status_code=status)


def _logout(state: State) -> Callable[[Request], object]:
    async def logout(request: Request) -> Response:
        async with request.form(max_files=0, max_fields=10) as form:
            given = str(form.get("csrf", ""))
        session = request.state.session
        if session is None or not same(given, session.csrf):
            return PlainTextResponse("This form is out of date.", status_code=403)
        state.sessions.end(read_cookies(request.headers).get(state.cookie, ""))
        answer = RedirectResponse("/login", status_code=303)
        answer.delete_cookie(state.cookie, path="/")
        return answer

    return logout


def _link(state: State) -> Callable[[Request], object]:
    """Give a second ``assetmap app`` of the same person a new one-time token."""

    async def link(request: Request) -> Response:
        given = request.headers.get("x-assetmap-control", "")
        if not same(given, state.control):
            return PlainTextResponse("This is not for you.", status_code=403)
        token = state.sessions.new_token() if state.users is None else ""
        return JSONResponse({"token": token})

    return link


async def _no_icon(request: Request) -> Response:
    return Response(status_code=204)
