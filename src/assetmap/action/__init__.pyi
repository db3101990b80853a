from .conditions import AreaConditions, blank_conditions, conditions_nearby, match_conditions
from .forms import count_forms, count_steps, describe_forms
from .grants import GrantsReview, describe_grants, review_grants
from .money import concentration_curve, concentration_index, money_by_need, share_of_first, smooth_amounts
from .placing import place_grants

__all__ = [
    "AreaConditions",
    "GrantsReview",
    "blank_conditions",
    "concentration_curve",
    "concentration_index",
    "conditions_nearby",
    "count_forms",
    "count_steps",
    "describe_forms",
    "describe_grants",
    "match_conditions",
    "money_by_need",
    "place_grants",
    "review_grants",
    "share_of_first",
    "smooth_amounts",
]
