"""Reading MIDI files: equal to the original where a player agrees, and damage of every kind.

`test_gm_player` compares with a player.
"""

import collections
import io
import tarfile
import warnings

import mido
import numpy as np
import pretty_midi
import pytest
from gm_player import Player
from hypothesis import given, settings
from hypothesis import strategies as st
from midi_builder import meter, midi, note, pedal, program, tempo
from original_notes import differences, original_notes

from gm_vae.errors import UserError
from gm_vae.music.measures import measures_from_score
from gm_vae.music.midi_bytes import MAX_BYTES
from gm_vae.music.midi_file import MidiError, parse_midi
from gm_vae.music.midi_flaws import Flaw


def read_with_pretty_midi(data):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        midi_object = pretty_midi.PrettyMIDI(io.BytesIO(data))
    return midi_object, midi_object._PrettyMIDI__tick_to_time


def assert_same_notes(data):
    """Same notes of same instruments in the same order."""
    score = parse_midi(data)
    theirs, seconds = read_with_pretty_midi(data)
    expected = [
        (number, each.program, each.is_drum, n.pitch, n.velocity, n.start, n.end)
        for number, each in enumerate(theirs.instruments)
        for n in each.notes
    ]
    columns = (score.instrument, score.program, score.is_drum, score.pitch, score.velocity)
    actual = zip(
        *(column.tolist() for column in columns),
        seconds[score.start_ticks].tolist(),
        seconds[score.end_ticks].tolist(),
    )
    assert list(actual) == expected


def assert_original_notes(data):
    """`original_notes` equal pretty_midi's, and our notes if a player plays the same."""
    player = Player(data)
    originals = original_notes(player)
    theirs, seconds = read_with_pretty_midi(data)
    by_instrument = collections.defaultdict(list)
    for note_ in originals:
        if note_:
            row = (note_.pitch, note_.velocity, seconds[note_.start], seconds[note_.end])
            instrument = note_.track, note_.channel, note_.program, note_.is_drum
            by_instrument[instrument].append((note_.program, note_.is_drum, *row))
    assert sorted(map(sorted, by_instrument.values())) == sorted(
        sorted(
            (each.program, each.is_drum, n.pitch, n.velocity, n.start, n.end) for n in each.notes
        )
        for each in theirs.instruments
        if each.notes
    )
    same = not any(map(differences, player.notes, originals))
    if same:
        assert_same_notes(data)
    return same


@pytest.mark.slow
def test_golden_files_hold_the_notes_that_pretty_midi_finds(golden):
    files = sorted((golden / "data" / "midi").glob("*.mid"))
    assert len(files) == 65
    assert sum(assert_original_notes(file.read_bytes()) for file in files) == 58


# Random messages on few channels and pitches, so that they collide: overlapping and repeated
# notes, note-offs without notes, notes of no length, programs that change while a note sounds.
messages = st.one_of(
    st.builds(
        lambda pitch, velocity, channel: mido.Message(
            "note_on", note=pitch, velocity=velocity, channel=channel
        ),
        st.integers(60, 61),
        st.sampled_from([0, 1, 64, 127]),
        st.sampled_from([0, 1, 9]),
    ),
    st.builds(
        lambda pitch, channel: mido.Message("note_off", note=pitch, channel=channel),
        st.integers(60, 61),
        st.sampled_from([0, 1, 9]),
    ),
    st.builds(
        lambda number, channel: mido.Message("program_change", program=number, channel=channel),
        st.sampled_from([0, 5, 127]),
        st.sampled_from([0, 1, 9]),
    ),
    st.builds(lambda value: mido.Message("aftertouch", value=value), st.integers(0, 127)),
    st.builds(lambda value: mido.Message("pitchwheel", pitch=value), st.integers(-8192, 8191)),
    st.just(mido.Message("control_change", control=64, value=127)),
    st.just(mido.Message("sysex", data=(1, 2, 3))),
    st.builds(lambda text: mido.MetaMessage("text", text=text), st.text("ab", max_size=3)),
)
delays = st.sampled_from([0, 0, 0, 1, 5, 127, 128, 129, 16383, 16384, 70000])


