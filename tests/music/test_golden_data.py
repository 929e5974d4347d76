"""Parity with the original implementation on every file of the goldens.

The original cuts bars in float seconds, which loses notes, and restarts its bars at every tempo
change. Where it loses nothing, tokens and chords must be the same. Where it does, each difference
must be one of the kinds below, shown by exact arithmetic on the ticks of the very note; and how
often each kind occurs is pinned at the end. It also reads some notes otherwise than a General MIDI
player sounds them: `original_notes` shows for each note why, and these kinds are counted too.
"""

import collections
from fractions import Fraction

import chord_parity
import numpy as np
import original_notes
import pytest
from golden_data import END, HALF, STEPS, count_events, golden_files, nearest, outcome, spell

from gm_vae.music import chord_inference
from gm_vae.music.measure_format import MeasureFormat
from gm_vae.music.measures import RejectReason, measures_from_score

EMPTY_TRACK = [488, 351, END]

# Kinds of difference of a measure. A measure may show several.
HALF_STEP = "a note begins or ends exactly half way between steps: float error rounds it down"
BAR_LINE = "a note on the bar line lies before it by float error, and vanishes"
LAST_HALF_STEP = "a note within half a step before the bar line vanishes; ours begins the next bar"
EMPTY = "a track left empty by such a loss stays as `drums, shift, end`"
SAME_PROGRAM = "tracks of one program are in hash order; ours in file order"
PEDAL = "a pedal never released ends the piece with the last melodic event; ours with the last note"
TEMPO_CUT = "a tempo change cuts the measure; ours goes on"
TEMPO_GRID = "a tempo change restarted the bars off ours"
KEPT_BY_LOSS = "it keeps to the limits only because the original lost notes or rounded down"

CHORD_AT_END = "note-offs at the end of the measure have the next one's chord by float error"
EQUAL_PATHS = "two chord sequences are equally likely"
OTHER_NOTES = "notes are others to the original, each for a known reason"
TEMPO_CHORDS = "a tempo change restarted chord inference"

REASONS = {
    "no notes": RejectReason.EMPTY,
    "fewer than 2 instruments": RejectReason.TOO_FEW_INSTRUMENTS,
    "more than 8 instruments": RejectReason.TOO_MANY_INSTRUMENTS,
    "track with more than 62 events": RejectReason.TRACK_TOO_LONG,
    "kept": None,
}


@pytest.fixture(scope="module")
def files(golden):
    return golden_files(golden / "data")


def compare(file, tracks, index, cut, cut_kind):
    """Kinds of difference between tracks of the original and our bar; fails if one is unknown.

    `cut` is the step, a fraction, at which the original ended the measure.
    """
    bar = file.bars[index]
    around = file.notes_around(file.bar_ticks[index])
    kinds = set()

    # What we must have, by exact arithmetic.
    ours = [note for note in around if nearest(note.start) < STEPS]
    exact = collections.Counter(note.spelled() for note in ours)
    if bar.measure:
        mine = [row[:n].tolist() for row, n in zip(bar.measure.tokens, bar.measure.lengths)]
        mine = [row for row in mine if len(row) > 1]
        assert collections.Counter(n for row in mine for n in spell(row)) == exact
        if mine == tracks:
            return kinds
    else:
        by_instrument = collections.defaultdict(list)
        for note in ours:
            by_instrument[note.instrument].append(note.spelled())
        if bar.reason is RejectReason.TOO_MANY_INSTRUMENTS:
            assert len(by_instrument) > 8
        else:
            assert bar.reason is RejectReason.TRACK_TOO_LONG
            assert max(map(count_events, by_instrument.values())) > 62
        kinds.add(KEPT_BY_LOSS)

    # Which of our notes the original spells otherwise, and why it may.
    theirs = collections.Counter(note for row in tracks for note in spell(row))
    missing, left = exact - theirs, theirs - exact
    for note in ours:
        if missing[note.spelled()]:
            why, other = next(
                (why, other)
                for why, other in alternatives(note, cut, cut_kind)
                if other is None or left[other]
            )
            missing[note.spelled()] -= 1
            left[other] -= other is not None
            kinds |= why
    for note in around:  # half a step before the next bar line, and rounded down
        other = note.as_the_original().spelled(cut, 1)
        if note.start == STEPS - HALF and left[other]:
            left[other] -= 1
            kinds |= {HALF_STEP, *note.read_otherwise}
    assert not +missing
    assert not +left

    # Tracks that hold nothing, and the order of the others.
    empty = tracks.count(EMPTY_TRACK)
    if empty:
        lost = {note.instrument for note in around if note.start <= 0 or note.start >= STEPS - HALF}
        assert empty <= len(lost)
        kinds.add(EMPTY)
    if bar.measure and not kinds - {EMPTY}:
        theirs = [row for row in tracks if row != EMPTY_TRACK]
        if mine != theirs:
            assert sorted(mine) == sorted(theirs)
            assert [row[0] for row in mine] == [row[0] for row in theirs]
            kinds.add(SAME_PROGRAM)
    assert kinds, "the notes are the same and the tokens are not"
    return kinds


