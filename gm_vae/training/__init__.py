"""One training loop for every `tf.distribute` strategy, and evaluation."""
