"""A made-up place for the tests of the app: official files as downloaded, and a list of 60 groups as an officer keeps it."""

from __future__ import annotations

import csv
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from assetmap.app.application import make_app
from assetmap.app.jobs import Jobs
from assetmap.app.state import State
from test_place import fill

POSTCODES = ("WS1 0AA", "WS1 1AA", "WS1 4AA", "WS1 5AA")
"""The postcodes of Westshire."""

WRONG = 4
"""Rows of the list whose postcode is not one."""

LIBRARIES = (
    "name,asset_type,postcode,status,weekly_hours\n"
    "West Library,library,WS1 0AA,open,30\n"
    "Harbour Library,library,WS1 5AA,open,20\n"
)


def official_files(folder: Path) -> list[Path]:
    """Write the official files of Westshire, with two libraries, as they were downloaded."""
    fill(folder)
    (folder / "libraries.csv").write_text(LIBRARIES, "utf-8")
    (folder / "choirs.csv").unlink()
    return sorted(folder.iterdir())


def messy_list(path: Path) -> Path:
    """Write a list of 60 groups: four postcodes are wrong; two groups are on the list of clubs too, written otherwise."""
    rows = [
        [
            f"Group number {at:02}",
            "Environment group",
            "n/a" if at < WRONG else POSTCODES[at % 4],
            "ann@example.org",
        ]
        for at in range(58)
    ]
    rows += [
        ["Harbour Rowing Club", "Sports club", "WS1 0AA", ""],
        ["Castle Singers", "Arts and culture group", "WS1 1AA", ""],
    ]
    return _write(path, rows)


def list_of_clubs(path: Path) -> Path:
    """Write a second list: the library cannot be sure whether two of its rows are on the first list."""
    return _write(
        path,
        [
            ["Harbour Rowing Club", "Sports club", "WS1 1AA", ""],
            ["Castle Singers Choir", "Arts and culture group", "WS1 1AA", ""],
        ],
    )


def _write(path: Path, rows: list[list[str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["Name of group", "Type of group", "Post code", "Contact"])
        writer.writerows(rows)
    return path


@contextmanager
def running_app(home: Path, scratch: Path) -> Iterator[tuple[State, str]]:
    """Run the app in a thread, on a port of its own."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(100)
    port = listener.getsockname()[1]
    state = State(home, frozenset({f"127.0.0.1:{port}"}), scratch, Jobs())
    server = uvicorn.Server(
        uvicorn.Config(make_app(state), log_level="error", ws="none", timeout_graceful_shutdown=1)
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    try:
        yield state, f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(10)
        state.jobs.close()
        state.stores.close()
