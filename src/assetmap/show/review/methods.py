"""How a review was made and what it does not know, in sentences; and where the data comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from assetmap.show.html import bullets, table
from assetmap.show.words import date_words, groups_estimated, measured_by, plain, sentence

if TYPE_CHECKING:
    import pandas as pd
    from markupsafe import Markup

    from assetmap.schema import DevolutionReview, Estimate, OptionsReview

DISTANCES: Final = {
    "straight": "Distances are straight lines from where the people of an area live to the site. Roads are longer, and "
    "much longer around an estuary.",
    "overland": "Distances are the shortest overland routes, using the ferries named in the project's settings, from where "
    "the people of an area live to the site. Roads are longer.",
    "walk": "Travel times are minutes on foot from where the people of an area live to the site: along the roads of "
    "OpenStreetMap, or, without a road extract, a straight line times 1.2 at 5 km/h.",
    "drive": "Travel times are minutes by car along the roads of OpenStreetMap, without allowing for rush hour or parking.",
    "bus": "Travel times are minutes by bus, including walks and waiting: the median over departures from 9:00 to 17:00, "
    "Monday to Friday, in one week of the timetable.",
    "own": "Travel costs are the project's own travel times, in minutes, from an area to the site. Nothing is known beyond "
    "them.",
}
METHODS: Final = (
    "Scores compare the candidates with each other: each measure counts by its rank among them. They are not absolute marks. "
    "Sites that are already run locally are not scored.",
    "Impact and readiness are never added together. An unknown answer does not count in a score; the interval beside the "
    "score shows what it would be if every unknown answer were bad or good.",
    "The thirteen conditions for social action are published for a locality. Our questions adapt them to the place around a site; "
    "their numbers are the published ones.",
    "Sensitivity of the order: we drew random weights for the criteria, all equally likely. The share shows how often a "
    "site stays among the first, whatever weight each criterion has.",
    "The harm of closures is the extra distance or time one way to the nearest remaining site, in person-kilometres or "
    "person-hours. Each person counts in proportion to the need of the area (1 on average). Every combination was measured.",
    "Groups nearby are groups on the lists. The lists are a sample: few groups may mean a poor list. The estimate of "
    "unregistered groups is a share by population and tells you nothing about a single place.",
    "Where several sites are equally near to an area, its people are counted at one of them.",
    "People and need are counted for whole small areas. These tables do not show who uses a site, what it is like inside, "
    "where buses go, or whether everyone can use the building.",
    "This review supports judgement and consultation. It does not replace them.",
)
OPTION_METHODS: Final = (
    "Options are compared with the sites as they are today. Sites beyond the border count, and so do the people there who share "
    "the sites; people are counted inside the border only. The review of single sites and of combinations does not count sites "
    "beyond the border.",
    "A person lives further away if the nearest site is a metre or a minute further, or more. Left without means that there is a "
    "site within the limit today and none after. Less access means fewer opening hours for each person who shares them.",
    "Savings are from the list. Closing a site saves its running cost less its income; devolving it saves between nothing and all "
    "of that; shorter hours save between nothing and the same share of the running cost. A saving is not known where a cost is not.",
    "Equality: the people of the areas that would be further from a site, by group, compared with all areas. They are full "
    "counts, so nothing is tested for significance. They describe areas and not those who use a site.",
)


def methods_of(review: DevolutionReview, options: OptionsReview | None = None) -> list[str]:
    """Return sentences on how a review was made and what it does not know.

    Parameters
    ----------
    review
        From `review_devolution`.
    options
        The options side by side, where there are any: what was counted for them, and the duty in law for this kind of site.
    """
    mode = review.settings.get("distance", "straight")
    distance = DISTANCES.get(mode, f"Travel costs are measured {measured_by(mode)}.")
    sentences = [*(note.sentence for note in review.notes), distance, *METHODS]
    if options is None:
        return sentences
    more = [note.sentence for note in options.notes if note.sentence not in sentences]
    source = options.kind["duty_source"]
    duty = sentence(options.kind["duty"].removesuffix(".") + (f" ({source})" if source else ""))
    return [*sentences, *(OPTION_METHODS if options.options else ()), *more, duty]


def methods_section(
    review: DevolutionReview, options: OptionsReview | None, estimate: Estimate | None
) -> Markup:
    """Return the methods and limits as a list."""
    sentences = methods_of(review, options)
    if estimate is not None:
        sentences += [f"Unregistered groups are {groups_estimated(estimate)}.", estimate.text]
    return bullets(sentences)


def sources_section(sources: pd.DataFrame) -> Markup:
    """Return the table of sources."""
    rows = [
        (
            plain(row["title"]),
            plain(row["publisher"]),
            date_words(row["date"]),
            plain(row["licence"]),
            plain(row["attribution"]),
        )
        for _, row in sources.iterrows()
    ]
    return table("Sources", ("Source", "Publisher", "Date", "Licence", "Attribution"), rows, stacked=True)
