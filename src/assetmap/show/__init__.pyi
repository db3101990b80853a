from .check import write_check
from .map import map_layers
from .pictures.draw import draw_map
from .pictures.figures import save_picture
from .review.evidence import compare_members, evidence_members, write_evidence
from .review.layers import devolution_layers
from .review.options import option_figure, summary_rows
from .review.page import write_devolution
from .review.residents import write_residents
from .review.tables import option_tables, write_options, write_scenario
from .tables import write_geopackage
from .workbook import write_workbook

__all__ = [
    "compare_members",
    "devolution_layers",
    "draw_map",
    "evidence_members",
    "map_layers",
    "option_figure",
    "option_tables",
    "save_picture",
    "summary_rows",
    "write_check",
    "write_devolution",
    "write_evidence",
    "write_geopackage",
    "write_options",
    "write_residents",
    "write_scenario",
    "write_workbook",
]
