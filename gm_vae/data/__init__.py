"""Measures on disk (`tf.train.Example` in TFRecord shards) and in batches (`tf.data`)."""