def alternatives(note, cut, cut_kind):
    """(kinds, the original's version of our note); None if it has none."""
    read_otherwise = set(note.read_otherwise)
    if note.original_program is None:
        yield read_otherwise, None
        return
    original = note.as_the_original()
    half_start = (original.start + HALF).denominator == 1
    half_end = (min(original.end, cut) + HALF).denominator == 1
    if read_otherwise:
        yield read_otherwise, original.spelled()
    for start_down in range(1 + half_start):
        for end_down in range(1 + half_end):
            yield {HALF_STEP} | read_otherwise, original.spelled(cut, start_down, end_down)
    if cut < original.end:
        within = nearest(note.start) < nearest(cut)
        yield {cut_kind} | read_otherwise, (original.spelled(cut) if within else None)
    if note.start < 0:
        yield {LAST_HALF_STEP}, None
    if note.start == 0:
        yield {BAR_LINE}, None


@pytest.fixture(scope="module")
def differences(files):
    """[(file, our bar or None, kinds)] of all measures of the original."""
    bars = []
    for file in files:
        segments = file.segments("plain")
        tokens, lengths = (file.reference[name] for name in ("plain_tokens", "plain_lengths"))
        for rows, row_lengths, position in zip(tokens, lengths, file.reference["plain_meas"]):
            start, end, _ = segments[int(position[0])]
            tick = file.tick(position[1] + position[2])
            index = file.bar_at(tick)
            if index is None:
                assert file.bar_at(start) is None  # only a new tempo begins bars elsewhere
                previous, segment = (segments[int(position[0]) - back][2] for back in (1, 0))
                assert previous["time_signature"] == segment["time_signature"]
                assert previous["qpm"] != segment["qpm"]
                bars.append((file, None, {TEMPO_GRID}))
                continue
            cut_kind = TEMPO_CUT
            if file.pedal_left_down and file.melodic_end_tick < end:
                end, cut_kind = file.melodic_end_tick, PEDAL
            cut = min(Fraction(STEPS), file.steps(end - tick))
            tracks = [row[:n].tolist() for row, n in zip(rows, row_lengths) if n > 1]
            try:
                kinds = compare(file, tracks, index, cut, cut_kind)
            except (AssertionError, StopIteration) as error:
                raise AssertionError(f"{file.name}, bar {index + 1}: {error!r}") from error
            bars.append((file, index, kinds))
    return bars


def test_tokens_are_the_originals_or_differ_for_a_known_reason(differences):
    kinds = collections.Counter(kind for _, _, kinds in differences for kind in kinds)
    kinds["equal"] = sum(not kinds for _, _, kinds in differences)
    assert len(differences) == 1840
    assert kinds == {
        "equal": 794,
        HALF_STEP: 655,
        BAR_LINE: 428,
        LAST_HALF_STEP: 86,
        EMPTY: 36,
        SAME_PROGRAM: 3,
        PEDAL: 2,
        TEMPO_CUT: 3,
        TEMPO_GRID: 56,
        KEPT_BY_LOSS: 12,
        original_notes.CHANNEL_PROGRAM: 116,
        original_notes.LEFT_DOWN: 1,
    }


def test_no_file_has_fewer_measures_but_for_known_reasons(files, differences):
    fewer = {}
    for file in files:
        kept = sum(bar.measure is not None for bar in file.bars)
        explained = sum(
            bool(kinds & {TEMPO_GRID, KEPT_BY_LOSS})
            for other, _, kinds in differences
            if other is file
        )
        assert kept >= len(file.reference["plain_tokens"]) - explained
        if kept < len(file.reference["plain_tokens"]):
            fewer[file.name] = len(file.reference["plain_tokens"]) - kept
    assert fewer == {
        "syn_ritard.mid": 10,
        "syn_tempo_midbar.mid": 1,
        "example_complex.mid": 4,
        "simutrans_28-Road-to-Warm-Places.mid": 3,
        "simutrans_27-March-Winds.mid": 1,
        "simutrans_51-Summer-Intersection.mid": 7,
    }


