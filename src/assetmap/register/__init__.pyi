from .again.changes import compare
from .areas import assign_areas
from .audience import publish
from .check import CheckReport
from .corrections.fixes import suggest_fixes
from .link import describe_linking
from .nearby import near
from .resources import find_resources
from .review import review_table

__all__ = [
    "CheckReport",
    "assign_areas",
    "compare",
    "describe_linking",
    "find_resources",
    "near",
    "publish",
    "review_table",
    "suggest_fixes",
]
