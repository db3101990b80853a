"""A page: its address, what it shows, what its form does, and how both fail.

A view shows a page and may act on a form. What goes wrong in the form comes back on the same page, in an error summary,
with what was typed still there. Every view runs in a thread, because the library works there and not in turns.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from assetmap.app.pages import Page, render
from assetmap.app.state import EDITOR, VIEWER, Session, State, same
from assetmap.errors import AssetmapError, InputError, explain
from assetmap.project.folder import Project, open_project
from assetmap.project.settings.reading import CONFIG_NAME

if TYPE_CHECKING:
    from assetmap.project.store import Store

KEY: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")
"""What the name of a project is in an address: never a path."""

MOST_FILES: Final = 200
MOST_FIELDS: Final = 4000


class NotFoundError(InputError):
    """There is no such page, project or file."""


class FieldError(InputError):
    """What is wrong with one field of a form."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


@dataclass(frozen=True)
class Problem:
    """A line of the error summary, and the field that it leads to."""

    text: str
    field: str = ""


@dataclass
class Call:
    """One request: who asks, about which project, with which words."""

    request: Request
    state: State
    session: Session
    form: FormData = field(default_factory=FormData)
    errors: list[Problem] = field(default_factory=list)

    @property
    def key(self) -> str:
        """Return the key of the project in the address."""
        return str(self.request.path_params["key"])

    @property
    def folder(self) -> Path:
        """Return the folder of the project in the address.

        Raises
        ------
        NotFoundError
            If there is none.
        """
        return folder_of(self.state, self.key)

    def store(self) -> Store:
        """Return the store of the project in the address, for the person who asks."""
        from assetmap.project.store import as_user

        return as_user(self.state.stores.open(self.folder, self.state.address), self.session.name)

    def project(self) -> Project:
        """Open the project in the address."""
        return open_project(self.folder)

    def number(self, name: str) -> int:
        """Return a whole number of the form or of the address.

        Raises
        ------
        InputError
            If it is missing.
        """
        value = (
            self.word(name) or self.request.path_params.get(name) or self.request.query_params.get(name, "")
        )
        if not re.fullmatch(r"\d{1,15}", str(value)):
            raise InputError("This form is not complete. Load its page again.")
        return int(str(value))

    @property
    def asked(self) -> Mapping[str, str]:
        """Return the words of the address after the question mark, or those of the form that was sent."""
        if self.form:
            return {name: value for name, value in self.form.items() if isinstance(value, str)}
        return self.request.query_params

    def word(self, name: str, default: str = "") -> str:
        """Return one field of the form, without spaces at its ends."""
        value = self.form.get(name)
        return value.strip() if isinstance(value, str) else default

    def words(self, name: str) -> list[str]:
        """Return all values of a field of the form."""
        return [
            value.strip() for value in self.form.getlist(name) if isinstance(value, str) and value.strip()
        ]

    def files(self, name: str) -> list[UploadFile]:
        """Return the files of a field of the form."""
        return [each for each in self.form.getlist(name) if isinstance(each, UploadFile) and each.filename]

    def go(self, path: str) -> Response:
        """Return an answer that leads to another page of the app."""
        return RedirectResponse(path, status_code=303)

    def at(self, *parts: str) -> str:
        """Return the address of a page of this project."""
        return "/".join(["", "p", self.key, *(quote(part, safe="") for part in parts)])


Show = Callable[[Call], Page | Response]
Act = Callable[[Call], Response | Page]


@dataclass(frozen=True)
class View:
    """A page of the app: its address, what shows it, what its form does, and who may."""

    path: str
    show: Show | None = None
    act: Act | None = None
    role: str = VIEWER
    act_role: str = EDITOR


def folder_of(state: State, key: str) -> Path:
    """Return the folder of a project.

    Raises
    ------
    NotFoundError
        If there is no project with this key.
    """
    if KEY.fullmatch(key):
        if key in state.opened:
            return state.opened[key]
        folder = state.home / key
        if folder.is_dir() and not folder.is_symlink():
            return folder
    raise NotFoundError(f"There is no project '{key}'. Choose one on the start page.")


def endpoint(view: View, state: State) -> Callable[[Request], Any]:
    """Return the function that Starlette calls for a view."""

    async def answer(request: Request) -> Response:
        session: Session = request.state.session
        call = Call(request, state, session)
        if request.method != "POST":
            return await run_in_threadpool(_shown, view, call)
        if view.act is None:
            return PlainTextResponse("This page has no form.", status_code=405)
        async with request.form(max_files=MOST_FILES, max_fields=MOST_FIELDS) as form:
            call.form = form
            return await run_in_threadpool(_acted, view, call)

    return answer


def _shown(view: View, call: Call) -> Response:
    if view.show is None:
        return PlainTextResponse("This address only takes a form.", status_code=405)
    if not call.session.may(view.role):
        return _refused(call, view.role)
    try:
        found = view.show(call)
        return found if isinstance(found, Response) else render(call, found)
    except Exception as error:
        return _failed(call, error)


def _acted(view: View, call: Call) -> Response:
    assert view.act is not None
    given = call.word("csrf") or call.request.headers.get("x-csrf-token", "")
    if not same(given, call.session.csrf):
        return PlainTextResponse(
            "This form is out of date. Load its page again and send it again.", status_code=403
        )
    if not call.session.may(view.act_role):
        return _refused(call, view.act_role)
    try:
        found = view.act(call)
        return found if isinstance(found, Response) else render(call, found)
    except InputError as error:
        if view.show is None or isinstance(error, NotFoundError):
            return _failed(call, error)
        name = error.name if isinstance(error, FieldError) else ""
        call.errors = [Problem(line.strip(" -"), name) for line in str(error).split("\n") if line.strip(" -")]
    except Exception as error:
        return _failed(call, error)
    try:
        page = view.show(call)
        return page if isinstance(page, Response) else render(call, page, status=422)
    except Exception as error:
        return _failed(call, error)


def _refused(call: Call, role: str) -> Response:
    words = f"You are signed in as a {call.session.role}. Ask {'an' if role[0] in 'aeo' else 'a'} {role} to do this."
    page = Page("problem.html", "You cannot do this", words, "app")
    return render(call, page, status=403)


def _failed(call: Call, error: Exception) -> Response:
    """Return a page with one message for whatever went wrong."""
    if isinstance(error, NotFoundError):
        return render(call, Page("problem.html", "Page not found", str(error), "app"), status=404)
    message, _ = explain(error)
    expected = isinstance(error, (AssetmapError, OSError, MemoryError))
    title = "This could not be done" if expected else "Sorry, there is a problem with assetmap"
    return render(call, Page("problem.html", title, message, "app"), status=422 if expected else 500)


def has_project(folder: Path) -> bool:
    """Return whether a folder holds a project that is ready."""
    return (folder / CONFIG_NAME).is_file()