@settings(max_examples=200)
@given(st.lists(st.lists(st.tuples(delays, messages), max_size=40), min_size=1, max_size=3))
def test_random_messages_make_the_notes_that_pretty_midi_finds(tracks):
    file = mido.MidiFile(ticks_per_beat=96)
    for events in tracks:
        file.tracks.append(mido.MidiTrack(message.copy(time=delay) for delay, message in events))
    stream = io.BytesIO()
    file.save(file=stream)
    assert_original_notes(stream.getvalue())


def test_many_tracks_make_the_notes_that_pretty_midi_finds():
    tracks = [
        note(n % 5, 20 + n, 60, channel=n % 16) + note(10, 30, 61, channel=n % 16)
        for n in range(70)
    ]
    assert_same_notes(midi(*tracks))


def test_columns():
    data = midi(
        tempo(90) + meter(3, 4) + meter(4, 4, tick=72),
        program(33, channel=1) + note(0, 24, 40, 127, channel=1) + note(24, 30, 41, 1, channel=1),
        note(5, 10, 36, channel=9) + pedal(3, 64) + pedal(7, 63),
    )
    score = parse_midi(data)
    assert score.ticks_per_quarter == 24
    assert score.start_ticks.tolist() == [0, 24, 5]
    assert score.end_ticks.tolist() == [24, 30, 10]
    assert score.pitch.tolist() == [40, 41, 36]
    assert score.velocity.tolist() == [127, 1, 100]
    assert score.program.tolist() == [33, 33, 0]
    assert score.is_drum.tolist() == [False, False, True]
    assert score.instrument.tolist() == [0, 0, 1]
    assert score.channel.tolist() == [1, 1, 9]
    assert score.sustain.tick.tolist() == [3, 7]
    assert score.sustain.down.tolist() == [True, False]
    assert score.sustain.channel.tolist() == [0, 0]
    assert len(score.sostenuto) == 0
    assert score.flaws == {}
    assert score.time_signatures == ((0, 3, 4), (72, 4, 4))
    assert score.tempos == ((0, pytest.approx(90, rel=1e-5)),)
    assert score.end_tick == 30


def test_first_track_has_the_say_on_time_signatures_of_one_tick():
    data = midi(
        meter(3, 4) + meter(5, 4) + meter(2, 4, tick=96),
        meter(6, 8) + meter(7, 8, tick=48) + note(0, 200, 60),
    )
    assert parse_midi(data).time_signatures == ((0, 5, 4), (48, 7, 8), (96, 2, 4))


def test_a_file_without_notes_is_an_empty_score():
    score = parse_midi(midi(tempo(100)))
    assert len(score.pitch) == score.end_tick == 0


def test_instruments_are_numbered_in_file_order():
    data = midi(
        note(50, 60, 60, channel=3)
        + note(0, 70, 60, channel=2),  # channel 3's first note ends first
        note(0, 5, 60, channel=3),
    )
    score = parse_midi(data)
    assert score.instrument.tolist() == [0, 1, 2]
    assert score.channel.tolist() == [3, 2, 3]


# Files by hand, byte by byte.
END_OF_TRACK = b"\x00\xff\x2f\x00"


def raw(*tracks, kind=1, count=None, division=96, header_size=6):
    """A file of raw track contents."""
    head = [kind, len(tracks) if count is None else count, division]
    data = b"MThd" + header_size.to_bytes(4, "big")
    data += b"".join(value.to_bytes(2, "big") for value in head) + bytes(header_size - 6)
    for track in tracks:
        data += b"MTrk" + len(track).to_bytes(4, "big") + track
    return data


ONE_NOTE = b"\x00\x90\x3c\x40\x18\x80\x3c\x40"


