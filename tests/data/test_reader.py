import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gm_vae.data import dataset as dataset_lib
from gm_vae.data import examples, reader
from gm_vae.data.arrays import MeasureArrays
from gm_vae.data.order import Order
from gm_vae.errors import UserError
from gm_vae.music.chords import transpose_chord
from gm_vae.music.measure import Measure
from gm_vae.music.measure_format import MeasureFormat
from gm_vae.music.vocabulary import DRUMS


@pytest.fixture(scope="module")
def measures(random_measures):
    return random_measures(100)


@pytest.fixture(scope="module")
def directory(measures, write_dataset, tmp_path_factory):
    path = tmp_path_factory.mktemp("reader") / "data"
    write_dataset(path, {"train": [measures[:40], measures[40:45], measures[45:]]})
    return path


def arrays_of(measures):
    fmt = measures[0].fmt
    return MeasureArrays(*examples.columns(map(examples.encode, measures), fmt), fmt)


def _rows(batches):
    """Every measure of the batches as (tokens, lengths, chords) bytes."""
    return [
        tuple(row.tobytes() for row in rows)
        for batch in batches
        for rows in zip(batch["tokens"], batch["lengths"], batch["chords"], strict=True)
    ]


def _expected(measures):
    return [
        tuple(
            array.astype(np.int32).tobytes()
            for array in (measure.tokens, measure.lengths, measure.event_chords)
        )
        for measure in measures
    ]


@pytest.mark.parametrize(
    "fmt",
    [
        MeasureFormat(),
        MeasureFormat(beats_per_bar=3, chords_per_measure=3, max_tracks=3, max_instruments=3),
        MeasureFormat(max_track_length=200, chords_per_measure=1),
        MeasureFormat(
            beats_per_bar=6,
            beat_unit=8,
            max_tracks=1,
            max_instruments=1,
            min_instruments=1,
            max_track_length=300,
        ),
    ],
)
def test_batches_equal_the_measures(random_measures, fmt):
    some = random_measures(60, seed=5, fmt=fmt)
    parsed = arrays_of(some).batch(np.arange(60))
    for number, measure in enumerate(some):
        assert np.array_equal(parsed["tokens"][number], measure.tokens)
        assert np.array_equal(parsed["lengths"][number], measure.lengths)
        assert np.array_equal(parsed["chords"][number], measure.event_chords)


def test_file_order_without_a_seed(directory, measures):
    batches = reader.measure_batches(directory, "train", 32)
    assert _rows(batches) == _expected(measures)
    assert [len(batch["tokens"]) for batch in batches] == [32, 32, 32, 4]
    assert list(dataset_lib.read_measures(directory, "train")) == measures


def test_shapes(directory):
    batches = list(reader.measure_batches(directory, "train", 32, drop_remainder=True))
    assert len(batches) == 3
    for batch in batches:
        assert {name: value.shape for name, value in batch.items()} == {
            "tokens": (32, 8, 64),
            "lengths": (32, 8),
            "chords": (32, 8, 64),
        }
        assert {value.dtype.name for value in batch.values()} == {"int32"}


def test_shuffling_differs_between_epochs_and_repeats_between_runs(directory, measures):
    runs = []
    for _ in range(2):
        batches = reader.measure_batches(directory, "train", 7, shuffle_seed=3, transpose=2)
        runs.append([_rows(batches), _rows(batches)])
    assert runs[0] == runs[1]
    plain = reader.measure_batches(directory, "train", 7, shuffle_seed=3)
    first, second = _rows(plain), _rows(plain)
    assert sorted(first) == sorted(second) == sorted(_expected(measures))
    assert first != second
    assert first != _rows(reader.measure_batches(directory, "train", 7, shuffle_seed=4))


def test_repeat_spans_the_seams(directory, measures):
    batches = reader.measure_batches(
        directory, "train", 30, shuffle_seed=1, repeat=True, drop_remainder=True
    )
    rows = _rows(itertools.islice(batches, 10))
    epochs = [rows[start : start + 100] for start in (0, 100, 200)]
    assert all(sorted(epoch) == sorted(_expected(measures)) for epoch in epochs)
    assert epochs[0] != epochs[1] != epochs[2]


OPTIONS = st.fixed_dictionaries(
    {
        "batch_size": st.integers(1, 60),
        "window": st.sampled_from([1, 60, 1000]),
        "shuffle_seed": st.integers(-5, 5),
        "transpose": st.sampled_from([0, 3]),
        "bucket": st.booleans(),
    }
)


