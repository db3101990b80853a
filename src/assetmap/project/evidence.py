"""The members of the evidence pack of a review, made from a project's results: once to write them, again to check them."""

from __future__ import annotations

import importlib.metadata
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final

import pandas as pd

import assetmap
from assetmap.project.build import VERSIONS_OF
from assetmap.project.folder import Project
from assetmap.project.inputs import ANSWERS_NAME, RISKS_NAME
from assetmap.project.measuring import WITHHELD
from assetmap.public import without_contacts
from assetmap.schema import DevolutionReview, Option, OptionsReview, Results
from assetmap.show.review.evidence import evidence_members
from assetmap.show.review.methods import methods_of
from assetmap.show.review.tables import option_tables
from assetmap.sites.review import DevolutionSettings, evidence_tables

EVIDENCE_NAME: Final = "evidence.zip"
SIGNED_NAME: Final = f"{EVIDENCE_NAME}.sig"


NOT_PUBLISHED: Final = "0" * 64
"""In place of the checksum of a list with guarded places: who knows the rest of the list could find them by it."""


def review_members(
    results: Results,
    review: DevolutionReview,
    compared: OptionsReview,
    *,
    settings: DevolutionSettings,
    sources: pd.DataFrame,
    options: Sequence[Option],
    hashes: Mapping[str, str],
) -> dict[str, bytes]:
    """Return every member of the evidence pack of a review.

    Parameters
    ----------
    results
        The build that the review rests on.
    review, compared
        What was measured: the sites, and the options side by side.
    settings, options
        What was asked for.
    sources
        From `review_sources`.
    hashes
        SHA-256 of every input file, from `hash_inputs`.

    Returns
    -------
    dict
        Name in the pack -> bytes; the same results give the same bytes.
    """
    withheld = sources[~sources["sha256"].astype("str").str.fullmatch(r"[0-9a-f]{64}")]
    told = public_names(hashes, audience=results.settings["project"]["audience"])
    hashes = {told[file]: digest for file, digest in hashes.items()}
    secret = set(withheld["file"].astype("str"))
    hashes |= {name: NOT_PUBLISHED for name in hashes if {name, name.rpartition(" (")[0]} & secret}
    return evidence_members(
        evidence_tables(review) | option_tables(compared),
        sources=sources,
        settings={
            "project": results.settings,
            "devolution": asdict(settings),
            "options": [
                {"name": each.name, "title": each.title, "edits": {k: list(v) for k, v in each.edits.items()}}
                for each in options
            ],
        },
        versions=_versions(),
        methods=[*methods_of(review, compared), results.estimate.text, *_asked_for(settings, options)],
        input_files=hashes,
    )


def _asked_for(settings: DevolutionSettings, options: Sequence[Option]) -> Iterator[str]:
    """Yield what a review was asked for, in words: the manifest cannot say anything else than the methods."""
    said = (
        f"{name} = {json.dumps(value, ensure_ascii=False, default=lambda each: each.item())}"
        for name, value in asdict(settings).items()
    )
    yield f"Settings of this review (the table [devolution] of assetmap.toml): {'; '.join(said)}."
    for each in options:
        words = json.dumps({kind: list(edits) for kind, edits in each.edits.items()}, ensure_ascii=False)
        yield f"Option {each.name} ({each.title}): {words}."


def public_names(files: Iterable[str], *, audience: str) -> dict[str, str]:
    """Return what each input file is called in a pack: for the public without contacts, and each name once."""
    names: dict[str, str] = {}
    for file in sorted(files):
        told = without_contacts({"file": file}, audience=audience)["file"]
        times = sum(name.partition(" (")[0] == told for name in names.values())
        names[file] = f"{told} ({times + 1})" if times else told
    return names


def review_sources(sources: pd.DataFrame, project: Project, hashes: Mapping[str, str]) -> pd.DataFrame:
    """Return the sources of the build and of what only a review reads: census tables, responses, answers and risks.

    Responses to a consultation are personal data: their checksum is not published, because it would confirm a guess.
    """
    rows = {}
    for name, each in project.settings.review_inputs().items():
        said = {
            key: getattr(each, key)
            for key in ("title", "publisher", "date", "licence", "attribution", "url", "file")
        }
        digest = WITHHELD if name == "consultation" else hashes[Path(each.file).as_posix()]
        rows[name] = said | {"sha256": digest}
    for name, file, title in (
        ("site_answers", ANSWERS_NAME, "Answers about the sites"),
        ("option_risks", RISKS_NAME, "Steps and risks of the options"),
    ):
        if file in hashes:
            rows[name] = {"title": title, "file": file, "sha256": hashes[file]}
    if not rows:
        return sources
    more = pd.DataFrame.from_dict(rows, orient="index").reindex(columns=sources.columns)
    joined = pd.concat([sources.astype(object), more.astype(object)])
    return joined.rename_axis("source_id")


def _versions() -> dict[str, str]:
    return {"assetmap": assetmap.__version__} | {
        name: importlib.metadata.version(name) for name in VERSIONS_OF
    }
