"""From points of the latent space to music: decoding, progressions, interpolation, rendering."""
