from .conditions import blank_conditions, conditions_nearby, match_conditions

__all__ = ["blank_conditions", "conditions_nearby", "match_conditions"]
