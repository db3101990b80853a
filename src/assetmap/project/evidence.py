"""The members of the evidence pack of a review, made from a project's results: once to write them, again to check them."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Final

import pandas as pd

import assetmap
from assetmap.project.build import VERSIONS_OF
from assetmap.project.inputs import ANSWERS_NAME
from assetmap.schema import DevolutionReview, Results, Scenario
from assetmap.show.review.evidence import evidence_members
from assetmap.show.review.page import methods_of
from assetmap.sites.review import DevolutionSettings, evidence_tables

EVIDENCE_NAME: Final = "evidence.zip"
SIGNED_NAME: Final = f"{EVIDENCE_NAME}.sig"


def review_members(
    results: Results,
    review: DevolutionReview,
    scenario: Scenario | None,
    *,
    settings: DevolutionSettings,
    edits: Mapping[str, Sequence[str]] | None,
    hashes: Mapping[str, str],
) -> dict[str, bytes]:
    """Return every member of the evidence pack of a review.

    Parameters
    ----------
    results
        The build that the review rests on.
    review, scenario
        What was measured.
    settings, edits
        What was asked for.
    hashes
        SHA-256 of every input file, from `hash_inputs`.

    Returns
    -------
    dict
        Name in the pack -> bytes; the same results give the same bytes.
    """
    return evidence_members(
        evidence_tables(review, scenario),
        sources=_sources(results.sources, hashes),
        settings={
            "project": results.settings,
            "devolution": asdict(settings),
            "edits": {kind: list(words) for kind, words in (edits or {}).items() if words},
        },
        versions=_versions(),
        methods=[*methods_of(review), results.estimate.text],
        input_files=hashes,
    )


def _sources(sources: pd.DataFrame, hashes: Mapping[str, str]) -> pd.DataFrame:
    """Return the sources of the build and, if there are any, the answers about sites."""
    if ANSWERS_NAME not in hashes:
        return sources
    row = {"title": "Answers about the sites", "file": ANSWERS_NAME, "sha256": hashes[ANSWERS_NAME]}
    answers = pd.DataFrame([row], index=pd.Index(["site_answers"], name="source_id"))
    return pd.concat([sources.astype(object), answers.reindex(columns=sources.columns)])


def _versions() -> dict[str, str]:
    return {"assetmap": assetmap.__version__} | {
        name: importlib.metadata.version(name) for name in VERSIONS_OF
    }