def test_bars_are_dropped_for_the_same_reason(files):
    """Except where the original lost or moved notes, or had other bars."""
    differing = collections.Counter()
    same = 0
    for file in files:
        for index, bar in enumerate(file.bars):
            following = file.bar_ticks[index + 1] if index + 1 < len(file.bars) else None
            length = 4 * file.ticks_per_quarter
            if bar.meter not in ((4, 4), (2, 2), (8, 8)):
                assert bar.reason is RejectReason.WRONG_METER
            elif following not in (None, bar.start_tick + length):
                assert following < bar.start_tick + length
                assert bar.reason is RejectReason.INCOMPLETE
            else:
                assert bar.reason == outcome(file, index), (file.name, index)
        for start, _, segment in file.segments("plain"):
            for offset, word in segment["measures"] or []:
                seconds = segment["start_s"] + offset
                if seconds > file.seconds[-1]:  # the piece ends on a bar line, but for an ulp
                    assert word == "no notes"
                    continue
                index = file.bar_at(file.tick(seconds))
                if index is None:
                    assert file.bar_at(start) is None
                    continue
                reason = REASONS[word]
                if file.bars[index].reason == reason:
                    same += 1
                    continue
                around = file.notes_around(file.bar_ticks[index])
                edges = (note.start <= 0 or note.start >= STEPS - HALF for note in around)
                halves = ((note.start + HALF).denominator == 1 for note in around)
                assert any(edges) or any(halves)
                differing[reason, file.bars[index].reason] += 1
    assert same == 2482
    assert differing == {
        (None, RejectReason.TRACK_TOO_LONG): 9,
        (None, RejectReason.TOO_MANY_INSTRUMENTS): 3,
        (RejectReason.TOO_FEW_INSTRUMENTS, None): 1,
        (RejectReason.TRACK_TOO_LONG, RejectReason.TOO_MANY_INSTRUMENTS): 9,
        (RejectReason.TOO_MANY_INSTRUMENTS, RejectReason.TRACK_TOO_LONG): 7,
    }


@pytest.fixture(scope="module")
def chords_of_all_bars(files):
    """{file name: chord symbols of each of its bars}, whether the bar is a measure or not."""
    fmt = MeasureFormat(
        min_instruments=1, min_events=1, max_instruments=64, max_tracks=64, max_track_length=255
    )
    chords = {}
    for file in files:
        bars = measures_from_score(file.score, fmt)
        chords[file.name] = [bar.chords for bar in bars]
    return chords


@pytest.fixture(scope="module")
def chord_differences(files, chords_of_all_bars):
    """The number of compared frames, and {(file name, frame in the piece): kind} of different
    ones."""
    frames, differing = 0, {}
    for file in files:
        for number, (start, end, _) in enumerate(file.segments("chords")):
            in_segment = file.reference["infer_segment"] == number
            if not in_segment.any():
                continue
            if not file.is_section(start, end):
                continue
            first = file.bar_at(start)
            bars = chords_of_all_bars[file.name][first : file.bar_at(end)]
            ours = [symbol for bar in bars for symbol in bar]
            steps, symbols = (
                file.reference["infer_step"][in_segment],
                file.reference["infer_symbol"][in_segment],
            )
            last_change = np.searchsorted(steps, np.arange(len(ours)) * 48, "right") - 1
            theirs = symbols[last_change].tolist()
            frames += len(ours)
            odd = [frame for frame in range(len(ours)) if ours[frame] != theirs[frame]]
            if not odd:
                continue
            if file.pedal_left_down and all(
                (first + frame / 2 + 1) * 4 * file.ticks_per_quarter > file.melodic_end_tick
                for frame in odd
            ):
                kind = PEDAL
            else:
                # Theirs are the likeliest for the notes that have a pitch to the original.
                vectors, their_vectors = vectors_of(file), vectors_of(file, of_original=True)
                same_notes = np.array_equal(vectors, their_vectors)
                likeliest = ours if same_notes else likeliest_chords(their_vectors)
                assert path_likelihood(their_vectors, likeliest) == pytest.approx(
                    path_likelihood(their_vectors, theirs), abs=1e-9
                )
                kind = EQUAL_PATHS if same_notes else OTHER_NOTES
            differing |= {(file.name, 2 * first + frame): kind for frame in odd}
    return frames, differing


