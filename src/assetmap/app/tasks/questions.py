"""The questions of a project: gaps, groups on no register, sites, sharing, and what is near a person."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import assetmap as am
from assetmap.app.labels import type_labels
from assetmap.app.tasks.answers import call, cell, opened, picture_of, project_line, sentences, table
from assetmap.app.worker import Step
from assetmap.errors import InputError
from assetmap.project.folder import Project
from assetmap.show.words import mean_of_new_sites

MOST_ROWS: Final = 50
"""Rows of a table on a page; all of them are in the files of a build."""


def gaps(words: dict[str, Any], step: Step) -> dict[str, Any]:
    """Rank the areas where need is high and access is low."""
    project, options = opened(words), words["options"]
    found = am.find_project_gaps(project, **options, progress=step)
    step("Drawing the picture")
    ranked = found[found["gap_rank"].notna()].sort_values("gap_rank")
    cost, title, scale = _cost_column(ranked, options.get("distance") or project.settings.access.distance)
    shown = ranked.head(MOST_ROWS).assign(rank=lambda rows: rows["gap_rank"].astype(int))
    shown["people"] = shown["population"].round()
    shown["cost"] = (shown[cost] / scale).round(1)
    columns = {"rank": "Rank", "area_name": "Area", "people": "People", "cost": title, "gap_reason": "Why"}
    caption = f"Gaps of {len(found)} areas, widest first" + (
        f": the first {len(shown)} of {len(ranked)}" if len(ranked) > len(shown) else ""
    )
    named = (options.get("asset_type") or project.settings.access.asset_type).replace("_", " ")
    return {
        "sentences": [am.gaps.describe_gaps(found)],
        "tables": [table(shown, columns, caption=caption)],
        "picture": picture_of(
            words, project, found, "gaps", f"{project.settings.project.area_name}: {named}, need and access"
        ),
        "notes": [f"Need is a {found['composite'].iloc[0]}."] if "composite" in found else [],
        "python": f"{project_line(project.folder)}\nareas = {call('am.find_project_gaps', 'project', **options)}\nprint(am.gaps.describe_gaps(areas))",
    }


def groups(words: dict[str, Any], step: Step) -> dict[str, Any]:
    """Estimate the groups on no register by one of the methods."""
    project, method = opened(words), words["method"]
    options: dict[str, Any] = words["options"]
    estimate, line = _ESTIMATES[method](project, options, step)
    return {
        "sentences": [
            estimate.text,
            *([] if estimate.definition in estimate.text else [f"What is counted: {estimate.definition}."]),
        ],
        "numbers": [
            ["Estimate", round(estimate.estimate)],
            ["Likely between", f"{round(estimate.low):,} and {round(estimate.high):,}"],
            ["Level of the interval", f"{estimate.level:.0%}"],
        ],
        "tables": [
            {
                "caption": "What the estimate is made of",
                "headings": ["Figure", "Value", "Source"],
                "rows": [[each.name, cell(each.value), each.source] for each in estimate.inputs],
                "numbers": [1],
            }
        ],
        "assumptions": list(estimate.assumptions),
        "notes": sentences(estimate.warnings),
        "python": f"{project_line(project.folder)}\n{line}\nprint(estimate.text)",
    }


def _by_rate(project: Project, options: dict[str, Any], step: Step) -> tuple[am.Estimate, str]:
    changed = replace(project, settings=project.settings.changed(estimate=options)) if options else project
    estimate = am.measure_project(changed, sensitivity=False, progress=step).estimate
    return estimate, "estimate = am.measure_project(project, sensitivity=False).estimate"


def _by_lists(project: Project, options: dict[str, Any], step: Step) -> tuple[am.Estimate, str]:
    step("Reading and linking the lists")
    files = [str(project.folder / name) for name in options["files"]]
    given = {"odds_ratio": options.get("odds_ratio", 1.0), "level": options["level"]}
    return am.estimate_lists(files, **given), f"estimate = {call('am.estimate_lists', repr(files), **given)}"


def _by_register(project: Project, options: dict[str, Any], step: Step) -> tuple[am.Estimate, str]:
    step("Reading the lists and the official register")
    files = [str(project.folder / name) for name in options["files"]]
    official = str(project.folder / options["registered"])
    estimate = am.project.estimate_calibrated(files, official, level=options["level"])
    line = call("am.project.estimate_calibrated", repr(files), repr(official), level=options["level"])
    return estimate, f"estimate = {line}"


def _by_areas(project: Project, options: dict[str, Any], step: Step) -> tuple[am.Estimate, str]:
    import pandas as pd

    results = am.measure_project(project, sensitivity=False, progress=step)
    counted = pd.Series(options["counts"], dtype=float)
    unknown = [code for code in counted.index if code not in results.areas.index]
    if unknown:
        raise InputError(
            f"The project has no area '{unknown[0]}'. Use the codes in the column area_code of areas.csv."
        )
    everywhere = counted.reindex(results.areas.index)
    estimate = am.groups.estimate_from_counted_areas(
        everywhere, results.areas["population"], level=options["level"], source="your count"
    )
    line = (
        "areas = am.measure_project(project, sensitivity=False).areas\n"
        f"counted = pd.Series({options['counts']!r}).reindex(areas.index)\n"
        "estimate = am.groups.estimate_from_counted_areas(counted, areas['population'])"
    )
    return estimate, f"import pandas as pd\n\n{line}"


def _by_finds(project: Project, options: dict[str, Any], step: Step) -> tuple[am.Estimate, str]:
    step("Estimating")
    given = {name: options[name] for name in ("seen", "once", "twice", "level")}
    line = call("am.groups.estimate_from_recaptures", **given)
    return am.groups.estimate_from_recaptures(**given), f"estimate = {line}"


def _by_streets(project: Project, options: dict[str, Any], step: Step) -> tuple[am.Estimate, str]:
    import pandas as pd

    step("Estimating")
    sample = pd.DataFrame(options["sample"], columns=["stratum", "groups"])
    streets = pd.Series(options["streets"], dtype=float)
    design = options["design"]
    estimate = am.groups.estimate_from_street_sample(sample, streets, design=design, level=options["level"])
    line = (
        f"sample = pd.DataFrame({options['sample']!r}, columns=['stratum', 'groups'])\n"
        f"estimate = am.groups.estimate_from_street_sample(sample, pd.Series({options['streets']!r}), design={design!r})"
    )
    return estimate, f"import pandas as pd\n\n{line}"


_ESTIMATES: Final = {
    "rate": _by_rate,
    "lists": _by_lists,
    "register": _by_register,
    "areas": _by_areas,
    "finds": _by_finds,
    "streets": _by_streets,
}


def new_sites(words: dict[str, Any], step: Step) -> dict[str, Any]:
    """Name the places where new sites would help most."""
    project, options = opened(words), words["options"]
    best = am.suggest_project_sites(project, **options, progress=step).reset_index()
    minutes = best["unit"].iloc[0] != "m"
    scale, unit = (1.0, "minutes") if minutes else (1000.0, "km")
    shown = best.assign(
        order=range(1, len(best) + 1),
        people=best["people_nearest"].round(),
        reached=best["people_newly_reached"].round(),
        saved=(best["cost_saved_per_person"] / scale).round(2),
        covered=best["people_newly_covered"].round(),
    )
    columns = {
        "order": "Order",
        "name": "Place",
        "people": "People it would be nearest for",
        **({"reached": "Of them, can reach none now"} if best["people_newly_reached"].sum() else {}),
        "saved": f"The others save each way ({unit})"
        if best["people_newly_reached"].sum()
        else f"Saved each way ({unit})",
        "covered": "People newly within the limit",
    }
    return {
        "sentences": [
            mean_of_new_sites(best)
            if best["people_nearest"].sum() > 0
            else "None of the candidates would shorten anybody's journey, if all open sites stay."
        ],
        "tables": [
            table(shown, columns, caption="Places for new sites, each with those before it already open")
        ],
        "notes": [],
        "python": f"{project_line(project.folder)}\n{call('am.suggest_project_sites', 'project', **options)}",
    }


def site_names(words: dict[str, Any], step: Step) -> dict[str, Any]:
    """Name the sites of the type under review, open ones first."""
    project = opened(words)
    results = am.measure_project(project, sensitivity=False, progress=step)
    assets = results.assets
    kind = am.sites.site_kind(project.settings.devolution.asset_type)
    of_type = assets[assets["asset_type"].isin(kind.types)].reset_index()
    chosen = of_type[of_type["status"].isin(("open", "closed"))].sort_values(
        ["status", "name"], ascending=[False, True]
    )
    return {
        "sites": [
            [str(row.asset_id), str(row.name), str(row.status)] for row in chosen.itertuples(index=False)
        ]
    }


def what_if(words: dict[str, Any], step: Step) -> dict[str, Any]:
    """Measure changes to sites: who gains and who loses access."""
    project, edits = opened(words), words["edits"]
    scenario = am.what_if(project, edits, progress=step)
    step("Drawing the picture")
    minutes = str(scenario.people["unit"].iloc[0]) != "m"
    scale, unit = (1.0, "minutes") if minutes else (1000.0, "km")
    people = scenario.people[scenario.people["people"] > 0].reset_index(names="group")
    for name in ("mean_cost_before", "mean_cost_after"):
        people[name] = (people[name] / scale).round(2)
    counts = ["people", "people_further", "people_nearer", "people_less_access", "people_more_access"]
    people[counts] = people[counts].round()
    columns = {
        "group": "Who",
        "people": "People",
        "mean_cost_before": f"Mean before ({unit})",
        "mean_cost_after": f"Mean after ({unit})",
        "people_further": "Further",
        "people_nearer": "Nearer",
        "people_less_access": "Less access",
        "people_more_access": "More access",
    }
    worst = scenario.most_affected.reset_index()
    worst = worst.assign(
        before=(worst["cost_before"] / scale).round(1),
        after=(worst["cost_after"] / scale).round(1),
        people=worst["population"].round(),
    )
    hit = {
        "area_name": "Area",
        "people": "People",
        "before": f"Before ({unit})",
        "after": f"After ({unit})",
        "nearest_after": "Nearest then",
    }
    everyone = scenario.people.iloc[0]
    sentence = (
        f"{everyone['people_further']:,.0f} of {everyone['people']:,.0f} people would be further from their nearest site and "
        f"{everyone['people_nearer']:,.0f} nearer. The mean goes from {everyone['mean_cost_before'] / scale:.2f} to "
        f"{everyone['mean_cost_after'] / scale:.2f} {unit}."
    )
    tables = [table(people, columns, caption="Who gains and who loses")]
    if len(worst):
        tables.append(table(worst, hit, caption="Areas that lose most first, with need counted"))
    return {
        "sentences": [sentence],
        "tables": tables,
        "notes": sentences(scenario.notes),
        "python": f"{project_line(project.folder)}\nscenario = {call('am.what_if', 'project', repr(edits))}\nscenario.people",
    }


def options(words: dict[str, Any], step: Step) -> dict[str, Any]:
    """Measure the named options of a project side by side."""
    from assetmap.project import evaluate_options

    project = opened(words)
    _, found = evaluate_options(project, progress=step)
    minutes = found.unit != "m"
    scale, unit = (1.0, "minutes") if minutes else (1000.0, "km")
    figures = found.figures.reset_index()
    figures["mean"] = (figures["mean_cost"] / scale).round(2)
    columns = {
        "option": "Option",
        "title": "What it is",
        "sites_open": "Sites open",
        "mean": f"Mean to the nearest ({unit})",
        "people_further": "Further",
        "people_nearer": "Nearer",
        "people_left_without": "Left without",
        "hours_saved": "Hours saved a week",
    }
    for name in ("people_further", "people_nearer", "people_left_without"):
        if name in figures:
            figures[name] = figures[name].round()
    return {
        "sentences": [f"{each.option.name}: {each.sentence}" for each in found.options],
        "tables": [table(figures, columns, caption="Options side by side")],
        "notes": sentences(found.notes),
        "python": f"{project_line(project.folder)}\nreview, options = am.project.evaluate_options(project)\noptions.figures",
    }


def sharing(words: dict[str, Any], step: Step) -> dict[str, Any]:
    """Match what groups offer with what others ask for."""
    project, within_km = opened(words), words["within_km"]
    step("Reading the lists")
    matches = am.match_files(project=project, within_km=within_km, audience=words["audience"])
    shown = matches.head(MOST_ROWS * 4).assign(km=(matches["distance_m"] / 1000).round(1))
    columns = {
        "asked_by_name": "Asks",
        "resource": "For",
        "offered_by_name": "Could lend",
        "km": "km apart",
        "sentence": "In words",
    }
    return {
        "sentences": [am.describe_matches(matches, within_m=within_km * 1000)],
        "tables": [table(shown, columns, caption="Requests and the nearest offers")],
        "notes": [],
        "python": f"{project_line(project.folder)}\n{call('am.match_files', project=_Name('project'), within_km=within_km)}",
    }


def near(words: dict[str, Any], step: Step) -> dict[str, Any]:
    """List what is near a postcode."""
    project, options = opened(words), dict(words["options"])
    postcode = words["postcode"]
    step("Looking around the postcode")
    found = am.near_postcode(project, postcode, **options)
    shown = found.head(MOST_ROWS * 4).assign(
        kind=type_labels(found["asset_type"]),
        measured=found["location_precision"].map({"place": "to the middle of the town"}).fillna("")
        if "location_precision" in found
        else "",
    )
    columns = {
        "distance_km": "km",
        "name": "Name",
        "kind": "Type",
        "status": "Status",
        "town": "Town",
        "postcode": "Postcode",
        "phone": "Telephone",
        "website": "Website",
        "measured": "Measured",
    }
    within = options.get("within_km", 5.0)
    sentence = (
        f"{len(found):,} within {within:g} km of {postcode.upper()}."
        if len(found)
        else f"Nothing within {within:g} km of {postcode.upper()}. Try a longer distance."
    )
    return {
        "sentences": [sentence],
        "tables": [table(shown, columns, caption="Nearest first")] if len(found) else [],
        "notes": [],
        "python": f"{project_line(project.folder)}\n{call('am.near_postcode', 'project', repr(postcode), **options)}",
    }


class _Name(str):
    """A word of Python that is written without quotation marks."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def _cost_column(areas: Any, mode: str) -> tuple[str, str, float]:
    """Return the column of what it costs to get there, its heading and its scale."""
    columns = {
        "straight": "distance_m",
        "overland": "overland_m",
        "own": "travel_minutes",
        "walk": "walk_minutes",
        "drive": "drive_minutes",
        "bus": "bus_minutes",
    }
    column = columns.get(mode, "distance_m")
    return (column, "Nearest (km)", 1000.0) if column.endswith("_m") else (column, "Nearest (minutes)", 1.0)
