"""Files of trained models: our own folder, magenta.js, TensorFlow 1; each read and written here."""
