"""The reader against a player that goes through a file event by event."""

import io

import mido
from as_played import assert_as_played
from hypothesis import given, settings
from hypothesis import strategies as st

CHANNELS = [0, 0, 1, 9]


def message(kind, **values):
    return st.builds(lambda **drawn: mido.Message(kind, **drawn), **values)


channel = st.sampled_from(CHANNELS)
notes = st.one_of(
    message(
        "note_on",
        note=st.integers(60, 61),
        velocity=st.sampled_from([0, 1, 64, 127]),
        channel=channel,
    ),
    message("note_off", note=st.integers(60, 61), channel=channel),
)
controls = message(
    "control_change",
    control=st.sampled_from([0, 0, 7, 64, 64, 64, 66, 66, 120, 121, 123, 126]),
    value=st.sampled_from([0, 63, 64, 120, 121, 126, 127]),
    channel=channel,
)
programs = message("program_change", program=st.sampled_from([0, 5, 127]), channel=channel)
exclusive = st.sampled_from(
    [
        "7E 7F 09 01",
        "7E 7F 09 03",
        "7E 7F 09 02",
        "41 10 42 12 40 00 7F 00 41",
        "41 10 42 12 00 00 7F 01 00",
        "43 10 4C 00 00 7E 00",
        "43 10 4C 00 00 7E 00",
        "43 10 4C 00 00 7F 00",
        "43 10 4C 00 00 04 00",
        "41 10 42 12 40 10 15 00 1B",
        "41 10 42 12 40 10 15 02 19",
        "41 10 42 12 40 11 15 01 19",
        "41 11 42 12 40 12 15 01 18",
        "41 10 42 12 40 11 15",
        "43 10 4C 08 09 07 00",
        "43 11 4C 08 00 07 02",
        "43 10 4C 08 01 07 01",
        "43 10 4C 08 01 08 01",
    ]
).map(lambda words: mido.Message("sysex", data=bytes.fromhex(words)))
metas = st.one_of(
    st.builds(lambda port: mido.MetaMessage("midi_port", port=port), st.sampled_from([0, 0, 1, 3])),
    st.builds(lambda text: mido.MetaMessage("text", text=text), st.text("ab", max_size=3)),
    st.builds(lambda value: mido.Message("aftertouch", value=value), st.integers(0, 127)),
    st.builds(lambda value: mido.Message("pitchwheel", pitch=value), st.integers(-8192, 8191)),
)
anything = st.one_of(notes, notes, notes, controls, controls, programs, exclusive, metas)
delays = st.sampled_from([0, 0, 0, 1, 2, 5, 127, 128])
tracks = st.lists(st.lists(st.tuples(delays, anything), max_size=40), min_size=1, max_size=3)


def file_of(tracks, ticks_per_quarter=96):
    file = mido.MidiFile(ticks_per_beat=ticks_per_quarter)
    for events in tracks:
        file.tracks.append(mido.MidiTrack(each.copy(time=delay) for delay, each in events))
    stream = io.BytesIO()
    file.save(file=stream)
    return stream.getvalue()


@settings(max_examples=500, deadline=None)
@given(tracks, st.sampled_from([1, 96]))
def test_random_files_sound_as_they_are_played(tracks, ticks_per_quarter):
    assert_as_played(file_of(tracks, ticks_per_quarter))


def test_golden_files_sound_as_they_are_played(golden):
    files = sorted((golden / "data" / "midi").glob("*.mid"))
    assert len(files) == 65
    for path in files:
        assert_as_played(path.read_bytes())
