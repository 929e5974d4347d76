"""Files of trained models: gm-vae checkpoints, magenta.js and TensorFlow 1."""
