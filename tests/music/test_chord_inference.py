"""Chord inference against note_seq's own functions, and on plain music."""

import tracemalloc

import numpy as np
import pytest
from closeness import FLOAT64, SUM, assert_close
from hypothesis import given, settings
from hypothesis import strategies as st

from gm_vae.music import chord_inference as ours
from gm_vae.music.chords import chord_id


@pytest.fixture(scope="module")
def theirs():
    return pytest.importorskip("note_seq").chord_inference


@pytest.fixture(scope="module")
def matrices(theirs):
    """Log-probabilities of chords [key, chord] and of moves between states [from, to]."""
    chords = theirs._key_chord_distribution(0.01)
    moves = theirs._key_chord_transition_distribution(chords, 0.001, 0.5)
    return np.log(chords), np.log(moves)


def names(theirs):
    symbols = [theirs._PITCH_CLASS_NAMES[root] + kind for root, kind in theirs._CHORDS[1:]]
    return ["N.C.", *symbols]


def test_parameters_are_theirs_to_the_last_bit(theirs, matrices):
    chords, moves = matrices
    moves = moves.reshape(12, 97, 12, 97)
    tables = ours._tables()
    assert np.array_equal(tables.chord_vectors, theirs._chord_pitch_vectors())
    depth, columns, _ = tables.chord_at.shape
    other_chord = ~np.eye(97, dtype=bool)
    for key in range(12):
        index = tables.place_of[key]
        assert np.array_equal(tables.chord_at.ravel()[index], np.arange(97))
        assert np.array_equal(tables.log_chord.ravel()[index], chords[key])
        column = index // 12 % columns
        same_key = moves[key, :, key]
        assert np.array_equal(tables.log_same_key[key], same_key.T)
        assert (np.diag(same_key) == tables.log_stay).all()
        by_column = tables.log_move[column[:, None], column, key]
        assert np.array_equal(by_column[other_chord], same_key[other_chord])
        assert np.array_equal(tables.log_move[-1, column, key], tables.log_new_key[key])
        # what the search leaves out may be left out
        assert (np.diag(by_column) <= tables.log_stay).all()
        assert (tables.log_new_key[key] < same_key).all()
        for other in range(12):
            if other != key:
                assert (moves[other, :, key] == tables.log_new_key[key]).all()
    assert (tables.chord_at < 97).sum() == 12 * 97
    assert depth * columns >= 97


def assert_same_path(theirs, matrices, vectors):
    likelihood = theirs._chord_frame_log_likelihood(vectors, 100.0)
    path = theirs._key_chord_viterbi(likelihood, *matrices)
    likeliest = ours.most_likely_chords(likelihood)
    chords = [theirs._CHORDS[chord] for chord in likeliest.chords]
    assert list(zip(likeliest.keys.tolist(), chords)) == path


def unit(rows):
    norm = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.divide(rows, norm, out=np.zeros_like(rows), where=norm > 0)


@pytest.mark.parametrize("frames", [1, 2, 3, 40])
def test_path_of_noise(theirs, matrices, frames):
    rows = np.random.default_rng(frames).random((frames, 12))
    assert_same_path(theirs, matrices, unit(rows))


def test_path_through_ties(theirs, matrices):
    """Silence, and few pitches of equal weight: many paths are equally likely."""
    random = np.random.default_rng(7)
    rows = random.integers(0, 2, (60, 12)) * (random.random((60, 12)) < 0.3).astype(float)
    rows[random.random(60) < 0.3] = 0
    rows = rows[np.repeat(np.arange(20), 3)]
    assert_same_path(theirs, matrices, unit(rows))


def test_path_of_silence(theirs, matrices):
    assert_same_path(theirs, matrices, np.zeros((5, 12)))


@settings(max_examples=15)
@given(st.lists(st.sets(st.integers(0, 11), max_size=5), min_size=1, max_size=8))
def test_path_of_pitch_sets(theirs, matrices, sets):
    rows = np.zeros((len(sets), 12))
    for row, pitches in zip(rows, sets):
        row[list(pitches)] = 1
    assert_same_path(theirs, matrices, unit(rows))


