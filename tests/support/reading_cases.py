"""Small files and the notes that a General MIDI player plays, written by hand.

They are the same for every language: `midi_reading_vectors.py` writes them as JSON.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from raw_midi import control, exclusive, file_of, meta, note, number, off, on, program, track

BEAT = 96
GM_ON, GM2_ON = "7E 7F 09 01", "7E 7F 09 03"
GS_RESET, XG_ON = "41 10 42 12 40 00 7F 00 41", "43 10 4C 00 00 7E 00"


@dataclasses.dataclass(frozen=True)
class Instrument:
    """An instrument that is heard: channels count from 1, 16 to a port."""

    channel: int
    program: int
    notes: Sequence[tuple[int, int, int]]  # pitch, start, end in ticks, pedals applied
    is_drum: bool = False


@dataclasses.dataclass(frozen=True)
class Case:
    """A file, its instruments in order, and the count of each flaw."""

    name: str
    data: bytes
    instruments: Sequence[Instrument]
    flaws: dict[str, int] = dataclasses.field(default_factory=dict)
    meters: Sequence[tuple[int, int, int]] = ()


def line(pitches, start=0, step=BEAT, length=BEAT):
    """A melody as (pitch, start, end)."""
    return [
        (pitch, start + step * index, start + step * index + length)
        for index, pitch in enumerate(pitches)
    ]


def play(notes, channel=1):
    """The events of notes."""
    return [event for pitch, start, end in notes for event in note(start, end, pitch, channel)]


EIGHT = line([60] * 8)
TWELVE = line([60] * 12)
SCALE = range(60, 68)
BASS = line([36] * 8)
BASS_TRACK = track(program(0, 33, 2), play(BASS, 2))
BASS_PART = Instrument(2, 33, BASS)
TUNE_TRACK = track(program(0, 0), play(EIGHT))
TUNE_PART = Instrument(1, 0, EIGHT)
ZERO_LENGTH = [(42, tick) for tick in range(0, 768, 48)]
ZERO_LENGTH += [(36, tick) for tick in range(0, 768, 96)]
FOUR_FOUR = meta(0, 0x58, bytes([4, 2, 24, 8]))
HITS = line([36, 42] * 8, step=48, length=20)


def drums(*state, channel=11, name, **kwargs):
    """A drum part on a channel that something makes one."""
    data = file_of(track(*state, play(HITS, channel)))
    return Case(name, data, [Instrument(channel, 0, HITS, is_drum=True)], **kwargs)


def melody(*state, channel=11, name, program=0, **kwargs):
    """The same notes, not as drums."""
    data = file_of(track(*state, play(HITS, channel)))
    return Case(name, data, [Instrument(channel, program, HITS)], **kwargs)


# Those of the shared cases, by the names of their files.
SHARED = [
    Case(
        "A_programs_in_setup_track",
        file_of(
            track(program(0, 48), program(0, 33, 2)), track(play(EIGHT)), track(play(BASS, 2))
        ),
        [Instrument(1, 48, EIGHT), BASS_PART],
    ),
    Case(
        "B_program_change_while_note_sounds",
        file_of(
            track(
                program(0, 73), on(0, 72), on(0, 76), program(380, 40), off(384, 72), off(384, 76),
                on(384, 72), on(384, 76), off(760, 72), off(760, 76),
            ),
            BASS_TRACK,
        ),
        [
            Instrument(1, 73, [(72, 0, 384), (76, 0, 384)]),
            Instrument(1, 40, [(72, 384, 760), (76, 384, 760)]),
            BASS_PART,
        ],
    ),
    Case(
        "D_zero_length_drum_hits",
        file_of(
            track([e for pitch, tick in ZERO_LENGTH for e in note(tick, tick, pitch, 10)]),
            BASS_TRACK,
        ),
        [
            Instrument(
                10, 0, [(pitch, tick, tick + 1) for pitch, tick in ZERO_LENGTH], is_drum=True
            ),
            BASS_PART,
        ],
        {"no_length": 24},
    ),
    Case(
        "E2_last_chord_without_off",
        file_of(
            track(
                program(0, 48), on(0, 60), on(0, 64), off(384, 60), off(384, 64),
                on(384, 62), on(384, 65), on(384, 69), meta(768, 1, b"e"),
            ),
            BASS_TRACK,
        ),
        [
            Instrument(
                1, 48,
                [(60, 0, 384), (64, 0, 384), (62, 384, 768), (65, 384, 768), (69, 384, 768)],
            ),
            BASS_PART,
        ],
        {"no_end": 3},
    ),
    Case(
        "F_cc123_ends_notes",
        file_of(
            track(program(0, 0), [
                event for index, pitch in enumerate([60, 61, 62, 60, 61, 62, 60, 61])
                for event in (on(96 * index, pitch), control(96 * index + 90, 123, 0))
            ]),
            BASS_TRACK,
        ),
        [Instrument(1, 0, line([60, 61, 62, 60, 61, 62, 60, 61], length=90)), BASS_PART],
    ),
    Case(
        "G_cc121_releases_pedal",
        file_of(
            track(
                program(0, 0), control(0, 64, 127), play(line(SCALE, length=40)[:4]),
                control(384, 121, 0), play(line(SCALE, length=40)[4:]),
            ),
            track(program(0, 33, 2), play(line([36] * 16), 2)),
        ),
        [
            Instrument(
                1, 0,
                [(pitch, start, 384) for pitch, start, _ in line(SCALE)[:4]]
                + line(SCALE, length=40)[4:],
            ),
            Instrument(2, 33, line([36] * 16)),
        ],
    ),
    Case(
        "H_pedal_in_other_track_same_channel",
        file_of(
            track(control(0, 64, 127), control(380, 64, 0)),
            track(program(0, 0), play(line(SCALE, length=40))),
            BASS_TRACK,
        ),
        [
            Instrument(
                1, 0,
                [(pitch, start, 380) for pitch, start, _ in line(SCALE)[:4]]
                + line(SCALE, length=40)[4:],
            ),
            BASS_PART,
        ],
    ),
    Case(
        "off_in_another_track",
        file_of(
            track(program(0, 0), [on(tick, 60) for tick in range(0, 768, 96)]),
            track([off(tick, 60) for tick in range(90, 858, 96)]),
            BASS_TRACK,
        ),
        [Instrument(1, 0, line([60] * 8, length=90)), BASS_PART],
    ),
    Case(
        "I_xg_drums_channel_11",
        file_of(
            track(
                exclusive(0, XG_ON), control(0, 0, 127, 11), control(0, 32, 0, 11),
                program(0, 0, 11), play(HITS, 11),
            ),
            BASS_TRACK,
            track(program(0, 48), [
                event for chord, start in (((60, 64), 0), ((65, 69), 384))
                for event in [on(start, p) for p in chord] + [off(start + 384, p) for p in chord]
            ]),
        ),
        [
            Instrument(11, 0, HITS, is_drum=True),
            BASS_PART,
            Instrument(1, 48, [(60, 0, 384), (64, 0, 384), (65, 384, 768), (69, 384, 768)]),
        ],
    ),
    Case(
        "I2_gs_drums_channel_11",
        file_of(
            track(exclusive(0, "41 10 42 12 40 1A 15 01 10"), program(0, 0, 11), play(HITS, 11)),
            BASS_TRACK,
            track(program(0, 48), note(0, 384, 60), note(384, 768, 65)),
        ),
        [
            Instrument(11, 0, HITS, is_drum=True),
            BASS_PART,
            Instrument(1, 48, [(60, 0, 384), (65, 384, 768)]),
        ],
    ),
    Case(
        "controller_value_128",
        file_of(track(program(0, 0), control(0, 109, 128), play(EIGHT)), BASS_TRACK),
        [TUNE_PART, BASS_PART],
        {"byte_over_127": 1},
    ),
    Case(
        "drum_program_255",
        file_of(
            track(program(0, 255, 10), play(line([38] * 8), 10)), TUNE_TRACK, BASS_TRACK
        ),
        [Instrument(10, 0, line([38] * 8), is_drum=True), TUNE_PART, BASS_PART],
        {"byte_over_127": 1},
    ),
    Case(
        "M_time_signature_zero",
        file_of(
            track(FOUR_FOUR, meta(768, 0x58, bytes([0, 2, 24, 8]))),
            track(program(0, 0), play(TWELVE)),
            track(program(0, 33, 2), play(line([36] * 12), 2)),
        ),
        [Instrument(1, 0, TWELVE), Instrument(2, 33, line([36] * 12))],
        {"impossible_meter": 1},
        [(0, 4, 4)],
    ),
    Case(
        "ts_denominator_2_33",
        file_of(track(meta(0, 0x58, bytes([2, 33, 24, 8]))), TUNE_TRACK, BASS_TRACK),
        [TUNE_PART, BASS_PART],
        {"impossible_meter": 1},
    ),
    Case(
        "huge_delta_before_last_cc64",
        file_of(
            track(FOUR_FOUR),
            track(program(0, 0), control(0, 64, 127), play(EIGHT), control((1 << 28) + 767, 64, 0)),
            BASS_TRACK,
        ),
        [TUNE_PART, BASS_PART],
        {"impossible_time": 1},
        [(0, 4, 4)],
    ),
    Case(
        "Q_last_track_length_4_too_long",
        file_of(
            track(program(0, 48), program(0, 33, 2)), track(play(EIGHT)), track(play(BASS, 2)),
            sizes=[0, 0, 4],
        ),
        [Instrument(1, 48, EIGHT), BASS_PART],
        {"wrong_size": 1},
    ),
    Case(
        "J_active_sensing_byte",
        file_of(track(program(0, 0), play(EIGHT), (192, b"\xfe")), BASS_TRACK),
        [TUNE_PART, BASS_PART],
        {"stray_byte": 1},
    ),
    Case(
        "five_byte_delta",
        file_of(
            track(FOUR_FOUR),
            track(program(0, 0), play(EIGHT))[:-4] + b"\x80\x80\x80\x80\x00\xff\x2f\x00",
            BASS_TRACK,
        ),
        [TUNE_PART, BASS_PART],
        meters=[(0, 4, 4)],
    ),
    Case(
        "P_macbinary_header",
        b"\x00\x08song.mid".ljust(128, b"\0")
        + file_of(track(meta(0, 0x51, bytes(3)), FOUR_FOUR), TUNE_TRACK, BASS_TRACK),
        [TUNE_PART, BASS_PART],
        {"impossible_tempo": 1},
        [(0, 4, 4)],
    ),
]  # fmt: skip


def held(*state, notes, name, ticks_per_quarter=96, **kwargs):
    """Notes of one melodic track as they sound; state comes with (pitch, start, key up, end)."""
    events = play([(pitch, start, up) for pitch, start, up, _ in notes])
    sounding = [(pitch, start, end) for pitch, start, _, end in notes]
    data = file_of(track(*state, events), ticks_per_quarter=ticks_per_quarter)
    return Case(name, data, [Instrument(1, 0, sounding)], **kwargs)


def down(tick, pedal=64):
    return control(tick, pedal, 127)


def up(tick, pedal=64):
    return control(tick, pedal, 0)


RULES = [
    # programs
    Case(
        "a program change on the tick of a note-on counts, whichever stands first",
        file_of(track(program(0, 5), play(EIGHT[:1]), on(96, 62), program(96, 7), off(192, 62))),
        [Instrument(1, 5, EIGHT[:1]), Instrument(1, 7, [(62, 96, 192)])],
    ),
    Case(
        "the last program of a tick counts, in file order over all tracks",
        file_of(track(play(EIGHT), program(0, 4)), track(program(0, 6), play(EIGHT[:1]))),
        [Instrument(1, 6, EIGHT), Instrument(1, 6, EIGHT[:1])],
    ),
    Case(
        "ports have channels of their own",
        file_of(
            track(meta(0, 0x21, b"\1"), program(0, 40), play(EIGHT), play(HITS, 10)),
            track(meta(0, 0x21, b"\0"), program(0, 41), control(0, 64, 127)),
            track(play(EIGHT)),
        ),
        [
            Instrument(26, 0, HITS, is_drum=True),
            Instrument(17, 40, EIGHT),
            Instrument(1, 41, [(60, start, end) for _, start, end in EIGHT]),
        ],
    ),
    Case(
        "a reset comes before the programs of its tick and undoes earlier ones",
        file_of(
            track(program(0, 40, 2), program(5, 50), exclusive(5, GM_ON)),
            track(play(line([60], start=10)), play(line([60], start=10), 2)),
        ),
        [Instrument(1, 50, line([60], start=10)), Instrument(2, 0, line([60], start=10))],
    ),
    Case(
        "a reset ends notes and lifts the pedal",
        file_of(track(down(0), note(0, 50, 60), note(60, 200, 62), exclusive(100, GS_RESET),
                      note(110, 120, 64))),
        [Instrument(1, 0, [(60, 0, 100), (62, 60, 100), (64, 110, 120)])],
    ),
    # drums
    drums(channel=10, name="channel 10 plays drums"),
    drums(exclusive(0, "41 10 42 12 40 1A 15 02 0F"), name="GS: second map of drums"),
    melody(
        exclusive(0, "41 10 42 12 40 1A 15 02 0F"), exclusive(0, "41 10 42 12 40 1A 15 00 11"),
        name="GS: part mode back to melodic",
    ),
    melody(
        exclusive(0, "41 10 42 12 40 10 15 00 1B"), program(0, 30, 10), channel=10, program=30,
        name="GS: channel 10 made melodic",
    ),
    melody(
        exclusive(0, "41 10 42 12 40 10 15 00 1B"), exclusive(0, GS_RESET), channel=10,
        name="GS: a reset comes before the part modes of its tick",
    ),
    drums(
        exclusive(0, "41 10 42 12 40 19 15 01 11"), channel=9, name="GS: block 9 is channel 9",
    ),
    melody(control(0, 0, 127, 11), program(0, 0, 11), name="bank 127 without XG is no drum kit"),
    drums(
        exclusive(0, XG_ON), control(0, 0, 126, 11), program(0, 0, 11), name="XG: bank 126",
    ),
    melody(
        exclusive(0, XG_ON), control(0, 0, 127, 11), name="XG: a bank counts from the next program",
    ),
    melody(
        exclusive(0, XG_ON), control(0, 0, 127, 11), program(0, 1, 11), control(0, 0, 0, 11),
        program(0, 2, 11), program=2, name="XG: another bank and program make it melodic again",
    ),
    drums(
        exclusive(0, XG_ON), control(0, 0, 0, 10), program(0, 0, 10), channel=10,
        name="XG: bank 0 leaves channel 10 its drums",
    ),
    melody(
        exclusive(0, XG_ON), exclusive(0, GM_ON), control(0, 0, 127, 11), program(0, 0, 11),
        name="XG ends with another reset",
    ),
    drums(exclusive(0, "43 10 4C 08 0A 07 02"), name="XG: part mode"),
    melody(exclusive(0, "43 10 4C 08 09 07 00"), channel=10, name="XG: channel 10 made melodic"),
    drums(control(0, 0, 120, 11), program(0, 0, 11), name="GM 2: bank 120"),
    melody(
        exclusive(0, GM2_ON), control(0, 0, 121, 10), program(0, 5, 10), channel=10, program=5,
        name="GM 2: bank 121 on channel 10",
    ),
    Case(
        "a drum part that becomes melodic is another instrument",
        file_of(track(note(0, 20, 36, 10), exclusive(50, "41 10 42 12 40 10 15 00 1B"),
                      note(96, 192, 60, 10))),
        [Instrument(10, 0, [(36, 0, 20)], is_drum=True), Instrument(10, 0, [(60, 96, 192)])],
    ),
    # notes
    held(
        notes=[(60, 0, 0, 1), (60, 10, 20, 20)], flaws={"no_length": 1},
        name="a note that ends on its tick lasts one tick",
    ),
    Case(
        "a note-off spares the notes of its tick while an older one sounds",
        file_of(track(on(0, 60), on(96, 60), off(96, 60), on(192, 60), off(192, 60), off(288, 60))),
        [Instrument(1, 0, line([60] * 3))],
    ),
    Case(
        "one note-off ends all older notes of its pitch",
        file_of(track(on(0, 60), on(48, 60), off(96, 60), off(120, 60))),
        [Instrument(1, 0, [(60, 0, 96), (60, 48, 96)])],
    ),
    Case(
        "notes without end sound to the next strike on the channel",
        file_of(track(on(0, 60), on(96, 60), end=1000), track(note(192, 200, 60))),
        [Instrument(1, 0, [(60, 0, 96), (60, 96, 192)]), Instrument(1, 0, [(60, 192, 200)])],
        {"no_end": 2},
    ),
    Case(
        "a note-off of another track counts only where the own track has none",
        file_of(track(on(0, 60), off(96, 60), on(100, 60)), track(off(50, 60), off(150, 60))),
        [Instrument(1, 0, [(60, 0, 96), (60, 100, 150)])],
    ),
    Case(
        "a note on the last tick of its track, without end",
        file_of(track(play(EIGHT[:1]), on(96, 62))),
        [Instrument(1, 0, [(60, 0, 96), (62, 96, 97)])],
        {"no_end": 1},
    ),
    Case(
        "mode messages end notes of earlier ticks",
        file_of(track(
            [event for index, mode in enumerate((120, 123, 124, 125, 126, 127))
             for event in (on(96 * index, 60 + index), control(96 * index + 50, mode, 0))],
            control(1000, 123, 0), on(1000, 72), off(1050, 72),
        )),
        [Instrument(1, 0, [*line(range(60, 66), length=50), (72, 1000, 1050)])],
    ),
    Case(
        "drums end by messages, too, but no pedal holds them",
        file_of(track(control(0, 64, 127, 10), note(0, 50, 36, 10), on(60, 38, 10),
                      control(90, 123, 0, 10), end=500)),
        [Instrument(10, 0, [(36, 0, 50), (38, 60, 90)], is_drum=True)],
    ),
    # pedals
    held(down(10), up(90), notes=[(60, 0, 50, 90), (62, 95, 99, 99)], name="sustain"),
    held(
        down(10), up(50), down(50), up(90), notes=[(60, 0, 50, 50), (62, 50, 60, 90)],
        name="the pedal goes up and down on one tick",
    ),
    held(down(50), up(90), notes=[(60, 0, 50, 50), (62, 0, 51, 90)], name="down with a note-off"),
    held(down(0), up(50), notes=[(60, 0, 50, 50)], name="up with a note-off"),
    held(
        down(0), up(200), notes=[(60, 0, 50, 100), (60, 100, 150, 200), (62, 0, 120, 200)],
        name="under the pedal a strike of the pitch ends older notes",
    ),
    held(
        down(0), control(100, 120, 0), up(200), notes=[(60, 0, 50, 100), (62, 110, 150, 200)],
        name="all sound off ends what the pedal holds, and leaves it down",
    ),
    held(
        down(0), control(100, 123, 0), up(200), notes=[(60, 0, 150, 200)],
        name="what all notes off ends, the pedal holds",
    ),
    held(
        down(0), up(1636), notes=[(60, 0, 50, 1636), (62, 60, 100, 1636)],
        name="a release 16 quarters after the last note-off counts",
    ),
    held(
        down(0), up(1637), notes=[(60, 0, 50, 100), (62, 60, 100, 100)],
        name="a later release does not",
    ),
    held(
        down(20, 66), up(90, 66), notes=[(60, 0, 50, 90), (62, 20, 60, 60), (64, 30, 40, 40)],
        name="sostenuto holds what sounded when it went down",
    ),
    held(
        down(20, 66), control(30, 66, 100), down(55), up(90, 66), up(120),
        notes=[(60, 0, 50, 120), (62, 25, 35, 35)],
        name="sustain holds on what sostenuto releases",
    ),
    held(control(0, 67, 127), notes=[(60, 0, 50, 50)], name="the soft pedal changes no length"),
    # damage
    Case(
        "a velocity over 127",
        file_of(track(on(0, 60, velocity=200), off(96, 60), play(EIGHT[1:]))),
        [TUNE_PART],
        {"byte_over_127": 1},
    ),
    Case(
        "a message longer than its track ends where its kind does",
        file_of(track((0, b"\xff\x51\x83\x7f\x07\xa1\x20"), play(EIGHT)), BASS_TRACK),
        [TUNE_PART, BASS_PART],
        {"long_message": 1},
    ),
    Case(
        "a file that is cut short",
        file_of(TUNE_TRACK, BASS_TRACK)[:-6],
        [TUNE_PART, Instrument(2, 33, [*BASS[:-1], (36, 672, 673)])],
        {"cut_short": 1, "no_end": 1},
    ),
    Case(
        "a delay longer than any song",
        file_of(number((1 << 28) - 1) + b"\xb0\x07\x40" + TUNE_TRACK),
        [TUNE_PART],
        {"impossible_time": 1},
    ),
    Case(
        "the size of a track before others is wrong",
        file_of(TUNE_TRACK, BASS_TRACK, sizes=[-5]),
        [TUNE_PART, BASS_PART],
        {"wrong_size": 1},
    ),
]  # fmt: skip

CASES = [*SHARED, *RULES]
