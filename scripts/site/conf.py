"""How Sphinx builds the site. `build.py` writes the pages beside it first, and calls it."""

import sys
from pathlib import Path

import assetmap

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

project = "assetmap"
author = "The assetmap developers"
copyright = "the assetmap developers. The data keep their own licences"
release = version = assetmap.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "numpydoc", "links"]
source_suffix = {".md": "markdown", ".rst": "restructuredtext"}
default_role = "literal"
language = "en"
smartquotes = False  # they turn --option into a dash

myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 4
suppress_warnings = ["misc.highlighting_failure"]

autodoc_typehints = "signature"
autodoc_typehints_format = "short"
python_maximum_signature_line_length = 88
python_use_unqualified_type_names = True
add_module_names = False
numpydoc_show_class_members = False
numpydoc_class_members_toctree = False
toc_object_entries = False

templates_path = [str(HERE / "templates")]
html_theme = "pydata_sphinx_theme"
html_title = "assetmap"
html_static_path = [str(HERE / "static")]
html_css_files = ["site.css"]
html_show_sourcelink = False
html_copy_source = False
html_show_search_summary = False  # it would read other pages, which a browser refuses from a file
html_last_updated_fmt = None
html_theme_options = {
    "navbar_align": "left",
    "navbar_end": ["theme-switcher"],
    "navbar_persistent": ["search-button"],
    "header_links_before_dropdown": 7,
    "navigation_with_keys": False,
    "show_toc_level": 2,
    "footer_start": ["copyright"],
    "footer_end": [],
    "secondary_sidebar_items": ["page-toc"],
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
html_context = {"default_mode": "auto"}
html_sidebars = {"index": []}
