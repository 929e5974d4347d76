"""Batches of measures for TensorFlow: batch first, then parse, on real tokens only.

Parsing a batch at a time is an order of magnitude faster than a measure at a time. The tokens of
the whole batch are decoded as one string; chords and transposition are computed on those N real
tokens, and only the results are spread over [B, T, E].
"""

from __future__ import annotations

import pathlib

import tensorflow as tf

from gm_vae.data import dataset as dataset_lib
from gm_vae.data import examples, shards
from gm_vae.data.dataset import read_measures
from gm_vae.errors import UsageError
from gm_vae.music.measure_format import MeasureFormat
from gm_vae.music.vocabulary import PITCHES, vocabulary

__all__ = ["measure_batches", "read_measures"]

_SHUFFLE_MEASURES = 200_000  # about 60 MB of serialized measures
_SHARDS_AT_ONCE = 16  # read alternately when shuffling, so that distant measures meet


def measure_batches(
    dataset_dir: str | pathlib.Path,
    split: str,
    batch_size: int,
    *,
    shuffle_seed: int | None = None,
    repeat: bool = False,
    drop_remainder: bool = False,
    transpose: int = 0,
) -> tf.data.Dataset:
    """The measures of a split as a `tf.data.Dataset` of batches.

    Args:
        dataset_dir: folder of a finished dataset.
        split: "train", "validation" or "test".
        batch_size: B, measures in a batch.
        shuffle_seed: None keeps the order of the files. A number shuffles shards and measures,
            anew each time through the data; the same number gives the same batches again.
        repeat: go through the data without end; batches then span the seams.
        drop_remainder: leave out a last batch of fewer than B measures (static shapes).
        transpose: move each measure, notes and chords but never drums, by -transpose..transpose
            semitones, drawn anew each time it is read. A measure in which a pitch would leave
            the format's range (0..127 by default) stays where it is.

    Returns:
        A dataset of dicts: "tokens" int32 [B, T, E] zero-padded, "lengths" int32 [B, T], "chords"
        int32 [B, T, E] the chord id of each token (as `Measure.event_chords`).

    Raises:
        UserError: no such dataset, an empty split, a damaged file, or `drop_remainder` with fewer
            measures than a batch.
    """
    if batch_size < 1:
        raise UsageError(f"batch_size is {batch_size}; give a whole number of 1 or more.")
    if not 0 <= transpose < 12:
        raise UsageError(f"transpose is {transpose}; give 0..11 semitones.")
    dataset = dataset_lib.load(dataset_dir)
    info = dataset.split(split)
    if drop_remainder and info.measures < batch_size:
        raise UsageError(
            f"The {split} split of {dataset_dir} has {info.measures} measures, fewer than a batch "
            f"of {batch_size}; choose a smaller batch size or preprocess more songs."
        )
    for shard in info.shards:
        shards.verify(dataset.directory / shard.name, shard)
    files = [str(dataset.directory / shard.name) for shard in info.shards]

    batches = _serialized(files, info.measures, shuffle_seed)
    if repeat:
        batches = batches.repeat()
    batches = batches.batch(batch_size, drop_remainder=drop_remainder)
    # a seed for each batch's draw: new ones each time through, the same ones in every run
    seeds = tf.data.Dataset.random(seed=shuffle_seed or 0, rerandomize_each_iteration=True)
    batches = tf.data.Dataset.zip(batches, seeds.batch(2))

    def parse(serialized: tf.Tensor, seed: tf.Tensor) -> dict[str, tf.Tensor]:
        return parse_batch(serialized, dataset.fmt, transpose, seed)

    return batches.map(parse, num_parallel_calls=tf.data.AUTOTUNE).prefetch(tf.data.AUTOTUNE)


def parse_batch(
    serialized: tf.Tensor,
    fmt: MeasureFormat,
    transpose: int = 0,
    seed: tf.Tensor | tuple[int, int] = (0, 0),
) -> dict[str, tf.Tensor]:
    """Serialized examples, string [B], as the dict that `measure_batches` describes.

    Args:
        serialized: examples as `gm_vae.data.examples.encode` makes them.
        fmt: their measure format.
        transpose: greatest number of semitones to move a measure by, either way.
        seed: two integers for the draw; the same seed moves the measures by the same intervals.
    """
    T, E, C = fmt.max_tracks, fmt.max_track_length, fmt.chords_per_measure
    feature = tf.io.FixedLenFeature([], tf.string)
    names = (examples.TOKENS, examples.LENGTHS, examples.CHORDS)
    features = tf.io.parse_example(serialized, {name: feature for name in names})
    # Decoded as one string: N real tokens of all B * T tracks.
    joined = tf.strings.reduce_join(features[examples.TOKENS])
    tokens = tf.cast(tf.io.decode_raw(joined, tf.uint16, little_endian=True), tf.int32)  # [N]
    length_dtype = tf.as_dtype(fmt.length_dtype)
    lengths = tf.cast(tf.io.decode_raw(features[examples.LENGTHS], length_dtype), tf.int32)
    lengths = tf.ensure_shape(lengths, [None, T])  # [B, T]
    labels = tf.cast(tf.io.decode_raw(features[examples.CHORDS], tf.uint8), tf.int32)
    labels = tf.ensure_shape(labels, [None, C])  # [B, C]
    row_lengths = tf.reshape(lengths, [-1])  # [B, T] -> [B*T]
    row = tf.repeat(tf.range(tf.size(row_lengths)), row_lengths)  # [N] in 0..B*T-1
    ends = tf.cumsum(row_lengths)  # [B*T] one past each track's end token
    first = ends - row_lengths

    if transpose:
        shift = tf.random.stateless_uniform(
            tf.shape(lengths)[:1], seed, -transpose, transpose + 1, tf.int32
        )
        drums = tf.gather(tf.equal(tf.gather(tokens, first), vocabulary(fmt).drums), row)
        tokens, shift = _transpose_notes(tokens, row // T, drums, shift, fmt)
        labels = _transpose_chords(labels, shift[:, None])
    chords = _event_chords(tokens, row, first, ends, labels, fmt)

    def spread(values: tf.Tensor) -> tf.Tensor:
        ragged = tf.RaggedTensor.from_row_lengths(values, row_lengths, validate=False)
        return tf.reshape(ragged.to_tensor(shape=[None, E]), [-1, T, E])  # [N] -> [B*T, E] -> ...

    batch = serialized.shape[0]
    parsed = {"tokens": spread(tokens), "lengths": lengths, "chords": spread(chords)}
    return {
        name: tf.ensure_shape(value, [batch, *value.shape[1:]]) for name, value in parsed.items()
    }


def _serialized(files: list[str], measures: int, shuffle_seed: int | None) -> tf.data.Dataset:
    """The serialized examples of the files, shuffled unless the seed is None."""
    if shuffle_seed is None:
        return tf.data.TFRecordDataset(files, compression_type="GZIP")
    names = tf.data.Dataset.from_tensor_slices(files).shuffle(len(files), seed=shuffle_seed)
    records = names.interleave(
        lambda name: tf.data.TFRecordDataset(name, compression_type="GZIP"),
        cycle_length=min(len(files), _SHARDS_AT_ONCE),
        block_length=16,
        num_parallel_calls=tf.data.AUTOTUNE,
        deterministic=True,
    )
    return records.shuffle(min(measures, _SHUFFLE_MEASURES), seed=shuffle_seed)


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
