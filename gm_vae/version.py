"""The version of the package, read by pyproject.toml and written into every artifact."""

__version__ = "0.1.0"
