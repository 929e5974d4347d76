"""The tables of the page's engine equal those of the package."""

import pathlib
import runpy

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "packages" / "engine" / "tables.py"


def test_the_tables_are_up_to_date():
    script = runpy.run_path(str(SCRIPT))
    assert script["FILE"].read_text(encoding="utf-8") == script["source"](), "run make tables"
