"""Records of a review of sites, and of the options before a committee."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from assetmap.records.results import Note

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    import pandas as pd


@dataclass(frozen=True)
class DevolutionReview:
    """A review of every site of a type (columns: docs/tables.md).

    sites : index ``asset_id``, one row per site, a column per reason and ``geometry``; ``candidate`` says which of them are
        scored and compared.
    people_by_decile : people for whom the site is the nearest, by need decile (1 = most need).
    small_areas : index ``area_code``: nearest and next nearest site, need, ages, sites within the limit.
    dependence : index ``asset_id``: people who have no other site within the limit, most first.
    fragility : index ``asset_id``: the sites whose running has passed on, and what depends on each.
    criteria : index ``criterion``: ``score`` (impact or readiness), ``part``, ``weight``, ``column``, ``label``.
    scores : index ``asset_id`` of the candidates, one column per criterion, 0-1; missing = not known.
    answers : index ``asset_id``: ``receiver``, ``receiver_present``, ``interest``, one column per question (``yes``, ``no``,
        ``unknown``), ``date``, ``source``, ``open_question``.
    closures : every combination of closures of candidates, least harm first; ``closures_front`` those that none beats.
    settings : what was asked for.
    """

    sites: gpd.GeoDataFrame
    people_by_decile: pd.DataFrame
    small_areas: pd.DataFrame
    dependence: pd.DataFrame
    fragility: pd.DataFrame
    criteria: pd.DataFrame
    scores: pd.DataFrame
    answers: pd.DataFrame
    closures: pd.DataFrame
    closures_front: pd.DataFrame
    settings: dict[str, Any] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class Scenario:
    """Changes to sites measured.

    areas : index ``area_code``; ``area_name``, ``population`` (ages, ``need`` where known), ``cost_before``,
        ``cost_after``, ``cost_change`` (+ = further), ``unit`` of the costs (``m`` or ``min``), ``nearest_before``, ``nearest_after`` (names),
        ``access_before``, ``access_after`` (weekly hours per 1,000 people), ``access_change``, ``outcome``
        (``further``, ``nearer``, ``less access``, ``more access``, ``same``).
    people : one row per group of people (everyone, children, 60+, need deciles).
    sites : index ``asset_id``; status, operator, control, hours and people for whom it is the nearest, before
        and after.
    most_affected : the rows of ``areas`` that lose most, weighted by need, worst first; ``harm`` in person-kilometres or person-hours.
    """

    areas: pd.DataFrame
    people: pd.DataFrame
    sites: pd.DataFrame
    most_affected: pd.DataFrame
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class Option:
    """One of the choices before a committee: changes to sites, in the words of the command line.

    name : short name, ``A``.
    title : what it is, in a few words.
    edits : kind of change (``close``, ``devolve``, ``move``, ``hours``, ``open``) -> words.
    """

    name: str
    title: str
    edits: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class OptionResult:
    """What an option does.

    option : what was asked for.
    changes : one row per change: ``kind``, ``asset_id``, ``name``, ``words``, ``receiver``, ``postcode``, ``weekly_hours``,
        and what it does to hours and money: ``hours_saved`` (a week), ``saving_low``, ``saving_high`` (pounds a year),
        ``one_off_low``, ``one_off_high`` (pounds once); missing where the list does not say.
    after : the sites after the changes, index ``asset_id``.
    scenario : people's access before and after.
    sentence : what it does, in one plain sentence.
    must_be_true : what has to be so for it to work.
    not_known : what nobody has told us.
    break_even : how many people in costlier services use up what it saves; empty where the project gives no ``[break_even]``.
    """

    option: Option
    changes: pd.DataFrame
    after: gpd.GeoDataFrame
    scenario: Scenario
    sentence: str
    must_be_true: tuple[str, ...]
    not_known: tuple[str, ...]
    break_even: str = ""


@dataclass(frozen=True, eq=False)
class OptionsReview:
    """Options side by side: every number that a summary of them may show.

    options : one each, in the order of the settings; empty if nothing is proposed.
    before : the sites as they are, index ``asset_id``.
    figures : index ``option`` (``today`` first): ``title``, ``people``, ``mean_cost``, ``furthest_cost``, ``people_without``
        (nobody within the limit), ``sites_open``, ``sites_local`` (of them run by a local council or community body) and, but
        for today, ``people_further``, ``children_further``, ``older_further``, ``most_need_further`` (need decile 1),
        ``no_car_further`` (households), ``people_nearer``, ``people_less_access``, ``people_more_access``,
        ``people_left_without`` (somebody within the limit today, nobody after), ``hours_saved``, ``saving_low``,
        ``saving_high``, ``one_off_low``, ``one_off_high``. Missing where it is not known.
    people : index ``option``, ``group``: the rows of ``Scenario.people``.
    equality : index ``option``, ``group``: who loses, by group (docs/sites.md).
    not_available : protected characteristic -> why there is no row with numbers for it.
    responses : consultation, one row per option, site and view (docs/sites.md); empty without responses.
    responses_areas : index ``option``, ``area_code``: ``responses``; missing where hidden.
    response_notes : how many answered and who is missing.
    risks : the risk and time register, one row per step or risk (docs/sites.md).
    kind : ``word``, ``words`` and ``duty`` of the sites.
    unit : of the costs, ``m`` or ``min``; ``limit`` how far people travel; ``mode`` how they travel.
    notes : what a reader of any of these numbers must know.
    """

    options: tuple[OptionResult, ...]
    before: gpd.GeoDataFrame
    figures: pd.DataFrame
    people: pd.DataFrame
    equality: pd.DataFrame
    not_available: Mapping[str, str]
    responses: pd.DataFrame
    responses_areas: pd.DataFrame
    response_notes: tuple[str, ...]
    risks: pd.DataFrame
    kind: Mapping[str, str]
    unit: str
    limit: float
    mode: str
    notes: tuple[Note, ...] = ()
