"""The page on break-even: how many people must be kept out of a costlier service, always with its period and assumption."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from starlette.responses import Response

import assetmap as am
from assetmap.app.pages import Page
from assetmap.app.questions.common import answered, fail, finished, number, ready_project
from assetmap.app.state import EDITOR
from assetmap.app.views import Call, FieldError, View
from assetmap.errors import InputError
from assetmap.project.folder import Project
from assetmap.project.outcomes.paying import write_break_even

MOST_GBP: Final = 1e10
LONGEST: Final = 400


def _show(call: Call) -> Page:
    project, asked, answer = ready_project(call), dict(call.asked), None
    if not asked:
        asked = _of_project(project)
    elif not call.errors:
        try:
            answer = answered(call, "break_even", _words(asked), title="Reading the lists")
        except InputError as error:
            fail(call, error)
    page = Page(
        "break_even.html",
        "Break-even",
        "See how many people a service or a site must keep out of a costlier service for its spending to pay.",
        "sites",
        {"answer": answer, "said": asked, "kept": project.settings.break_even is not None},
        section="sites",
    )
    return finished(page, answer, section="sites")


def _of_project(project: Project) -> dict[str, Any]:
    """Return what the project says already, as the form has it."""
    table = project.settings.break_even
    if table is None:
        return {}
    spending = "" if table.spending_gbp is None else f"{table.spending_gbp:g}"
    return {
        "service": table.service,
        "spending": spending,
        "saving": f"{table.saving_per_person_gbp:g}",
        "years": f"{table.years:g}",
        "assumption": table.assumption,
    }


def _words(asked: Mapping[str, str]) -> dict[str, Any]:
    """Return what the form says.

    Raises
    ------
    FieldError
        If the saving or the assumption is missing, or a figure cannot be.
    """
    saving = number(_plain(asked), "saving", "The saving for each person", least=0.01, most=MOST_GBP)
    if saving is None:
        raise FieldError("saving", "Enter what the costlier service takes for each person over the period.")
    assumption = str(asked.get("assumption", "")).strip()
    if not assumption:
        raise FieldError("assumption", "Say which service that is, and where the figure comes from.")
    if len(assumption) > LONGEST:
        raise FieldError("assumption", f"Use at most {LONGEST} characters.")
    return {
        "saving": saving,
        "years": number(asked, "years", "The period", least=0.01, most=100) or 1.0,
        "assumption": assumption,
        "service": str(asked.get("service", "")).strip() or "The service",
        "spending": number(_plain(asked), "spending", "What is spent", most=MOST_GBP),
    }


def _plain(asked: Mapping[str, str]) -> dict[str, str]:
    """Return the form without pound signs."""
    return {name: str(value).replace("£", "") for name, value in asked.items()}


def _keep(call: Call) -> Response:
    """Write the terms into the project, so that its report and its review use them."""
    words = _words(call.asked)
    terms = am.sites.BreakEvenTerms(words["saving"], words["assumption"], words["years"])
    write_break_even(ready_project(call), terms, service=words["service"], spending_gbp=words["spending"])
    return call.go(call.at("sites", "break-even"))


VIEWS: Final = (View("/p/{key}/sites/break-even", show=_show, act=_keep, act_role=EDITOR),)
