"""Measures on disk and in batches. Only `reader` imports TensorFlow, and nothing here imports
Beam."""
