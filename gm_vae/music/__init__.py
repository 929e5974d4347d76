"""Measures of General MIDI music as NumPy values. Nothing in here imports TensorFlow or Beam."""