@pytest.mark.slow
@settings(max_examples=8)
@given(OPTIONS, st.integers(0, 20))
def test_a_run_may_begin_at_any_batch(directory, options, first_batch):
    """Shards of 40, 5 and 55 measures; up to a dozen epochs."""
    endless = {**options, "repeat": True, "drop_remainder": True}
    whole = reader.measure_batches(directory, "train", **endless)
    whole = _rows(itertools.islice(whole, first_batch + 3))
    late = reader.measure_batches(directory, "train", **endless, first_batch=first_batch)
    assert _rows(itertools.islice(late, 3)) == whole[first_batch * options["batch_size"] :]


@pytest.mark.slow
@settings(max_examples=4)
@given(OPTIONS, st.integers(0, 9))
def test_each_epoch_alone_may_begin_at_any_batch(directory, measures, options, first_batch):
    whole = reader.measure_batches(directory, "train", **options)
    late = reader.measure_batches(directory, "train", **options, first_batch=first_batch)
    epochs = [_rows(whole) for _ in range(2)]
    assert [_rows(late) for _ in range(2)] == [
        epoch[first_batch * options["batch_size"] :] for epoch in epochs
    ]
    if not options["transpose"]:
        assert sorted(epochs[0]) == sorted(epochs[1]) == sorted(_expected(measures))


def test_entering_far_away_costs_nothing(directory):
    batches = reader.measure_batches(
        directory, "train", 32, shuffle_seed=1, repeat=True, first_batch=10**12
    )
    assert len(_rows(itertools.islice(batches, 1))) == 32


@pytest.fixture(scope="module")
def many(random_measures, write_dataset, tmp_path_factory):
    path = tmp_path_factory.mktemp("many") / "data"
    measures = random_measures(900, seed=9)
    write_dataset(path, {"train": [measures[:400], measures[400:650], measures[650:]]})
    return path


def test_buckets_hold_tracks_of_like_length(many):
    def spread(**options):
        batches = reader.measure_batches(
            many, "train", 16, shuffle_seed=1, repeat=True, window=400, **options
        )
        longest = [batch["lengths"].max(1) for batch in itertools.islice(batches, 112)]
        return np.mean([np.ptp(lengths) for lengths in longest]), np.mean(longest, 1)

    random, _ = spread()
    alike, means = spread(bucket=True)
    assert alike < random / 8
    assert abs(np.corrcoef(means[1:], means[:-1])[0, 1]) < 0.3  # in random order


def test_transposed_batches_are_those_of_the_order(directory, measures):
    """An independent way through the data: the sequence of `Order`, transposed one by one."""
    options = {"shuffle_seed": 6, "transpose": 4, "window": 60}
    batches = reader.measure_batches(directory, "train", 20, repeat=True, **options)
    windows = Order([40, 5, 55], seed=6, transpose=4, window=60).windows(0)
    parts = [measures[:40], measures[40:45], measures[45:]]
    expected = []
    for window in itertools.islice(windows, 6):  # two epochs
        joined = [measure for shard in window.shards for measure in parts[shard]]
        chosen = window.order[window.ranks]
        for index, shift in zip(chosen, window.shifts.tolist(), strict=True):
            expected.append(_moved(joined[index], shift))
    actual = [(tokens, chords) for tokens, _, chords in _rows(itertools.islice(batches, 10))]
    assert actual == expected[:200]
    assert actual[:100] != actual[100:]


def test_transposition_moves_notes_and_chords_alike(random_measures):
    some = random_measures(300, seed=8, fmt=MeasureFormat(max_track_length=12))
    drawn = next(Order([300], seed=1, transpose=5).windows(0)).shifts
    parsed = arrays_of(some).batch(np.arange(300), drawn)
    moves, unmoved = [], 0
    for number, measure in enumerate(some):
        candidates = {}
        for shift in range(-5, 6):
            candidates.setdefault(_moved(measure, shift), []).append(shift)
        tokens, chords = (parsed[name][number] for name in ("tokens", "chords"))
        assert (tokens.tobytes(), chords.tobytes()) == _moved(measure, int(drawn[number]))
        assert (tokens.tobytes(), chords.tobytes()) in candidates
        shifts = candidates[tokens.tobytes(), chords.tobytes()]
        unmoved += 0 in shifts and bool(measure.programs)
        if len(shifts) == 1:
            moves += shifts
    counts = np.bincount(np.array(moves) + 5, minlength=11)
    assert counts.min() > 5, counts  # every interval is drawn
    assert unmoved > 2 * 300 / 11  # and many measures would have left 0..127


