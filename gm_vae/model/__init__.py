"""The hierarchical VAE, in Keras 3 with `keras.ops` only."""
