"""Measures of General MIDI music as NumPy values. Nothing here imports TensorFlow or Beam."""
