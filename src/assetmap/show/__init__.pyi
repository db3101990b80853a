from .check import write_check
from .map import map_layers
from .pictures.draw import draw_map
from .pictures.figures import save_picture
from .review.evidence import compare_members, evidence_members, write_evidence
from .review.layers import devolution_layers
from .review.page import write_devolution, write_scenario
from .tables import write_geopackage
from .workbook import write_workbook

__all__ = [
    "compare_members",
    "devolution_layers",
    "draw_map",
    "evidence_members",
    "map_layers",
    "save_picture",
    "write_check",
    "write_devolution",
    "write_evidence",
    "write_geopackage",
    "write_scenario",
    "write_workbook",
]