def spans(data):
    score = parse_midi(data)
    return list(zip(score.pitch.tolist(), score.start_ticks.tolist(), score.end_ticks.tolist()))


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(raw(ONE_NOTE + END_OF_TRACK), id="plain"),
        pytest.param(raw(ONE_NOTE), id="no end of track"),
        pytest.param(raw(ONE_NOTE + END_OF_TRACK + b"\xde\xad"), id="rubbish after end of track"),
        pytest.param(raw(ONE_NOTE) + b"\x00\x00", id="rubbish after last track"),
        pytest.param(raw(ONE_NOTE) + b"XFIH\xff\xff\xff\xff", id="unfinished chunk at the end"),
        pytest.param(raw(ONE_NOTE, header_size=8), id="long header"),
        pytest.param(raw(ONE_NOTE, count=9), id="fewer tracks than declared"),
        pytest.param(raw(ONE_NOTE, count=0), id="more tracks than declared"),
        pytest.param(
            raw()[:14] + b"XFKM\x00\x00\x00\x02??" + raw(ONE_NOTE)[14:], id="chunk of another kind"
        ),
        pytest.param(raw(b"\x00\x90\x3c\x40\x18\x3c\x00"), id="running status, velocity 0 ends"),
        pytest.param(
            raw(b"\x00\x90\x3c\x40\x00\xff\x01\x01a\x18\x3c\x00"), id="running status past a text"
        ),
        pytest.param(
            raw(b"\x00\x90\x3c\x40\x00\xf0\x02\x01\xf7\x18\x3c\x00"),
            id="running status past system exclusive",
        ),
        pytest.param(raw(b"\x00\x90\x3c\x40\x80\x80\x80\x18\x3c\x00"), id="long delta time"),
        pytest.param(raw(b"\x00\xff\x59\x02\x63\x63" + ONE_NOTE), id="impossible key signature"),
        pytest.param(raw(b"\x00\xff\x03\x02\xff\xfe" + ONE_NOTE), id="name that is no text"),
        pytest.param(
            b"RIFF\x2c\x00\x00\x00RMIDjunk\x01\x00\x00\x00x\x00data\x1e\x00\x00\x00"
            + raw(ONE_NOTE),
            id="RIFF",
        ),
    ],
)
def test_unusual_but_valid_files(data):
    assert spans(data) == [(60, 0, 24)]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"hello, world, I am no music", "does not begin with MThd"),
        (raw(ONE_NOTE)[:10], "ends within its header"),
        (raw(ONE_NOTE, kind=3), "header is damaged"),
        (raw(ONE_NOTE, kind=2), "format 2"),
        (raw(ONE_NOTE, division=0), "0 ticks"),
        (raw(ONE_NOTE, division=0xE728), "SMPTE"),
        (raw(), "no tracks"),
        (raw(b"\x00\x3c\x40"), "damaged at byte 23"),
        (raw(b"\x00\x90\x3c\x83"), "damaged at byte 23"),
        (raw(b"\x00\xc0\xe6"), "damaged at byte 23"),
        (raw(ONE_NOTE, b"\x00\xf4\x01"), "damaged at byte 39, in track 2"),
        (raw(b"\x00\xff\x01\x7fabc"), "damaged"),
        (b"RIFF\x00\x00\x00\x00RMID", "holds no MIDI data"),
        (bytes(MAX_BYTES + 1), "bytes; a song has"),
    ],
)
def test_damage_is_reported_in_one_sentence(data, words):
    with pytest.raises(MidiError, match=words) as error:
        parse_midi(data)
    assert isinstance(error.value, UserError)
    assert str(error.value).endswith(".")


def test_times_that_no_song_reaches_are_damage():
    longest = b"\xff\xff\xff\x7f\xb0\x07\x00"  # 2**28 - 1 ticks, 8,192 quarters
    with pytest.raises(MidiError, match=r"lasts 1,\d+,\d+,\d+,\d+ ticks"):
        parse_midi(raw(longest * 5000, division=0x7FFF))


def damaged(content, **kwargs):
    """A file with eight notes after the content, with or without a length."""
    notes = b"".join(
        b"\x00\x90" + bytes([40 + n, 64]) + b"\x18\x80" + bytes([40 + n, 0]) for n in range(16)
    )
    return raw(content + notes, **kwargs)


