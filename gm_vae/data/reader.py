"""Batches of measures for TensorFlow: whole shards in, many batches parsed at a time.

`gm_vae.data.order` says what is read when; this file does it. Nothing is done a measure at a time:
a window of shards is one string tensor, and parsing works on the joined real tokens of some
thousand measures; only the results are spread over [B, T, E].
"""

from __future__ import annotations

import itertools
import os
import pathlib
from collections.abc import Iterator

import numpy as np
import tensorflow as tf

from gm_vae.data import dataset as dataset_lib
from gm_vae.data import examples, shards
from gm_vae.data.dataset import read_measures
from gm_vae.data.order import Order
from gm_vae.errors import UsageError
from gm_vae.music.measure_format import MeasureFormat
from gm_vae.music.vocabulary import PITCHES, vocabulary

__all__ = ["measure_batches", "read_measures"]

_PARSED_AT_ONCE = 1024  # measures, about; 4 MB of int32 [E] rows


def measure_batches(
    dataset_dir: str | pathlib.Path,
    split: str,
    batch_size: int,
    *,
    shuffle_seed: int | None = None,
    repeat: bool = False,
    drop_remainder: bool = False,
    transpose: int = 0,
    bucket: bool = False,
    first_batch: int = 0,
    window: int = 65_536,
    share: tuple[int, int] = (0, 1),
) -> tf.data.Dataset:
    """The measures of a split as a `tf.data.Dataset` of batches.

    A batch depends on the arguments and its number alone, and to begin at a late batch costs no
    more than to begin at the first.

    Args:
        dataset_dir: folder of a finished dataset.
        split: "train", "validation" or "test".
        batch_size: B, measures in a batch.
        shuffle_seed: None keeps the order of the files. A number shuffles shards and measures,
            anew each epoch; the same number gives the same batches again.
        repeat: epochs without end, each measure once in each; batches span the seams. Otherwise
            the dataset is one epoch: the first, and the next each time it is iterated again.
        drop_remainder: leave out a last batch of fewer than B measures (static shapes).
        transpose: move each measure, notes and chords but never drums, by -transpose..transpose
            semitones, drawn anew each epoch. A measure in which a pitch would leave the format's
            range (0..127 by default) stays where it is.
        bucket: batches of measures whose longest tracks are about equally long, in random order
            (needs a seed). Batches then have fewer steps of recurrence, but differ among each
            other.
        first_batch: number of the batch to begin with.
        window: whole shards of at most so many measures (at least one shard) are shuffled or
            bucketed together. All in all the reader takes some 170 MB at the default.
        share: (i, n) keeps the i-th of n equal parts of each batch and parses no other, for n
            processes that train together: B becomes B / n. Needs `repeat`, since a last batch may
            not divide.

    Returns:
        A dataset of dicts: "tokens" int32 [B, T, E] zero-padded, "lengths" int32 [B, T], "chords"
        int32 [B, T, E] the chord id of each token (as `Measure.event_chords`).

    Raises:
        UserError: no such dataset, an empty split, a damaged file, or `drop_remainder` with fewer
            measures than a batch.
    """
    if batch_size < 1:
        raise UsageError(f"batch_size is {batch_size}; give a whole number of 1 or more.")
    if first_batch < 0:
        raise UsageError(f"first_batch is {first_batch}; give a whole number of 0 or more.")
    if not 0 <= transpose < 12:
        raise UsageError(f"transpose is {transpose}; give 0..11 semitones.")
    index, count = share
    if batch_size % count or (count > 1 and not repeat):
        raise UsageError(f"batches of {batch_size} have no {count} equal parts without end.")
    if bucket and shuffle_seed is None:
        raise UsageError("bucket=True changes the order of the measures; give a shuffle_seed.")
    dataset = dataset_lib.load(dataset_dir)
    info = dataset.split(split)
    if drop_remainder and info.measures < batch_size:
        raise UsageError(
            f"The {split} split of {dataset_dir} has {info.measures} measures, fewer than a batch "
            f"of {batch_size}; choose a smaller batch size or preprocess more songs."
        )
    files = [shard for shard in info.shards if shard.measures]
    for shard in files:
        shards.verify(dataset.path(shard.name), shard)
    paths = np.array([os.fsencode(dataset.path(shard.name)) for shard in files])
    sizes = [shard.measures for shard in files]
    order = Order(sizes, shuffle_seed, window, batch_size if bucket else 0, transpose)
    epochs = itertools.count()  # read so far
    size = batch_size // count

    def windows() -> Iterator[tuple[np.ndarray, ...]]:
        origin = 0 if repeat else next(epochs) * order.measures
        stop = None if repeat else origin + order.measures
        passed = 0  # measures, since the beginning of a batch
        for found in order.windows(origin + first_batch * batch_size, stop, origin):
            places = passed + np.arange(len(found.ranks))
            passed += len(found.ranks)
            mine = places % batch_size // size == index
            if mine.any():
                yield paths[found.shards], found.order, found.ranks[mine], found.shifts[mine]

    def read(paths: tf.Tensor, order: tf.Tensor, ranks: tf.Tensor) -> tf.Tensor:
        files = tf.data.TFRecordDataset(paths, compression_type="GZIP")
        records = files.batch(tf.size(order, tf.int64)).get_single_element()
        if bucket:
            longest = tf.gather(_longest_tracks(records, dataset.fmt), order)
            order = tf.gather(order, tf.argsort(longest, stable=True))
        return tf.gather(records, tf.gather(order, ranks))

    def parse(records: tf.Tensor, shifts: tf.Tensor) -> dict[str, tf.Tensor]:
        return parse_batch(records, dataset.fmt, shifts if transpose else None)

    ids = tf.TensorSpec([None], tf.int64)
    signature = (tf.TensorSpec([None], tf.string), ids, ids, tf.TensorSpec([None], tf.int32))
    return (
        tf.data.Dataset.from_generator(windows, output_signature=signature)
        .map(lambda paths, order, ranks, shifts: (read(paths, order, ranks), shifts))
        .prefetch(1)
        .rebatch(size * max(1, _PARSED_AT_ONCE // size))
        .map(parse, num_parallel_calls=tf.data.AUTOTUNE)
        .rebatch(size, drop_remainder=drop_remainder)
        .prefetch(tf.data.AUTOTUNE)
    )


def parse_batch(
    serialized: tf.Tensor, fmt: MeasureFormat, shifts: tf.Tensor | None = None
) -> dict[str, tf.Tensor]:
    """Serialized examples, string [B], as the dict that `measure_batches` describes.

    Args:
        serialized: examples as `gm_vae.data.examples.encode` makes them.
        fmt: their measure format.
        shifts: int32 [B], semitones to move each measure by; none of them if None.
    """
    T, E, C = fmt.max_tracks, fmt.max_track_length, fmt.chords_per_measure
    names = (examples.TOKENS, examples.LENGTHS, examples.CHORDS)
    features = tf.io.parse_example(serialized, dict.fromkeys(names, _BYTES))
    # Decoded as one string: N real tokens of all B * T tracks.
    joined = tf.strings.reduce_join(features[examples.TOKENS])
    tokens = tf.cast(tf.io.decode_raw(joined, tf.uint16, little_endian=True), tf.int32)  # [N]
    lengths = _decode_lengths(features[examples.LENGTHS], fmt)  # [B, T]
    labels = tf.cast(tf.io.decode_raw(features[examples.CHORDS], tf.uint8), tf.int32)
    labels = tf.ensure_shape(labels, [None, C])  # [B, C]
    row_lengths = tf.reshape(lengths, [-1])  # [B, T] -> [B*T]
    row = tf.repeat(tf.range(tf.size(row_lengths)), row_lengths)  # [N] in 0..B*T-1
    ends = tf.cumsum(row_lengths)  # [B*T] one past each track's end token
    first = ends - row_lengths

    if shifts is not None:
        drums = tf.gather(tf.equal(tf.gather(tokens, first), vocabulary(fmt).drums), row)
        tokens, shifts = _transpose_notes(tokens, row // T, drums, shifts, fmt)
        labels = _transpose_chords(labels, shifts[:, None])
    chords = _event_chords(tokens, row, first, ends, labels, fmt)

    def spread(values: tf.Tensor) -> tf.Tensor:
        ragged = tf.RaggedTensor.from_row_lengths(values, row_lengths, validate=False)
        return tf.reshape(ragged.to_tensor(shape=[None, E]), [-1, T, E])  # [N] -> [B*T, E] -> ...

    batch = serialized.shape[0]
    parsed = {"tokens": spread(tokens), "lengths": lengths, "chords": spread(chords)}
    return {
        name: tf.ensure_shape(value, [batch, *value.shape[1:]]) for name, value in parsed.items()
    }


_BYTES = tf.io.FixedLenFeature([], tf.string)


def _decode_lengths(raw: tf.Tensor, fmt: MeasureFormat) -> tf.Tensor:
    """Lengths of the tracks, int32 [B, T], from bytes as they are on disk, string [B]."""
    lengths = tf.cast(tf.io.decode_raw(raw, tf.as_dtype(fmt.length_dtype)), tf.int32)
    return tf.ensure_shape(lengths, [None, fmt.max_tracks])


def _longest_tracks(serialized: tf.Tensor, fmt: MeasureFormat) -> tf.Tensor:
    """Tokens of the longest track of each serialized example: string [B] -> int32 [B]."""
    features = tf.io.parse_example(serialized, {examples.LENGTHS: _BYTES})
    return tf.reduce_max(_decode_lengths(features[examples.LENGTHS], fmt), 1)


def _event_chords(
    tokens: tf.Tensor,
    row: tf.Tensor,
    first: tf.Tensor,
    ends: tf.Tensor,
    labels: tf.Tensor,
    fmt: MeasureFormat,
) -> tf.Tensor:
    """Chord id of each real token, int32 [N]; the rules of `gm_vae.music.measure.event_chords`.

    Args:
        tokens: int32 [N], joined tracks.
        row: int32 [N], the track (of B * T) of each token.
        first: int32 [B*T], where each track begins in `tokens`; `ends` is one past its last token.
        labels: int32 [B, C], evenly spaced chord ids.
    """
    steps = tf.gather(tf.constant(vocabulary(fmt).shift_steps, tf.int32), tokens)  # [N]
    before = tf.cumsum(steps, exclusive=True)
    start = before - tf.gather(tf.gather(before, first), row)  # steps since the measure began
    position = tf.range(tf.size(tokens))
    program = tf.equal(position, tf.gather(first, row))
    end = tf.equal(position, tf.gather(ends, row) - 1)
    # the end token repeats its predecessor; an absent track is an end without one
    start = tf.where(end & ~program, tf.roll(start, 1, 0), start)
    slots = fmt.chords_per_measure
    slot = tf.minimum(start * slots // fmt.steps_per_measure, slots - 1)
    found = tf.gather(tf.reshape(labels, [-1]), row // fmt.max_tracks * slots + slot)
    return tf.where(program, 0, found)  # chords.NO_CHORD


def _transpose_notes(
    tokens: tf.Tensor,
    measure: tf.Tensor,
    drums: tf.Tensor,
    shift: tf.Tensor,
    fmt: MeasureFormat,
) -> tuple[tf.Tensor, tf.Tensor]:
    """Moved tokens [N], and the semitones [B] by which each measure could really be moved.

    Args:
        tokens: int32 [N].
        measure: int32 [N], the measure of each token.
        drums: bool [N], whether the token is of a drum track.
        shift: int32 [B], the semitones wished for.
        fmt: the measure format, which limits the pitches.
    """
    pitched = (tokens < 2 * PITCHES) & ~drums  # note-ons and note-offs
    moved = tokens % PITCHES + tf.gather(shift, measure)
    outside = pitched & ((moved < fmt.min_pitch) | (moved > fmt.max_pitch))
    stuck = tf.math.unsorted_segment_max(tf.cast(outside, tf.int32), measure, tf.size(shift))
    shift = tf.where(stuck > 0, 0, shift)
    return tf.where(pitched, tokens + tf.gather(shift, measure), tokens), shift


def _transpose_chords(labels: tf.Tensor, shift: tf.Tensor) -> tf.Tensor:
    """Chord ids moved by semitones (shapes broadcast); "no chord" stays."""
    kind = (labels - 1) // 12 * 12
    return tf.where(labels > 0, 1 + kind + (labels - 1 - kind + shift) % 12, labels)
