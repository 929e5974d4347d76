"""For tools that want a setup.py; everything is said in pyproject.toml."""

import setuptools

setuptools.setup()