@pytest.mark.parametrize(
    ("data", "flaw", "count"),
    [
        pytest.param(raw(ONE_NOTE)[:-1], Flaw.CUT_SHORT, 1, id="cut file"),
        pytest.param(raw(ONE_NOTE[:-1]), Flaw.CUT_SHORT, 1, id="cut track"),
        pytest.param(damaged(b"")[:-5], Flaw.CUT_SHORT, 1, id="cut in an event"),
        pytest.param(damaged(b"\x00\xb0\x07\x80"), Flaw.BYTE_OVER_127, 1, id="value of 128"),
        pytest.param(damaged(b"\x00\xc0\xff"), Flaw.BYTE_OVER_127, 1, id="program 255"),
        pytest.param(damaged(b"\x00\x90\xff\x40"), Flaw.BYTE_OVER_127, 1, id="pitch 255"),
        pytest.param(damaged(b"\x00\xfe"), Flaw.STRAY_BYTE, 1, id="active sensing"),
        pytest.param(damaged(b"\x00\xf2\x01\x02"), Flaw.STRAY_BYTE, 1, id="song position"),
        pytest.param(
            damaged(b"\x00\xff\x51\x83\x7f\x07\xa1\x20"), Flaw.LONG_MESSAGE, 1, id="long tempo"
        ),
        pytest.param(damaged(b"\x00\xf0\x83\x7f\x7e\x7f\xf7"), Flaw.LONG_MESSAGE, 1, id="sysex"),
        pytest.param(damaged(b"\xff\xff\xff\x7f\xb0\x07\x00"), Flaw.IMPOSSIBLE_TIME, 1, id="delay"),
        pytest.param(
            damaged(b"\x8f\xff\xff\xff\x7f\xb0\x07\x00"), Flaw.IMPOSSIBLE_TIME, 1, id="five bytes"
        ),
        pytest.param(
            damaged(b"\xff\xff\xff\x7f\xff\x01\x00"), Flaw.IMPOSSIBLE_TIME, 1, id="delay of a text"
        ),
        pytest.param(
            damaged(b"\x00\xff\x58\x04\x00\x02\x18\x08"), Flaw.IMPOSSIBLE_METER, 1, id="0/4"
        ),
        pytest.param(
            damaged(b"\x00\xff\x58\x04\x04\x1f\x18\x08"), Flaw.IMPOSSIBLE_METER, 1, id="4 by 2**31"
        ),
        pytest.param(damaged(b"\x00\xff\x58\x01\x04"), Flaw.IMPOSSIBLE_METER, 1, id="half a meter"),
        pytest.param(
            damaged(b"\x00\xff\x51\x03\x00\x00\x00"), Flaw.IMPOSSIBLE_TEMPO, 1, id="tempo of 0"
        ),
        pytest.param(damaged(b"\x00\xff\x51\x01\x07"), Flaw.IMPOSSIBLE_TEMPO, 1, id="half a tempo"),
    ],
)
def test_damage_costs_no_more_than_it_must(data, flaw, count):
    score = parse_midi(data)
    expected = [] if flaw is Flaw.CUT_SHORT else [(40 + n, 24 * n, 24 * n + 24) for n in range(16)]
    flaws = dict(score.flaws)
    assert flaws.pop(flaw) == count
    if expected:
        assert spans(data) == expected
        assert flaws == {}
    assert score.time_signatures == ()


def test_a_velocity_over_127_is_127():
    score = parse_midi(damaged(b"\x00\x90\x3c\xc8\x00\x80\x3c\x90"))
    assert 127 in score.velocity
    assert score.flaws == {Flaw.BYTE_OVER_127: 2, Flaw.NO_LENGTH: 1}


def test_five_bytes_may_encode_a_short_delay():
    assert spans(raw(b"\x00\x90\x3c\x40\x80\x80\x80\x80\x18\x80\x3c\x40")) == [(60, 0, 24)]


def test_a_text_that_never_ends_costs_the_rest_of_its_track():
    data = raw(ONE_NOTE * 16 + b"\x00\xff\x01\x7fabc" + ONE_NOTE, ONE_NOTE)
    score = parse_midi(data)
    assert len(score.pitch) == 17
    assert score.flaws == {Flaw.LONG_MESSAGE: 1}


@pytest.mark.parametrize("change", [-9, -4, -1, 1, 4, 9, 1000, 1 << 31])
@pytest.mark.parametrize("track", [0, 1])
def test_tracks_of_a_wrong_size(change, track):
    events = ONE_NOTE * 4 + END_OF_TRACK
    data = bytearray(raw(events, events))
    offset = 18 + track * (len(events) + 8)
    data[offset : offset + 4] = (len(events) + change).to_bytes(4, "big")
    score = parse_midi(bytes(data))
    assert len(score.pitch) == 8
    assert score.end_tick == 96
    assert score.flaws == {Flaw.WRONG_SIZE: 1}


