"""What a project knows of its aims: priorities, prevention, counts of groups, conditions and grants."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import pandas as pd

import assetmap as am
from assetmap.app.tasks.answers import opened, project_line, sentences, table
from assetmap.app.worker import Step
from assetmap.project.action.conditions import describe_conditions
from assetmap.project.action.grants import describe_project_grants
from assetmap.project.outcomes.counts import countable_groups
from assetmap.project.outcomes.paying import pay_back
from assetmap.rounding import residents
from assetmap.schema import reference_table
from assetmap.show.report.prevention import no_prevention, prevention_unknown
from assetmap.show.report.priorities import not_known, priorities_answer
from assetmap.show.words import area_listing, people, stated_limit

MOST_ROWS: Final = 50
NOT_KNOWN: Final = "Not known: the project has no such file yet. Add one below."

Answer = dict[str, Any]


def outcomes(words: dict[str, Any], step: Step) -> Answer:
    """Show one of the aims of a project."""
    project, what = opened(words), words["what"]
    results = am.measure_project(project, sensitivity=False, progress=step)
    said = _SHOWN[what](results)
    field = {"conditions": "conditions", "grants": "grants"}.get(what)
    line = f"results.{field}" if field else f"results.details.get({_TABLES[what]!r})"
    return {
        "tables": [],
        "notes": [],
        **said,
        "python": f"{project_line(project.folder)}\nresults = am.measure_project(project, sensitivity=False)\n{line}",
    }


def group_names(words: dict[str, Any], step: Step) -> dict[str, Any]:
    """Name the groups that could give counts, for the form."""
    results = am.measure_project(opened(words), sensitivity=False, progress=step)
    return {"groups": sorted(countable_groups(results.assets)["name"].astype(str).unique())}


def break_even(words: dict[str, Any], step: Step) -> Answer:
    """Say how many people a service, and every site with a cost, must keep out of a costlier service."""
    terms = am.sites.BreakEvenTerms(words["saving"], words["assumption"], words["years"])
    spending = words.get("spending")
    services = [] if spending is None else [(words["service"], spending)]
    project = opened(words)
    found = pay_back(am.measure_project(project, sensitivity=False, progress=step).assets, terms, services)
    line = f"am.sites.break_even({spending or 0:g}, {terms.saving_per_person_gbp:g}, years={terms.years:g})"
    if found is None:
        words_ = "No open site on the lists has a yearly cost (a column annual_cost_gbp), so there is nothing to work out. Enter what is spent."
        return {
            "sentences": [words_],
            "tables": [],
            "notes": [terms.sentence],
            "python": f"import assetmap as am\n\n{line}",
        }
    columns = {
        "name": "Service or site",
        "spending_gbp": "Pounds over the period",
        "people_to_break_even": "People to keep out of the costlier service",
    }
    return {
        "sentences": [str(found["sentence"].iloc[0])],
        "tables": [table(found, columns, caption="What must happen for spending to pay")],
        "notes": [terms.sentence],
        "python": f"import assetmap as am\n\n{line}",
    }


def _priorities(results: am.Results) -> Answer:
    summary, areas = results.details.get("priorities"), results.details.get("priority_areas")
    if summary is None or areas is None:
        return {"sentences": [NOT_KNOWN]}
    limit = stated_limit(float(summary["limit"].iloc[0]), str(summary["unit"].iloc[0]))
    columns = {
        "priority": "Priority",
        "from_list": "Groups and places, by the lists",
        "from_type": "Guessed from their type",
        "people_without": f"People with nothing within {limit}",
        "areas_without": "Areas with nothing",
        "gap_areas": "Areas with high need and low access",
    }
    lacking = areas[
        (areas["within"] == 0) & areas["gap_class"].astype("string").str.startswith("3").fillna(False)
    ]
    lacking = lacking.reset_index().sort_values("need", ascending=False, kind="stable").head(MOST_ROWS)
    where = {"priority": "Priority", "area_name": "Area", "population": "People", "need": "Need (1 = most)"}
    by_outcome = results.details["priority_outcomes"].reset_index()
    one_by_one = {
        "priority": "Priority",
        "outcome": "Outcome",
        "from_list": "Groups and places, by the lists",
        "from_type": "Guessed from their type",
        "people_without": f"People with nothing within {limit}",
        "high_need_people_without": "Of them, where need is high",
        "most_need_without": "Areas with nothing, most need first",
    }
    return {
        "sentences": [
            priorities_answer(summary, limit),
            *not_known(summary),
        ],
        "tables": [
            table(summary.reset_index(), columns, caption="Priorities, and what is within reach"),
            table(by_outcome, one_by_one, caption="Outcomes one by one"),
            table(
                lacking.round({"need": 2}),
                where,
                caption=f"High need and nothing within {limit}, most need first",
            ),
        ],
        "notes": [
            "The lists say which groups serve a priority, or it is guessed from their type.",
            *sentences(note for note in results.notes if note.code == "OUTCOMES_NOT_UNDERSTOOD"),
        ],
    }


def _prevention(results: am.Results) -> Answer:
    unknown = [note.sentence for note in results.notes if note.code == "PREVENTION_UNKNOWN"]
    found = results.details.get("prevention")
    if found is None:
        return {"sentences": unknown or [no_prevention(results.areas)]}
    columns = {
        "area_name": "Area",
        "population": "People",
        "acute_need": "Need (1 = most)",
        "prevention_within": "Groups and places near",
        "prevention_per_1000": "Per 1,000 people near",
    }
    shown = found.head(MOST_ROWS).round({"acute_need": 2, "prevention_per_1000": 2})
    return {
        "sentences": [
            f"{len(found)} of {len(results.areas)} areas have high need and little near that helps before a need is acute; "
            f"{people(residents(found))} live there.",
            *prevention_unknown(results.areas, found),
        ],
        "tables": [table(shown, columns, caption="High need and little prevention near, most need first")],
        "notes": [
            "Which types prevent is our judgement, and lists are a sample. This does not say that one causes the other."
        ],
    }


def _counts(results: am.Results) -> Answer:
    notes = sentences(note for note in results.notes if note.code == "COUNTS_NOT_MATCHED")
    totals = results.details.get("group_counts")
    if totals is None:
        return {
            "sentences": ["Not known: no group gave counts yet. Give groups the form below."],
            "notes": notes,
        }
    shown = totals.reset_index()
    for name in ("people_helped", "sessions", "volunteers"):
        given = shown[f"{name}_groups"]
        words = [
            f"{total:,.0f} ({many} groups)" for total, many in zip(shown[name].fillna(0), given, strict=True)
        ]
        hidden = [f"not shown ({many} groups)" if many else "not known" for many in given]
        shown[f"{name}_words"] = [
            full if known else short
            for full, short, known in zip(words, hidden, shown[name].notna(), strict=True)
        ]
    columns = {
        "month": "Month",
        "people_helped_words": "People helped",
        "sessions_words": "Sessions",
        "volunteers_words": "Volunteers",
    }
    return {
        "sentences": [
            f"{int(totals['groups'].iloc[-1])} groups and community places could give counts. For those that did not, it is not known.",
        ],
        "tables": [table(shown, columns, caption="What groups counted, by month")],
        "notes": [
            *notes,
            "A total of fewer than three groups is not shown. Groups are never compared with one another.",
        ],
    }


def _conditions(results: am.Results) -> Answer:
    found = results.conditions
    sentence = describe_conditions(found)[0]
    if found is None or found.answers.empty:
        return {"sentences": [sentence]}
    rows = []
    for question, about in reference_table("conditions_checklist").iterrows():
        said = found.answers[found.answers["question"] == question]
        names = {
            word: area_listing(said.loc[said["answer"] == answer, "area_name"]) or "-"
            for answer, word in (("yes", "there"), ("no", "missing"), ("people disagree", "disputed"))
        }
        rows.append({"number": int(about["number"]), "label": about["label"], **names})
    columns = {
        "number": "No.",
        "label": "Condition",
        "there": "People say it is there in",
        "missing": "People say it is missing in",
        "disputed": "People disagree in",
    }
    return {
        "sentences": [sentence],
        "tables": [
            table(pd.DataFrame(rows), columns, caption="The thirteen conditions, in their published order")
        ],
        "notes": [
            *sentences(found.notes),
            "Answers are never added up into a score. Nothing is known about areas that are not named.",
        ],
    }


def _grants(results: am.Results) -> Answer:
    found = results.grants
    if found is None:
        return {"sentences": describe_project_grants(found)}
    columns = {
        "fifth": "Fifth of the people, most need first",
        "people": "People",
        "gbp": "Pounds that work there",
        "gbp_share": "Share (%)",
        "gbp_registered_share": "Share by address of the recipient (%)",
    }
    fifths = found.by_need.reset_index()
    for name in ("gbp_share", "gbp_registered_share"):
        fifths[name] = (fifths[name].astype(float) * 100).round()
    fifths["gbp"] = fifths["gbp"].astype(float).round()
    return {
        "sentences": list(found.sentences),
        "tables": [table(fifths, columns, caption="Grants beside need")],
        "notes": sentences(found.notes),
    }


_SHOWN: Final[dict[str, Callable[[am.Results], Answer]]] = {
    "priorities": _priorities,
    "prevention": _prevention,
    "counts": _counts,
    "conditions": _conditions,
    "grants": _grants,
}
_TABLES: Final = {"priorities": "priorities", "prevention": "prevention", "counts": "group_counts"}
