import subprocess
import sys

import numpy as np
import pytest

from gm_vae.data import examples
from gm_vae.music.measure import Measure
from gm_vae.music.measure_format import MeasureFormat


def test_tensorflow_writes_the_same_bytes(random_measures):
    import tensorflow as tf

    for number, measure in enumerate(random_measures(30)):
        tokens = np.concatenate(
            [track[:n] for track, n in zip(measure.tokens, measure.lengths, strict=True)]
        )
        values = {
            "tokens": tokens.astype("<u2").tobytes(),
            "lengths": bytes(measure.lengths.tolist()),
            "chords": bytes(measure.chord_ids.tolist()),
            "id": f"Für Elise/{number}:7".encode(),
        }
        message = tf.train.Example()
        for key, value in values.items():
            message.features.feature[key].bytes_list.value.append(value)
        ours = examples.encode(measure, f"Für Elise/{number}:7")
        assert tf.train.Example.FromString(ours) == message
        assert ours == message.SerializeToString(deterministic=True)


def test_decode_reads_any_order_of_features(random_measures):
    import tensorflow as tf

    (measure,) = random_measures(1)
    message = tf.train.Example.FromString(examples.encode(measure, "a:1"))
    entries = [
        tf.train.Example(features=tf.train.Features(feature={key: feature}))
        for key, feature in reversed(sorted(message.features.feature.items()))
    ]
    shuffled = b"".join(entry.SerializeToString() for entry in entries)  # concatenation merges
    assert examples.decode(shuffled) == measure
    assert examples.identity(shuffled) == "a:1"


@pytest.mark.parametrize(
    "fmt",
    [
        MeasureFormat(),
        MeasureFormat(max_track_length=255, max_tracks=16, max_instruments=16),
        MeasureFormat(beats_per_bar=3, max_track_length=8, max_tracks=2, max_instruments=2),
        MeasureFormat(max_track_length=1024, max_tracks=12, chords_per_measure=4),
        MeasureFormat(max_track_length=256, max_tracks=1, min_instruments=1, max_instruments=1),
    ],
)
def test_round_trip(random_measures, fmt):
    for measure in random_measures(50, seed=3, fmt=fmt):
        again = examples.decode(examples.encode(measure), fmt)
        assert again == measure
        assert again.tokens.dtype == np.uint16
        assert again.lengths.dtype == measure.lengths.dtype
        assert again.chord_ids.dtype == np.uint8
        assert examples.identity(examples.encode(measure)) == ""


def test_lengths_of_long_tracks_are_two_bytes_little_endian():
    fmt = MeasureFormat(max_tracks=2, max_instruments=2, max_track_length=300)
    measure = Measure.from_tracks([[360, *[60, 256] * 129, 489]], fmt=fmt)  # 260 tokens
    assert measure.lengths.tolist() == [260, 1]
    serialized = examples.encode(measure)
    assert b"lengths\x12\x08\n\x06\n\x04\x04\x01\x01\x00" in serialized
    columns = examples.columns([serialized, serialized], fmt)
    assert columns.lengths.tolist() == [[260, 1], [260, 1]]
    assert len(columns.tokens) == 2 * 261
    short = MeasureFormat(max_tracks=2, max_instruments=2)
    with pytest.raises(ValueError, match="4 tracks"):
        examples.decode(serialized, short)


def test_every_truncation_is_a_value_error(random_measures):
    serialized = examples.encode(random_measures(5)[4], "song:3")
    for length in range(len(serialized)):
        with pytest.raises(ValueError, match=r"."):
            examples.decode(serialized[:length])


def test_damaged_bytes_are_a_value_error_or_a_measure(random_measures):
    rng = np.random.default_rng(0)
    serialized = examples.encode(random_measures(5)[4], "song:3")
    refused = 0
    for _ in range(2000):
        damaged = bytearray(serialized)
        damaged[rng.integers(len(damaged))] = rng.integers(256)
        try:
            assert isinstance(examples.decode(bytes(damaged)), Measure)
        except ValueError:
            refused += 1
    assert refused > 100


def test_another_format_is_a_value_error(random_measures):
    serialized = examples.encode(random_measures(1)[0])
    with pytest.raises(ValueError, match="tracks"):
        examples.decode(serialized, MeasureFormat(max_tracks=9))
    with pytest.raises(ValueError, match="chords"):
        examples.decode(serialized, MeasureFormat(chords_per_measure=4))


def test_hashes_distinguish_measures(random_measures):
    measures = [m for m in random_measures(200) if m.lengths.max() > 2]
    assert len({examples.MeasureBytes.of(m).content_hash for m in measures}) == len(measures)
    one = measures[0]
    other_chord = Measure(one.tokens, one.lengths, (one.chord_ids + 1) % 49)
    assert (
        examples.MeasureBytes.of(one).content_hash
        != examples.MeasureBytes.of(other_chord).content_hash
    )
    assert (
        examples.MeasureBytes.of(one).token_hash == examples.MeasureBytes.of(other_chord).token_hash
    )
    # the same joined tokens, cut into tracks elsewhere
    first = Measure.from_tracks([[360, 489, 489]])
    second = Measure.from_tracks([[360, 489], [489]])
    assert examples.MeasureBytes.of(first).token_hash != examples.MeasureBytes.of(second).token_hash


def test_data_imports_neither_tensorflow_nor_beam():
    code = (
        "import sys, gm_vae.data.examples, gm_vae.data.shards, gm_vae.data.dataset, "
        "gm_vae.data.statistics; "
        "assert not {'tensorflow', 'apache_beam', 'note_seq'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
