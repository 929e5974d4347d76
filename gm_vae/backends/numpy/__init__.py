"""The network in NumPy."""
