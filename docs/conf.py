"""How Sphinx builds these pages.

    python -m sphinx -W --keep-going -b html docs docs/_build/html

Nothing is downloaded, neither while building nor while reading. Equations stand in the pages as
text, as the code names them, so no typesetting of formulas is needed.
"""

import sys
from pathlib import Path

import matplotlib as mpl

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE / "_extensions"), str(HERE.parent)]
mpl.use("Agg")

from hcrisk import __version__  # noqa: E402

project = "hcrisk"
copyright = "hcrisk contributors, MIT licence"
version = release = __version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.napoleon",
    "api_objects",
    "mathml",
    "pictures",
    "repository",
]
# index.md includes README.md, which is the index on a code host.
exclude_patterns = ["_build", "_extensions", "README.md", "calibration/template.md"]

myst_enable_extensions = ["attrs_inline", "attrs_block", "deflist"]
myst_heading_anchors = 3
myst_links_external_new_tab = False
suppress_warnings: list[str] = []

autosummary_generate = False
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented_params"
autodoc_member_order = "bysource"
napoleon_google_docstring = False
napoleon_use_rtype = True
napoleon_use_ivar = True
python_use_unqualified_type_names = True
add_module_names = False

html_math_renderer = "mathml"
html_theme = "furo"
html_title = f"hcrisk {__version__}"
html_static_path = ["_static"]
html_css_files = ["hcrisk.css"]
html_show_sourcelink = False
html_copy_source = False
