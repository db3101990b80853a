"""Check an evidence pack: make it again from the project's inputs and compare every member, and check its signature."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

import pandas as pd

from assetmap.project.evidence import NOT_PUBLISHED, public_names, review_members, review_sources
from assetmap.project.folder import Progress, Project
from assetmap.project.inputs import hash_inputs, refuse_changed
from assetmap.project.known import fixed
from assetmap.project.measuring import measure_project
from assetmap.project.options import read_options
from assetmap.project.review import devolution_settings, measure_review
from assetmap.project.settings.reading import CONFIG_NAME, MOST_OPTIONS
from assetmap.project.signature import check_signature, signature_path
from assetmap.read.evidence import read_evidence
from assetmap.schema import AssetmapError, InputError, Option, first_few
from assetmap.show.review.evidence import compare_members
from assetmap.sites.changes import KINDS
from assetmap.sites.options import PROPOSAL
from assetmap.sites.review import DevolutionSettings

MOST: Final = {"draws": 1_000_000, "closures": 4}
MOST_NUMBER: Final = 1e9
MOST_VALUES: Final = 1_000
"""A pack that asks for more than this is refused: checking it would not end."""


@dataclass(frozen=True)
class Verification:
    """What checking an evidence pack found.

    same : every input file and every member is the same.
    inputs : index ``file``; ``same``, ``difference`` (empty if it is the same).
    members : index ``member`` (``manifest.json``, ``tables/sites.csv`` ...); ``same``, ``difference``.
    signed : ``yes`` (the signature fits the public key), ``not checked`` or ``no signature``.
    chosen : a sentence for each setting of the review that is not that of ``assetmap.toml``.
    """

    same: bool
    inputs: pd.DataFrame
    members: pd.DataFrame
    signed: str
    chosen: tuple[str, ...] = ()


def verify_evidence(
    path: str | Path,
    project: Project,
    *,
    public_key: str | Path | None = None,
    progress: Progress | None = None,
) -> Verification:
    """Make an evidence pack again from a project's inputs, and say whether every member is the same.

    Parameters
    ----------
    path
        ``evidence.zip``.
    project
        The project with the inputs of the pack. The settings of the review and the changes of "Your proposal" are those of
        the pack, which every part of it must follow from; the other options are those of the project.
    public_key
        A public key in a PEM file; the signature beside the pack must fit it.
    progress
        Called with a short text before each step.

    Returns
    -------
    Verification
        ``same`` only if every input file and every member is the same, byte for byte.

    Raises
    ------
    InputError
        If the pack cannot be read, was changed after it was written, asks for a review that cannot be made, or does not
        have the signature that was asked for.

    Examples
    --------
    >>> review, options = am.review_project(village, "review", options=["A"])  # doctest: +SKIP
    >>> am.verify_evidence("review/evidence.zip", village).same  # doctest: +SKIP
    True
    """
    said = None if public_key is None else check_signature(path, public_key)
    pack = read_evidence(path)
    if said not in (None, pack.sha256):
        raise InputError(f"'{path}' was replaced while it was checked. Run the command again.")
    settings, options = _asked(path, pack.manifest["settings"])
    options = _of_project(path, project, options)
    project = fixed(project)
    hashes = hash_inputs(project)
    results = measure_project(project, sensitivity=False, progress=progress)
    try:
        review, compared = measure_review(project, results, settings, options)
    except (AssetmapError, KeyError, TypeError, ValueError, OverflowError) as error:
        raise InputError(
            f"'{path}' asks for a review that cannot be made from this project: {error}"
        ) from error
    refuse_changed(project, hashes)
    sources = review_sources(results.sources, project, hashes)
    rebuilt = review_members(
        results, review, compared, settings=settings, sources=sources, options=options, hashes=hashes
    )
    members = compare_members(pack.members, rebuilt)
    told = public_names(hashes, audience=results.settings["project"]["audience"])
    hashes = {told[file]: digest for file, digest in hashes.items()}
    inputs = _compare_inputs(
        {
            name: hashes.get(name, digest) if digest == NOT_PUBLISHED else digest
            for name, digest in pack.manifest["input_files"].items()
        },
        hashes,
    )
    signed = (
        "yes"
        if public_key is not None
        else "not checked"
        if signature_path(path).is_file()
        else "no signature"
    )
    same = bool(members["same"].all() and inputs["same"].all())
    return Verification(same, inputs, members, signed, tuple(_chosen(settings, devolution_settings(project))))


def describe_verification(found: Verification) -> list[str]:
    """Say in sentences what a verification found.

    Returns
    -------
    list of str
        First whether everything is the same, then one sentence for each input file and member that is not, then what is
        known of the signature.

    Examples
    --------
    >>> nothing = pd.DataFrame({"same": [True], "difference": [""]}, index=["libraries.csv"])
    >>> found = am.project.Verification(True, nothing, nothing, "no signature")
    >>> am.project.describe_verification(found)[0]
    'All 1 members of the pack are the same, made from the same 1 input files.'
    """
    inputs, members = found.inputs[~found.inputs["same"]], found.members[~found.members["same"]]
    if found.same:
        lines = [
            f"All {len(found.members)} members of the pack are the same, made from the same {len(found.inputs)} input files."
        ]
    else:
        lines = [
            f"The pack does not match this project: {len(members)} of {len(found.members)} members and {len(inputs)} of "
            f"{len(found.inputs)} input files differ."
        ]
    lines += [f"Input {name}: {words}." for name, words in inputs["difference"].items()]
    lines += [f"{name}: {words}." for name, words in members["difference"].items()]
    lines += found.chosen
    lines.append(
        {
            "yes": "The signature fits the public key.",
            "not checked": "The pack is signed. To check who signed it, give their key with --public-key FILE.",
        }.get(found.signed, "The pack is not signed, so it does not say who made it.")
    )
    return lines


def _compare_inputs(then: Mapping[str, str], now: Mapping[str, str]) -> pd.DataFrame:
    names = sorted({*then, *now})
    differences = [
        "named in the pack, but not in this project"
        if name not in now
        else "read by this project, but not named in the pack"
        if name not in then
        else ""
        if then[name] == now[name]
        else "it is not the file that the pack was made from"
        for name in names
    ]
    index = pd.Index(names, name="file", dtype=object)
    return pd.DataFrame(
        {"same": [not words for words in differences], "difference": differences}, index=index
    )


def _asked(path: str | Path, settings: Mapping[str, Any]) -> tuple[DevolutionSettings, tuple[Option, ...]]:
    """Return the settings of a review and the options that a pack states, if each has its kind and a size to work with."""
    asked, options = settings.get("devolution"), settings.get("options")
    problems = []
    if set(settings) != {"project", "devolution", "options"}:
        problems.append("its settings are not those of a review")
    defaults = asdict(DevolutionSettings())
    if not isinstance(asked, dict) or set(asked) != set(defaults):
        problems.append("it does not have the settings of a review, each once")
    else:
        problems += [
            f"'{name}' is not a setting that can be used"
            for name, default in defaults.items()
            if not _fits(asked[name], default, MOST.get(name, MOST_NUMBER))
        ]
    if not isinstance(options, list) or len(options) > MOST_OPTIONS + 1 or not all(map(_is_option, options)):
        problems.append("its options cannot be used")
    if problems:
        raise InputError(f"'{path}' cannot be made again: {first_few(problems, most=3)}.")
    assert isinstance(asked, dict)
    assert isinstance(options, list)
    chosen: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in asked.items()
    }
    named = tuple(
        Option(each["name"], each["title"], {kind: tuple(words) for kind, words in each["edits"].items()})
        for each in options
    )
    return DevolutionSettings(**chosen), named


def _of_project(path: str | Path, project: Project, stated: Sequence[Option]) -> tuple[Option, ...]:
    """Return the options of the project that a pack names, with its own titles and changes, and the proposal that the pack states."""
    own = {each.name: each for each in read_options(project)}
    lost = [each.name for each in stated if each.name not in own and each.name != PROPOSAL.name]
    if lost:
        raise InputError(f"'{path}' has options that this project does not have: {first_few(lost)}.")
    once = {each.name: own.get(each.name, replace(PROPOSAL, edits=each.edits)) for each in stated}
    return tuple(once.values())


def _chosen(settings: DevolutionSettings, own: DevolutionSettings) -> Iterator[str]:
    """Yield a sentence for each setting of the review that is not that of ``assetmap.toml``."""
    for name, value in asdict(settings).items():
        usual = getattr(own, name)
        if value != usual:
            yield f"The review was made with {name} = {value!r}; {CONFIG_NAME} has {usual!r}."


def _is_option(value: Any) -> bool:
    """Say whether a value from a pack is an option: a name, a title, and changes in words."""
    return (
        isinstance(value, dict)
        and set(value) == {"name", "title", "edits"}
        and all(_fits(value[key], "", 0) for key in ("name", "title"))
        and isinstance(value["edits"], dict)
        and set(value["edits"]) <= set(KINDS)
        and all(_words(each) for each in value["edits"].values())
    )


def _fits(value: Any, default: Any, most: float) -> bool:
    """Say whether a value from a pack is of the kind of the default of its setting, and of a size to work with."""
    if isinstance(default, tuple):
        return (
            isinstance(value, list)
            and len(value) <= MOST_VALUES
            and all(_fits(each, 0.0 if default else "", most) for each in value)
        )
    if isinstance(default, dict):
        return (
            isinstance(value, dict)
            and len(value) <= MOST_VALUES
            and all(_fits(n, 0.0, most) for n in value.values())
        )
    if isinstance(default, str):
        return isinstance(value, str) and 0 < len(value) <= MOST_VALUES
    if default is None:
        return value is None or _fits(value, "", most) or _fits(value, 0, most)
    whole = type(value) is int and 0 <= value <= most
    return whole if isinstance(default, int) else whole or (type(value) is float and 0 <= value <= most)


def _words(value: Any) -> bool:
    return (
        isinstance(value, list)
        and 0 < len(value) <= MOST_VALUES
        and all(_fits(each, "", 0) for each in value)
    )