def _moved(measure, shift):
    """Tokens and event chords transposed one by one; unchanged if a pitch would leave 0..127."""
    tokens = measure.tokens.astype(np.int32)
    pitched = np.zeros(tokens.shape, bool)
    for row, program in zip(np.flatnonzero(measure.lengths > 1), measure.programs, strict=True):
        inside = np.arange(tokens.shape[1]) < measure.lengths[row]
        pitched[row] = (tokens[row] < 256) & (program != DRUMS) & inside
    pitches = tokens[pitched] % 128 + shift
    if pitches.size and (pitches.min() < 0 or pitches.max() > 127):
        shift = 0
    tokens[pitched] += shift
    moved = Measure(
        tokens.astype(np.uint16),
        measure.lengths,
        np.array([transpose_chord(int(c), shift) for c in measure.chord_ids], np.uint8),
        measure.fmt,
    )
    return tokens.tobytes(), moved.event_chords.astype(np.int32).tobytes()


def test_transposition_keeps_to_the_formats_range():
    """A measure of 60 and 64 in 58..66, drums far outside: it may move by -2..2."""
    fmt = MeasureFormat(min_pitch=58, max_pitch=66)
    tracks = [[360, 357, 60, 64, 351, 188, 192, 489], [488, 357, 36, 351, 164, 489]]
    measure = Measure.from_tracks(tracks, [1, 1], fmt)
    wished = np.arange(-4, 5, dtype=np.int32)
    parsed = arrays_of([measure] * 9).batch(np.arange(9), wished)
    tokens = parsed["tokens"]
    shifts = tokens[:, 0, 2] - 60
    assert shifts.tolist() == [0, 0, -2, -1, 0, 1, 2, 0, 0]
    assert (tokens[:, 0, 3] - 64 == shifts).all()
    assert (tokens[:, 1, :6] == tracks[1]).all()
    assert (parsed["chords"][:, 0, 2] == 1 + shifts % 12).all()


def test_transposition_is_drawn_in_each_epoch(directory):
    batches = reader.measure_batches(directory, "train", 100, transpose=3)
    first, second = _rows(batches), _rows(batches)
    assert first != second


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"split": "validation"}, "has no measures"),
        ({"split": "training"}, "'training' is not a split"),
        ({"batch_size": 101, "drop_remainder": True}, "100 measures, fewer than a batch of 101"),
        ({"batch_size": 0}, "batch_size is 0"),
        ({"transpose": 12}, "transpose is 12"),
        ({"first_batch": -1}, "first_batch is -1"),
        ({"bucket": True}, "give a shuffle_seed"),
        ({"dataset_dir": "/no/such/folder"}, "There is no dataset at"),
    ],
)
def test_user_errors(directory, arguments, message):
    arguments = {"dataset_dir": directory, "split": "train", "batch_size": 8, **arguments}
    with pytest.raises(UserError, match=message):
        reader.measure_batches(**arguments)


def test_damaged_shards_are_found_before_training(random_measures, write_dataset, tmp_path):
    dataset = write_dataset(tmp_path / "data", {"train": [random_measures(20)]})
    name = dataset.splits["train"].shards[0].name
    path = dataset.directory / name
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(UserError, match=f"{name} is cut short"):
        reader.measure_batches(dataset.directory, "train", 8)
    with pytest.raises(UserError, match=f"{name} is cut short"):
        list(dataset_lib.read_measures(dataset.directory, "train"))


def test_a_file_that_changes_while_it_is_read_is_one_sentence(
    random_measures, write_dataset, tmp_path
):
    measures = random_measures(30)
    dataset = write_dataset(tmp_path / "data", {"train": [measures[:10], measures[10:]]})
    paths = [dataset.directory / shard.name for shard in dataset.splits["train"].shards]
    batches = iter(reader.measure_batches(dataset.directory, "train", 10))
    next(batches)
    paths[1].write_bytes(paths[0].read_bytes())
    with pytest.raises(UserError, match=f"{paths[1].name} has changed while it was read"):
        next(batches)


def test_no_more_shards_are_kept_than_there_is_room_for(many, monkeypatch):
    options = {"shuffle_seed": 2, "repeat": True, "window": 400}

    def rows():
        return _rows(itertools.islice(reader.measure_batches(many, "train", 50, **options), 40))

    expected = rows()
    monkeypatch.setattr(reader, "_KEPT_BYTES", 100_000)  # of one shard
    assert rows() == expected
