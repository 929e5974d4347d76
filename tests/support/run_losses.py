"""Reads the TensorBoard files of a training run."""

import pathlib

import tensorflow as tf


def run_losses(folder, name="train/loss"):
    """{step: set of values} of a scalar of the run; a step done twice in two lives has each."""
    losses = {}
    for path in sorted(pathlib.Path(folder, "logs").glob("events*")):
        records = tf.data.TFRecordDataset(str(path)).as_numpy_iterator()
        try:
            for record in records:
                event = tf.compat.v1.Event.FromString(record)
                for value in event.summary.value:
                    if value.tag == name:
                        losses.setdefault(event.step, set()).add(value.simple_value)
        except tf.errors.DataLossError:  # the last record of a run that was killed
            pass
    return losses
