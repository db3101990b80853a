"""Answers to questions: each has an address, is worked out once for the same files, and is shown again at once."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, Final

from assetmap.app.jobs import DONE, FAILED, Job
from assetmap.app.views import Call
from assetmap.errors import InputError
from assetmap.project.store import has_store, history

OF_THE_APP: Final = ("assetmap.db", "assetmap.app.json", "place.json")
"""Beginnings of names of files that are no input: what is in the store counts by its changes."""


def ask(call: Call, task: str, words: dict[str, Any], *, title: str) -> dict[str, Any] | Job:
    """Return the answer to a question, or the work that will find it.

    Parameters
    ----------
    call
        The request; its address is where the answer will be.
    task, words
        As for `assetmap.app.worker.run`; the folder of the project is added.
    title
        What the page says while the answer is worked out.

    Returns
    -------
    dict or Job
        The answer, with ``name``; or the work.

    Raises
    ------
    InputError
        If the work failed; it is tried again when something has changed.
    """
    folder = call.folder
    name = answer_name(call, task, words)
    jobs = call.state.jobs
    here = str(call.request.url.path) + (f"?{call.request.url.query}" if call.request.url.query else "")
    job = jobs.find_answer(name)
    if job is None:
        given = {**words, "folder": str(folder), "scratch": str(call.state.scratch), "name": name}
        job = jobs.begin(
            Job(task, given, title, after=here, back=call.request.url.path, project=call.key, answer_to=name)
        )
    if job.state == DONE:
        answer: dict[str, Any] = job.answer
        return answer | {"name": name}
    if job.state == FAILED:
        jobs.forget(job)
        raise InputError(job.problem)
    return job


def answer_name(call: Call, task: str, words: dict[str, Any]) -> str:
    """Return a name that changes with the question and with every file and edit that an answer is made of."""
    folder = call.folder
    changes = history(call.store(), limit=1) if has_store(folder) else None
    newest = changes.changes[0].number if changes is not None and changes.changes else 0
    text = json.dumps([call.key, task, words, fingerprint(folder), newest], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def fingerprint(folder: Path) -> list[list[Any]]:
    """Return name, size and time of change of the files of a project."""
    found = []
    for path in sorted(folder.iterdir()):
        if path.is_file() and not path.name.startswith((".", *OF_THE_APP)):
            status = path.stat()
            found.append([path.name, status.st_size, status.st_mtime_ns])
    return found
