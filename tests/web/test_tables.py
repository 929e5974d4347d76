"""The tables that the page is built with are those of the package."""

import pathlib
import runpy

SCRIPT = pathlib.Path(__file__).resolve().parent.parent.parent / "export" / "web" / "tables.py"


def test_the_tables_are_up_to_date():
    script = runpy.run_path(str(SCRIPT))
    assert script["FILE"].read_text(encoding="utf-8") == script["source"](), "run make tables"
