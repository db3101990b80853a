"""Start the app: find a port, open the browser, and hand a second start to the app that is running."""

from __future__ import annotations

import json
import os
import socket
import tempfile
import threading
import webbrowser
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from assetmap.app.state import OWNER, State
from assetmap.app.users import USERS_NAME, Users
from assetmap.errors import InputError
from assetmap.project.folder import open_project
from assetmap.project.ready import get_ready
from assetmap.project.settings.reading import CONFIG_NAME

PORT: Final = 8471
"""Where the app answers, if this port is free; else the next free one."""

KEEP_SECONDS: Final = 120
"""How long a connection waits for the next request: longer than people think about a form, so that it is not cut as they send it."""

PORTS_TRIED: Final = 20
LOOPBACK: Final = "127.0.0.1"


def serve_app(
    folder: str | Path | None = None,
    *,
    port: int | None = None,
    show: bool = True,
    host: str | None = None,
    cert: str | Path | None = None,
    key: str | Path | None = None,
    insecure_http: bool = False,
    say: Callable[[str], object] = print,
) -> None:
    """Run the app until it is stopped.

    Parameters
    ----------
    folder
        A project, or the folder that holds the projects (default: ``assetmap`` in the home folder).
    port
        Default: 8471, or the next free one.
    show
        Open the browser.
    host
        Address on the network. Without it only this computer can reach the app; with it named users must sign in.
    cert, key
        Certificate and key (PEM) for https; needed with `host`.
    insecure_http
        Allow `host` without a certificate. Passwords can then be read on the network.
    say
        Called with each line for the person who started it.

    Raises
    ------
    InputError
        If the folder or the port cannot be used, or `host` is not safe.

    Examples
    --------
    >>> from assetmap.app import serve_app
    >>> serve_app("my-projects")  # runs until it is stopped  # doctest: +SKIP
    """
    home, project = _home_of(folder)
    users = _checked_users(host, cert, key, insecure_http)
    if host is None and (found := _running(home)) is not None:
        address = _new_link(found)
        if address:
            say(f"assetmap is already running. Open {address}")
            if show:
                webbrowser.open(address)
            return
    listener = _listen(host or LOOPBACK, port)
    number = int(listener.getsockname()[1])
    secure = cert is not None
    scheme = "https" if secure else "http"
    names = {host} if host else {LOOPBACK, "localhost"}
    with tempfile.TemporaryDirectory(prefix="assetmap-app-", ignore_cleanup_errors=True) as scratch:
        from assetmap.app.jobs import Jobs

        state = State(
            home=home,
            hosts=frozenset(f"{name}:{number}" for name in names if name),
            scratch=Path(scratch),
            jobs=Jobs(),
            secure=secure,
            users=users,
        )
        start = _start_page(state, project)
        address = f"{scheme}://{host or LOOPBACK}:{number}"
        link = address + start if users is not None else f"{address}/enter?token={state.sessions.new_token()}"
        say(f"assetmap is running. Open {link}")
        say(f"Your projects are in {home}. To stop, close this window or press Ctrl+C.")
        note = _remember(home, address, state.control) if host is None else None
        try:
            if show:
                threading.Timer(0.7, webbrowser.open, [link]).start()
            threading.Thread(target=_warm, args=(state,), daemon=True).start()
            _run(state, listener, cert, key)
        finally:
            state.jobs.close()
            if note is not None:
                note.unlink(missing_ok=True)


def add_user(name: str, role: str, password: str) -> Path:
    """Add a named user, or change one; return the file of the users.

    Raises
    ------
    InputError
        If the role is unknown or the password is too short.
    """
    users = Users(_own_folder() / USERS_NAME)
    users.add(name, role, password)
    return users.file


def _run(state: State, listener: socket.socket, cert: str | Path | None, key: str | Path | None) -> None:
    import uvicorn

    from assetmap.app.application import make_app

    config = uvicorn.Config(
        make_app(state),
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws="none",
        timeout_graceful_shutdown=2,
        timeout_keep_alive=KEEP_SECONDS,
        ssl_certfile=None if cert is None else str(cert),
        ssl_keyfile=None if key is None else str(key),
    )
    uvicorn.Server(config).run(sockets=[listener])


