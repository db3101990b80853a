from .choices import access_choices, measure_sensitivity
from .clusters import GapClusters, describe_clusters, find_clusters
from .hotspots import find_hotspots
from .measure import describe_gaps, gaps_by_type, need_column
from .outcomes import measure_outcomes, serving_outcomes
from .prevention import measure_prevention, preventive_types, thin_prevention
from .priorities import Priorities, assign_priorities, measure_priorities
from .ranks import rank_confidence_sets, ranks_together
from .score import find_gaps, summarise_gaps
from .sensitivity import gap_sensitivity, sensitivity_notes
from .variants import compare_gaps, convert_gaps, describe_sensitivity, find_variants

__all__ = [
    "GapClusters",
    "Priorities",
    "access_choices",
    "assign_priorities",
    "compare_gaps",
    "convert_gaps",
    "describe_clusters",
    "describe_gaps",
    "describe_sensitivity",
    "find_clusters",
    "find_gaps",
    "find_hotspots",
    "find_variants",
    "gap_sensitivity",
    "gaps_by_type",
    "measure_outcomes",
    "measure_prevention",
    "measure_priorities",
    "measure_sensitivity",
    "need_column",
    "preventive_types",
    "rank_confidence_sets",
    "ranks_together",
    "sensitivity_notes",
    "serving_outcomes",
    "summarise_gaps",
    "thin_prevention",
]