def test_bytes_before_the_header_or_between_tracks():
    data = raw(ONE_NOTE, ONE_NOTE)
    assert spans(bytes(128) + data) == spans(data)
    assert len(spans(data[:-16] + b"\0\x01\0" + data[-16:])) == 2
    with pytest.raises(MidiError, match="does not begin with MThd"):
        parse_midi(bytes(5000) + data)


def test_leftovers_of_an_older_file_are_ignored():
    """After as many tracks as the header states, and some rubbish."""
    data = raw(ONE_NOTE + END_OF_TRACK) + b"\x00\x01\x02" + raw(ONE_NOTE, ONE_NOTE)[14:]
    assert len(spans(data)) == 1
    assert len(spans(data[:11] + b"\3" + data[12:])) == 3


def test_noise_is_refused():
    random = np.random.default_rng(1)
    for size in (10, 100, 1000, 100_000):
        noise = random.integers(0, 256, size, np.uint8).tobytes()
        with pytest.raises(MidiError, match="damaged"):
            parse_midi(raw(b"\x00\x90" + noise))


@pytest.mark.parametrize("meta", [b"\x00\xff\x51\x03\x07\xa1\x20", b"\x01\xff\x01\x00"])
def test_more_messages_than_a_song_has(meta):
    with pytest.raises(MidiError, match="over 200,000 tempos, texts and the like"):
        parse_midi(raw(meta * 200_001))


def test_more_tracks_than_a_file_can_have():
    with pytest.raises(MidiError, match="over 65,535 tracks"):
        parse_midi(raw(*[b""] * 65_536, count=65_535))


def test_nothing_that_has_broken_loaders_does_more_than_raise(shared):
    """46 files from the web; a number is the count of notes, equal to a player's if mido reads
    it."""
    outcomes = {}
    with tarfile.open(shared / "corpora" / "nasty.tar.xz") as archive:
        for member in archive:
            if not member.name.lower().endswith(".mid"):
                continue
            data = archive.extractfile(member).read()
            try:
                outcomes[member.name[6:8]] = len(parse_midi(data).pitch)
            except MidiError as error:
                outcomes[member.name[6:8]] = str(error)
                continue
            try:
                notes = len(Player(data).notes)
            except Exception:  # mido raises whatever its parser stumbles over
                continue
            assert outcomes[member.name[6:8]] == notes
    assert len(outcomes) == 46
    refused = {name: outcome for name, outcome in outcomes.items() if isinstance(outcome, str)}
    expected = {
        "01": "empty",
        "05": "format 2",
        "07": "damaged",
        "15": "SMPTE",
        "23": "damaged",
    }
    assert refused.keys() == expected.keys()
    assert all(word in refused[name] for name, word in expected.items())
    counts = collections.Counter(outcomes)
    # note_seq refuses these four, for key signatures and running status that do no harm
    assert [counts[name] for name in ("06", "13", "14", "25")] == [8, 10032, 4512, 2351]
    # and these, of which one is cut short and the others have impossible times and a bad byte
    assert [counts[name] for name in ("03", "35", "43")] == [8, 914, 1418]


song = midi(
    tempo(100) + meter(4, 4),
    [
        event
        for n in range(12)
        for event in program(n, 0, 48 * n) + note(48 * n, 48 * n + 40, 60 + n)
    ],
    [event for n in range(24) for event in note(24 * n, 24 * n + 12, 36 + n % 3, channel=9)]
    + pedal(10, 100, 9),
)


@settings(max_examples=400)
@given(st.data())
def test_no_mutation_of_a_file_does_more_than_raise(data):
    mutant = bytearray(song)
    for _ in range(data.draw(st.integers(1, 6))):
        offset = data.draw(st.integers(0, len(mutant) - 1))
        change = data.draw(st.sampled_from(["set", "insert", "delete", "cut"]))
        if change == "set":
            mutant[offset] = data.draw(st.integers(0, 255))
        elif change == "insert":
            mutant[offset:offset] = data.draw(st.binary(min_size=1, max_size=4))
        elif change == "delete":
            del mutant[offset]
        elif len(mutant) > 60:
            del mutant[max(offset, 60) :]
    try:
        score = parse_midi(bytes(mutant))
        measures_from_score(score)
    except MidiError:
        return
    assert np.all(score.end_ticks > score.start_ticks)
    assert np.all(score.start_ticks >= 0)
    assert np.all((score.velocity > 0) & (score.velocity < 128) & (score.pitch < 128))