def _warm(state: State) -> None:
    """Load what the first pages need, while the browser opens."""
    state.jobs.warm()
    get_ready(maps=False)


def _home_of(folder: str | Path | None) -> tuple[Path, Path | None]:
    """Return the folder of the projects, and the project to open, if one was named."""
    if folder is None:
        home = Path.home() / "assetmap"
        home.mkdir(parents=True, exist_ok=True)
        return home, None
    folder = Path(folder).expanduser().resolve()
    if folder.is_file() and folder.name == CONFIG_NAME:
        folder = folder.parent
    if (folder / CONFIG_NAME).is_file():
        open_project(folder)
        return folder.parent, folder
    if folder.exists() and not folder.is_dir():
        raise InputError(f"'{folder}' is a file. Name a project, or the folder of your projects.")
    folder.mkdir(parents=True, exist_ok=True)
    return folder, None


def _start_page(state: State, project: Path | None) -> str:
    from assetmap.app.home import open_beside

    if project is None:
        return "/"
    return f"/p/{open_beside(state, project)}"


def _checked_users(
    host: str | None, cert: str | Path | None, key: str | Path | None, insecure_http: bool
) -> Users | None:
    """Return the named users of an app on the network; None for an app on this computer alone."""
    if (cert is None) != (key is None):
        raise InputError("Give --cert and --key together.")
    for path in (cert, key):
        if path is not None and not Path(path).is_file():
            raise InputError(f"There is no file '{path}'.")
    if host is None:
        return None
    users = Users(_own_folder() / USERS_NAME)
    if OWNER not in users.roles().values():
        raise InputError(
            "On a network everyone must sign in, and there is no owner yet. Add one first: assetmap app --add-user NAME:owner"
        )
    if cert is None and not insecure_http:
        raise InputError(
            "On a network passwords must be encrypted. Give --cert and --key (PEM), or type --insecure-http if "
            "you accept that others on the network can read them."
        )
    return users


def _listen(host: str, port: int | None) -> socket.socket:
    """Return a socket that listens, on the port that was asked for or the first free one."""
    wanted = [port] if port is not None else [*range(PORT, PORT + PORTS_TRIED), 0]
    for number in wanted:
        listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
        if os.name == "posix":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, number))
            listener.listen(128)
        except OSError:
            listener.close()
            continue
        return listener
    raise InputError(
        f"Port {port} of {host} cannot be used: another program has it. Choose another with --port."
    )


def _own_folder() -> Path:
    """Return the folder of this computer's user for what the app remembers."""
    import platformdirs

    named = os.environ.get("ASSETMAP_APP", "")
    folder = Path(named) if named else platformdirs.user_data_path("assetmap", appauthor=False)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def _remember(home: Path, address: str, control: str) -> Path:
    """Write down where the app runs, for this user alone."""
    path = _note_of(home)
    path.unlink(missing_ok=True)
    text = json.dumps({"address": address, "control": control, "home": str(home), "process": os.getpid()})
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    return path


def _note_of(home: Path) -> Path:
    import hashlib

    return _own_folder() / f"running-{hashlib.sha256(str(home).encode()).hexdigest()[:12]}.json"


def _running(home: Path) -> dict[str, Any] | None:
    """Return what is known of an app that runs on the same folder, if there may be one."""
    try:
        found: dict[str, Any] = json.loads(_note_of(home).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if {"address", "control"} <= set(found) else None


def _new_link(found: dict[str, Any]) -> str:
    """Ask a running app for a new one-time link; empty if it does not answer."""
    import httpx

    try:
        answer = httpx.post(
            f"{found['address']}/control/link",
            headers={"x-assetmap-control": str(found["control"])},
            timeout=3,
            trust_env=False,
        )
        return f"{found['address']}/enter?token={answer.json()['token']}" if answer.status_code == 200 else ""
    except (httpx.HTTPError, ValueError, KeyError):
        return ""