@settings(max_examples=100)
@given(
    st.lists(st.tuples(st.integers(0, 400), st.integers(1, 200), st.integers(0, 127)), max_size=12),
    st.integers(1, 100),
    st.integers(0, 100),
)
def test_pitch_vectors(theirs, notes, frame_length, rest):
    from note_seq.protobuf import music_pb2

    sequence = music_pb2.NoteSequence()
    for start, length, pitch in notes:
        sequence.notes.add(start_time=start, end_time=start + length, pitch=pitch)
    total = max([start + length for start, length, _ in notes], default=1) + rest
    sequence.total_time = total
    start, length, pitch = np.array(notes, int).reshape(-1, 3).T
    actual = ours.pitch_vectors(start, start + length, pitch, total, frame_length)
    expected = theirs.sequence_note_pitch_vectors(sequence, frame_length)
    assert_close(actual, expected, SUM, size=1, unit=FLOAT64)


def test_many_long_notes_take_no_memory_a_frame():
    """As in a damaged file, whose notes have no ends. One byte each would be too much."""
    notes, frames = 20_000, 20_000
    start, end = np.arange(notes), np.full(notes, frames)
    tracemalloc.start()
    try:
        vectors = ours.pitch_vectors(start, end, np.zeros(notes, int), frames, 1)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert np.array_equal(vectors, np.eye(12)[np.zeros(frames, int)])
    assert peak < notes * frames / 8


def test_complete_inference_equals_theirs(theirs):
    """A song of 40 bars with sevenths, gaps, drums and a change of key."""
    import note_seq
    from note_seq.protobuf import music_pb2

    random = np.random.default_rng(3)
    sequence = music_pb2.NoteSequence(ticks_per_quarter=480)
    sequence.tempos.add(qpm=120)
    sequence.time_signatures.add(numerator=4, denominator=4)
    kinds = [(0, 4, 7), (0, 3, 7), (0, 4, 7, 10), (0, 4, 7, 11), (0, 3, 7, 10), (0, 3, 6, 10)]
    scale = [0, 2, 4, 5, 7, 9, 11]
    rows = []
    for frame in range(80):
        if frame % 9 == 8:
            continue
        root = scale[random.integers(7)] + (0 if frame < 40 else 6)
        for interval in kinds[random.integers(len(kinds))]:
            rows.append((frame, frame + 1, 48 + (root + interval) % 12))
        rows.append((frame + 0.25, frame + 1.5, 60 + scale[random.integers(7)]))
    for start, end, pitch in rows:
        sequence.notes.add(start_time=start, end_time=end, pitch=pitch, velocity=80)
    sequence.total_time = max(end for _, end, _ in rows)
    quantized = note_seq.quantize_note_sequence(sequence, 24)
    note_seq.infer_chords_for_sequence(quantized)
    changes = {round(a.quantized_step / 48): a.text for a in quantized.text_annotations}
    start, end, pitch = (np.array(column) for column in zip(*rows))
    inferred = ours.infer_chords(
        np.rint(start * 4).astype(int),
        np.rint(end * 4).astype(int),
        pitch,
        int(np.ceil(sequence.total_time * 4)),
        4,
    )
    current, expected = None, []
    for frame in range(len(inferred.chords)):
        current = changes.get(frame, current)
        expected.append(current)
    assert len(inferred.chords) == 81
    assert list(inferred.symbols) == expected
    assert len(set(expected)) > 10


def test_symbols_and_triads(theirs):
    """The triad of each state is the triad that its symbol folds into."""
    everything = ours.InferredChords(np.arange(97), np.zeros(97, int))
    assert list(everything.symbols) == names(theirs)
    assert everything.chord_ids.tolist() == [chord_id(symbol) for symbol in everything.symbols]
    assert everything.chord_ids.dtype == np.uint8


def test_a_piece_of_2000_frames_has_no_limit():
    roots = [0, 5, 7, 0] * 500
    start = np.repeat(np.arange(2000) * 10, 3)
    pitch = 60 + np.repeat(roots, 3) + np.tile([0, 4, 7], 2000)
    inferred = ours.infer_chords(start, start + 10, pitch, 20000, 10)
    assert inferred.symbols[:4] == ("C", "F", "G", "C")
    assert inferred.symbols == inferred.symbols[:4] * 500
    assert set(inferred.keys.tolist()) == {0}


def test_nothing_gives_nothing():
    nothing = np.zeros(0, int)
    inferred = ours.infer_chords(nothing, nothing, nothing, 0, 10)
    assert inferred.symbols == ()
    assert inferred.chord_ids.shape == (0,)
    assert len(ours.infer_chords(nothing, nothing, nothing, 25, 10).symbols) == 3
