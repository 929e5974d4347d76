"""The network on NumPy."""