def vectors_of(file, of_original=False):
    """float [F, 12]: the pitch classes of a whole file in each frame, for us or the original."""
    pitched = {*range(96), *range(104, 112)}
    start, end, pitch = np.array(
        [
            (start, original_end if of_original else end, pitch)
            for start, end, _, program, pitch, _, original_program, original_end, _ in file.notes
            if (original_program if of_original else program) in pitched
        ]
    ).T
    frame = 2 * file.ticks_per_quarter
    return chord_inference.pitch_vectors(start, end, pitch, file.end_tick, frame)


def likeliest_chords(vectors):
    """Their symbols, by our search, which gives note_seq's paths."""
    from note_seq import chord_inference as theirs

    likelihood = theirs._chord_frame_log_likelihood(vectors, 100.0)
    return chord_inference.most_likely_chords(likelihood).symbols


def path_likelihood(vectors, symbols):
    """Log-likelihood of chords."""
    from note_seq import chord_inference as theirs

    return chord_parity.path_likelihood(theirs, vectors, symbols[: len(vectors)])


def test_inferred_chords_are_the_originals_or_differ_for_a_known_reason(chord_differences):
    frames, differing = chord_differences
    assert frames == 3744
    assert collections.Counter(differing.values()) == {OTHER_NOTES: 11, EQUAL_PATHS: 3}


def test_events_carry_the_originals_chords(files, chord_differences):
    """Checked at the time of each event, so that it also holds where tokens differ."""
    _, inferred_otherwise = chord_differences
    counts = collections.Counter()
    coincident = collections.Counter()
    for file in files:
        reference = file.reference
        columns = (reference["chords_" + name] for name in ("tokens", "lengths", "ids", "meas"))
        segments = file.segments("chords")
        for tokens, lengths, ids, (segment, offset, seconds) in zip(*columns):
            index = file.bar_at(file.tick(offset + seconds))
            if not file.is_section(*segments[int(segment)][:2]):
                counts[TEMPO_CHORDS] += 1
                continue
            bar = file.bars[index]
            if bar.measure is None:
                counts[KEPT_BY_LOSS] += 1
                continue
            frames = [(file.name, 2 * index + half) for half in (0, 1)]
            kinds = {inferred_otherwise.get(frame) for frame in frames} - {None}
            if kinds:
                counts[kinds.pop()] += 1
                continue
            ours = bar.measure.chord_ids.tolist()
            following = file.bars[index + 1].measure if index + 1 < len(file.bars) else None
            at_end = False
            for row, length, chords in zip(tokens.tolist(), lengths.tolist(), ids.tolist()):
                step = 0
                for position, (token, chord) in enumerate(zip(row[:length], chords[:length])):
                    if position in (0, length - 1):
                        assert chord == (
                            0 if position == 0 or length == 1 else chords[position - 1]
                        )
                    elif step == STEPS and chord != ours[-1]:
                        assert following is None or chord == following.chord_ids[0]
                        at_end = True
                    else:
                        assert chord == ours[step >= 48], (file.name, index, position)
                    step += token - 255 if 256 <= token < 352 else 0
            counts[CHORD_AT_END if at_end else "equal"] += 1
        for _, _, entry in segments:
            for offset, word in entry["measures"] or []:
                if word == "CoincidentChordsError":
                    index = file.bar_at(file.tick(entry["start_s"] + offset))
                    coincident[file.bars[index].reason] += 1
    assert counts == {"equal": 965, CHORD_AT_END: 39, TEMPO_CHORDS: 169, KEPT_BY_LOSS: 12}
    assert coincident == {None: 145}  # the original dropped these; they are measures


def test_notes_are_the_originals_or_differ_for_a_known_reason(files):
    kinds = sum((file.note_kinds for file in files), collections.Counter())
    assert kinds == {
        None: 117902,
        original_notes.CHANNEL_PROGRAM: 2429,
        original_notes.PROGRAM_AT_START: 1,
        original_notes.NO_LENGTH: 2,
        original_notes.ONE_TICK: 29,
        original_notes.OTHER_CONTROLLER: 10,
        original_notes.LEFT_DOWN: 17,
    }
