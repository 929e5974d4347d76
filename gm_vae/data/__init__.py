"""Measures on disk and in batches. Only `reader` imports TensorFlow; nothing imports Beam."""
