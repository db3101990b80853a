"""What runs in a process of its own: one piece of work at a time, its steps as lines of JSON, its end an answer or a problem."""

from __future__ import annotations

import importlib
import json
import os
import sys
from collections.abc import Callable
from typing import Any, Final

from assetmap.errors import explain
from assetmap.project.ready import get_ready

Step = Callable[[str], None]

TASKS: Final = {
    "build": "assetmap.app.tasks.publish",
    "preview": "assetmap.app.tasks.publish",
    "review": "assetmap.app.tasks.publish",
    "paper": "assetmap.app.tasks.publish",
    "files": "assetmap.app.tasks.place",
    "make": "assetmap.app.tasks.place",
    "fetch": "assetmap.app.tasks.place",
    "gaps": "assetmap.app.tasks.questions",
    "groups": "assetmap.app.tasks.questions",
    "new_sites": "assetmap.app.tasks.questions",
    "site_names": "assetmap.app.tasks.questions",
    "what_if": "assetmap.app.tasks.questions",
    "options": "assetmap.app.tasks.questions",
    "outcomes": "assetmap.app.tasks.outcomes",
    "group_names": "assetmap.app.tasks.outcomes",
    "break_even": "assetmap.app.tasks.outcomes",
    "sharing": "assetmap.app.tasks.questions",
    "near": "assetmap.app.tasks.questions",
    "travel": "assetmap.app.tasks.travel",
    "add_transport": "assetmap.app.tasks.travel",
    "need": "assetmap.app.tasks.people",
    "count_need": "assetmap.app.tasks.people",
    "directory": "assetmap.app.tasks.people",
    "changed_map": "assetmap.app.tasks.changed",
}
"""Name of a task -> the module whose function has this name and does it."""


def run(task: str, words: dict[str, Any], step: Step) -> Any:
    """Do a piece of work.

    Parameters
    ----------
    task
        A key of `TASKS`.
    words
        What the task needs.
    step
        Called with a few words before each step.

    Returns
    -------
    object
        An answer that JSON can hold.
    """
    work: Callable[[dict[str, Any], Step], Any] = getattr(importlib.import_module(TASKS[task]), task)
    return work(words, step)


def main() -> None:
    """Do pieces of work until the app ends."""
    take, give = sys.stdin.buffer, _messages()

    def say(kind: str, value: Any) -> None:
        give.write(json.dumps([kind, value], allow_nan=False, default=str).encode() + b"\n")
        give.flush()

    get_ready()
    for line in take:
        asked = json.loads(line)
        try:
            answer = run(asked["task"], asked["words"], lambda words: say("step", words))
            say("answer", answer)
        except Exception as error:
            say("problem", explain(error)[0])


def _messages() -> Any:
    """Return the stream for messages; what a library prints goes nowhere."""
    stream = os.fdopen(os.dup(1), "wb")
    void = os.open(os.devnull, os.O_WRONLY)
    os.dup2(void, 1)
    os.close(void)
    return stream
