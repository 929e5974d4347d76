"""For tools that need a setup.py; all settings are in pyproject.toml."""

import setuptools

setuptools.setup()
