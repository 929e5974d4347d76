"""The default corpus as files: read by other libraries, checked against what a musician expects."""

import collections
import dataclasses
import io
import os
import re
import subprocess
import sys
import warnings

import numpy as np
import pytest

from gm_vae import arranger
from gm_vae.arranger import form, progressions
from gm_vae.arranger.drums import read_groove
from gm_vae.arranger.instruments import pitch_range
from gm_vae.arranger.patterns import read
from gm_vae.arranger.song import part_span
from gm_vae.arranger.style import DRUM_KIT, KITS
from gm_vae.arranger.theory import Chord, Key, voice_lead
from gm_vae.errors import UserError
from gm_vae.music.chords import chord_id, pitch_class

DRUMS = 9
COUNT = 119  # seven songs of each of 17 styles


@dataclasses.dataclass(frozen=True)
class Heard:
    """A song as read by an independent reader (mido); times in quarters from the first full bar."""

    song: arranger.Song
    notes: np.ndarray  # [N, 6]: track, channel, pitch, velocity, start, end
    names: tuple
    programs: list  # (channel, program)
    tempos: list  # (quarter, qpm)
    meters: list  # (quarter, beats, unit)
    pedals: int
    ticks_per_quarter: int
    end: float


def hear(song):
    mido = pytest.importorskip("mido")
    midi = mido.MidiFile(file=io.BytesIO(song.midi))
    per_quarter, offset = midi.ticks_per_beat, song.pickup_quarters
    notes, programs, tempos, meters, names, ends = [], [], [], [], [], []
    pedals = 0
    for index, track in enumerate(midi.tracks):
        names.append(track.name)
        now, sounding = 0, {}
        for message in track:
            now += message.time
            quarter = now / per_quarter - offset
            if message.type == "note_on":
                key = (message.channel, message.note)
                assert message.velocity > 0
                assert key not in sounding, f"{song.name}: {key} struck while it sounds"
                sounding[key] = quarter, message.velocity
            elif message.type == "note_off":
                start, velocity = sounding.pop((message.channel, message.note))
                assert quarter > start
                notes.append((index, message.channel, message.note, velocity, start, quarter))
            elif message.type == "program_change":
                programs.append((message.channel, message.program))
            elif message.type == "control_change":
                assert message.control == 64
                pedals += 1
            elif message.type == "set_tempo":
                tempos.append((quarter, 60e6 / message.tempo))
            elif message.type == "time_signature":
                meters.append((quarter, message.numerator, message.denominator))
        assert not sounding, f"{song.name}: notes without an end"
        ends.append(quarter)
    return Heard(
        song,
        np.array(notes),
        tuple(names),
        programs,
        tempos,
        meters,
        pedals,
        per_quarter,
        max(ends),
    )


@pytest.fixture(scope="module")
def corpus():
    return list(arranger.songs(COUNT, seed=0))


@pytest.fixture(scope="module")
def heard(corpus):
    return [hear(song) for song in corpus]


# --- the same bytes


def test_a_seed_fixes_every_byte_and_fewer_songs_are_the_first_of_more(corpus):
    assert list(arranger.songs(17, seed=0)) == corpus[:17]
    other = list(arranger.songs(17, seed=1))
    assert all(one.midi != two.midi for one, two in zip(corpus, other))
    assert len({song.midi for song in corpus}) == len(corpus)


def test_bytes_do_not_depend_on_the_process():
    script = (
        "import hashlib, sys\n"
        "from gm_vae import arranger\n"
        "print(hashlib.sha256(b''.join(s.midi for s in arranger.songs(17, 5))).hexdigest())\n"
        "print(sorted({'tensorflow', 'apache_beam', 'note_seq', 'mido'} & set(sys.modules)))\n"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for hash_seed in ("1", "2")
    }
    assert len(printed) == 1
    assert printed.pop().splitlines()[1] == "[]"


# --- files that others read


def test_every_song_loads_in_pretty_midi_without_a_warning(corpus):
    pretty_midi = pytest.importorskip("pretty_midi")
    for song in corpus[::3]:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            warnings.filterwarnings("ignore", category=DeprecationWarning)
            midi = pretty_midi.PrettyMIDI(io.BytesIO(song.midi))
        assert midi.get_end_time() > 20
        beats = midi.time_signature_changes[-1]
        assert (beats.numerator, beats.denominator) == (4, 4)


def test_drums_are_on_channel_ten_and_nothing_else_is(heard):
    drum_tracks = 0
    for one in heard:
        drums = one.notes[one.notes[:, 1] == DRUMS]
        if len(drums):
            assert set(drums[:, 2].astype(int)) <= set(range(35, 82 + 1))
        if len(one.names) > 2:  # format 1: one instrument a track
            for index, name in enumerate(one.names):
                channels = set(one.notes[one.notes[:, 0] == index, 1])
                is_drums = name in ("Drums", "Percussion")
                drum_tracks += is_drums
                assert channels <= ({DRUMS} if is_drums else set(range(16)) - {DRUMS})
    assert drum_tracks > len(heard) / 2


# Ranges that no player of the family leaves; wider than comfort, narrower than MIDI.
FAMILY_RANGE = {
    0: (28, 103), 1: (45, 103), 2: (36, 96), 3: (40, 88), 4: (24, 60), 5: (28, 100),
    6: (36, 96), 7: (28, 86), 8: (36, 91), 9: (57, 103), 10: (36, 96), 11: (36, 96),
    12: (36, 96), 13: (43, 91), 14: (48, 96),
}  # fmt: skip


def test_pitches_suit_the_instruments(heard):
    for one in heard:
        programs = collections.defaultdict(set)
        for channel, program in one.programs:
            programs[channel].add(program)
        for channel, pitch in {(n[1], n[2]) for n in one.notes if n[1] != DRUMS}:
            for program in programs[int(channel)]:
                if program == 87:  # bass + lead, played as a bass too
                    continue
                low, high = FAMILY_RANGE[program // 8]
                assert low <= pitch <= high, (one.song.name, program, pitch)


def test_meter_tempo_and_length_are_as_planned(heard):
    for one in heard:
        song = one.song
        grid = [(0.0, 4, 4)]
        if song.pickup_quarters:
            grid.insert(0, (-song.pickup_quarters, song.pickup_quarters, 4))
        assert one.meters == grid
        assert one.end == 4 * song.measures
        assert 24 <= song.measures <= 64
        low, high = arranger.STYLES[song.style].tempo_qpm
        assert low <= song.tempo_qpm <= high
        assert one.tempos[0] == (-song.pickup_quarters, pytest.approx(song.tempo_qpm, abs=0.01))
        assert all(0.6 * low <= qpm <= 1.05 * high for _, qpm in one.tempos)
        assert one.notes[:, 5].max() <= one.end
    endings = [one for one in heard if one.tempos[-1][1] < 0.8 * one.song.tempo_qpm]
    assert 0.2 * COUNT < len(endings) < 0.6 * COUNT
    for one in endings:  # a ritardando slows beat by beat through the last two bars
        last = [qpm for quarter, qpm in one.tempos if quarter >= one.end - 8]
        assert len(last) == 8
        assert last == sorted(last, reverse=True)


def test_pickups_fill_their_own_bar_only(heard):
    with_pickup = [one for one in heard if one.song.pickup_quarters]
    assert 5 <= len(with_pickup) <= COUNT // 4
    sung = 0
    for one in with_pickup:
        starts = one.notes[:, 4]
        assert starts.min() >= -one.song.pickup_quarters
        before = one.notes[starts < 0]
        sung += len(before) > 0
        # nothing is pushed over the bar line out of the first full bar
        assert (before[:, 4] % 0.5 < 0.2).all() or (before[:, 5] <= 0.05).all()
    assert sung >= len(with_pickup) - 2
    late = [one for one in heard if not one.song.pickup_quarters and one.notes[:, 4].min() >= 1.9]
    assert late  # some begin inside their first bar


# --- music


def test_the_corpus_is_varied(heard, corpus):
    styles = collections.Counter(song.style for song in corpus)
    assert set(styles) == set(arranger.STYLES)
    assert len(styles) >= 8
    assert (
        len({program for one in heard for channel, program in one.programs if channel != 9}) >= 60
    )
    tonics = {song.keys[0].rstrip("m") for song in corpus}
    assert {pitch_class(tonic) for tonic in tonics} == set(range(12))
    minor = sum(song.keys[0].endswith("m") for song in corpus)
    assert 0.2 * COUNT < minor < 0.7 * COUNT
    assert any(len(song.keys) > 1 for song in corpus)  # some modulate
    assert len({one.ticks_per_quarter for one in heard}) >= 5
    assert {song.midi[9] for song in corpus} == {0, 1}  # both file formats
    assert sum(one.pedals > 0 for one in heard) >= 5
    qualities = collections.Counter(
        (chord_id(symbol) - 1) // 12 for song in corpus for symbol in song.chords
    )
    assert all(qualities[quality] >= 40 for quality in range(4))  # augmented, diminished too
    velocities = np.concatenate([one.notes[:, 3] for one in heard])
    assert np.percentile(velocities, 5) < 70
    assert np.percentile(velocities, 95) > 100


@pytest.mark.parametrize("name", sorted(arranger.STYLES))
def test_each_style_has_its_own_bands(name, heard):
    bands = {
        frozenset(program for channel, program in one.programs if channel != DRUMS)
        for one in heard
        if one.song.style == name
    }
    assert len(bands) >= 2
    assert len(arranger.STYLES[name].bands) >= 3


def test_known_chords_cover_the_song_and_are_silent_where_it_is(heard):
    for one in heard:
        chords = one.song.chords
        assert len(chords) == 2 * one.song.measures
        ids = [chord_id(symbol) for symbol in chords]  # raises ChordError for a wrong symbol
        pitched = one.notes[one.notes[:, 1] != DRUMS]
        for half, index in enumerate(ids):
            # a tenth of a quarter aside, which is more than any player's hand is late
            begins, ends = 2 * half + 0.1, 2 * half + 1.9
            sounds = ((pitched[:, 4] < ends) & (pitched[:, 5] > begins)).any()
            if index == 0:
                assert not sounds, (one.song.name, half)
    silent = sum(symbol == "N.C." for one in heard for symbol in one.song.chords)
    assert 0 < silent < 0.05 * sum(len(one.song.chords) for one in heard)


TONES = {
    "": (0, 4, 7), "6": (0, 4, 7, 9), "7": (0, 4, 7, 10), "9": (0, 4, 7, 10, 2),
    "maj7": (0, 4, 7, 11), "maj9": (0, 4, 7, 11, 2), "add9": (0, 4, 7, 2), "m": (0, 3, 7),
    "m6": (0, 3, 7, 9), "m7": (0, 3, 7, 10), "m9": (0, 3, 7, 10, 2), "+": (0, 4, 8),
    "+7": (0, 4, 8, 10), "dim": (0, 3, 6), "dim7": (0, 3, 6, 9), "m7b5": (0, 3, 6, 10),
}  # fmt: skip


def chord_tones(symbol):
    root, kind = re.fullmatch(r"([A-G][#b]?)(.*)", symbol).groups()
    return [(pitch_class(root) + interval) % 12 for interval in TONES[kind]]


def roles_of(one):
    """Track index -> role, if the style's bands determine it; format 1 only."""
    role_of_track = {}
    parts = [part for band in arranger.STYLES[one.song.style].bands for part in band]
    for index, name in enumerate(one.names[1:], 1):
        roles = {part.role for part in parts if part.program == name}
        if len(roles) == 1:
            role_of_track[index] = roles.pop()
    return role_of_track


def test_players_play_the_known_chords(heard):
    """Shares of note time in the chord.

    Comp, pad, arp and counter play nothing else, except early (`>`) and for hundredths of a beat
    around a change: 98 %. A bass passes through other notes, walking ones most: 90 %. A melody
    passes between chord tones: 75-95 %. Over all pitched tracks the triad (the chord as the model
    knows it) has 80-92 %; in measures of real music it has about 84.5 %.
    """
    inside = collections.Counter()
    total = collections.Counter()
    for one in heard:
        roles = roles_of(one)
        for track, channel, pitch, _, start, end in one.notes:
            if channel == DRUMS or start < 0:
                continue
            role = roles.get(int(track), "unknown")
            for half in range(int(start // 2), min(int(-(-end // 2)), len(one.song.chords))):
                if one.song.chords[half] == "N.C.":
                    continue
                time = min(end, 2 * half + 2) - max(start, 2 * half)
                tones = chord_tones(one.song.chords[half])
                inside[role] += time * (pitch % 12 in tones)
                total[role] += time
                inside["triad"] += time * (pitch % 12 in tones[:3])
                total["triad"] += time
    share = {role: inside[role] / total[role] for role in total}
    for role in ("comp", "pad", "arp", "counter"):
        assert share[role] > 0.98, share
    assert 0.90 < share["bass"] < 0.99, share
    assert 0.75 < share["lead"] < 0.95, share
    assert 0.80 < share["triad"] < 0.92, share


def test_the_bass_has_the_root_where_the_chord_changes(heard):
    hits = rooted = 0
    for one in heard:
        bass = [index for index, role in roles_of(one).items() if role == "bass"]
        notes = one.notes[np.isin(one.notes[:, 0], bass)]
        for half in range(1, len(one.song.chords)):
            chord, before = one.song.chords[half], one.song.chords[half - 1]
            if "N.C." in (chord, before) or chord_id(chord) == chord_id(before):
                continue
            first = notes[(notes[:, 4] > 2 * half - 0.1) & (notes[:, 4] < 2 * half + 0.1)]
            for note in first:
                hits += 1
                rooted += int(note[2]) % 12 == chord_tones(chord)[0]
    assert hits > 1000
    assert rooted / hits > 0.97


def test_melodies_move_mostly_by_small_steps_and_breathe(heard):
    moves, filled, bars = [], 0.0, 0
    for one in heard:
        for index, role in roles_of(one).items():
            if role != "lead":
                continue
            lead = one.notes[one.notes[:, 0] == index]
            lead = lead[np.argsort(lead[:, 4], kind="stable")]
            moves += list(np.abs(np.diff(lead[:, 2])))
            filled += (lead[:, 5] - lead[:, 4]).sum()
            bars += len(set(lead[:, 4] // 4))
    moves = np.array(moves)
    assert len(moves) > 2000
    assert (moves <= 4).mean() > 0.65
    assert (moves > 12).mean() < 0.02
    assert 0.4 < filled / (4 * bars) < 0.9


def test_swing_styles_swing_and_the_others_do_not(heard):
    def late_eighths(style):
        starts = np.concatenate([one.notes[:, 4] for one in heard if one.song.style == style]) % 1
        late, even = abs(starts - 2 / 3) < 0.04, abs(starts - 1 / 2) < 0.04
        return late.sum() / (late.sum() + even.sum())

    assert late_eighths("swing") > 0.9
    assert late_eighths("blues") > 0.9
    for style in ("rock", "house", "bossa_nova", "salsa"):
        assert late_eighths(style) < 0.1


# --- styles as data


@pytest.mark.parametrize("style", arranger.STYLES.values(), ids=arranger.STYLES)
def test_a_style_is_complete(style):
    for song_form in style.forms:
        words = re.findall(r"([a-z]+)(\d+)", song_form)
        assert " ".join(f"{kind}{bars}" for kind, bars in words) == song_form
        assert {kind for kind, _ in words} <= set(form.LAYERS)
        assert 24 <= sum(int(bars) for _, bars in words) <= 64
    grooves = [g for kind in style.grooves.values() for g in kind]
    for groove in [*grooves, *style.fills, *style.percussion]:
        for bar in read_groove(groove):
            assert {drum for drum, _ in bar} <= set(DRUM_KIT)
    for figures in style.figures.values():
        for figure in figures:
            for bar in read(figure):
                assert {hit.letter for hit in bar} <= set("xXo>?tR12345678w0a9")
    for rhythm in style.rhythms + style.cadences:
        assert len(read(rhythm)) == 1
    assert set(style.layers) <= set(form.LAYERS)
    for band in style.bands:
        assert sum(part.role == "bass" for part in band) == 1
        for part in band:
            if part.solo:  # both instruments can play the same melody
                ranges = pitch_range(part.program), pitch_range(part.solo)
                assert min(r[1] for r in ranges) - max(r[0] for r in ranges) >= 15, part
            if part.role == "drums":
                assert part.program in KITS
            elif part.role == "percussion":
                assert part.figures or style.percussion
            elif part.role != "lead":
                assert part.figures or style.figures[part.role]


@pytest.mark.parametrize("style", arranger.STYLES.values(), ids=arranger.STYLES)
def test_every_player_can_play_every_chord(style):
    for part in {part for band in style.bands for part in band}:
        if part.role in ("comp", "arp", "pad", "counter"):
            low, high = part_span(part)
            for root in range(12):
                for kind in TONES:
                    chord = Chord(root, kind, "?")
                    voice_lead(chord, max(part.voices, 3), low, high, (), part.spread)


@pytest.mark.parametrize("book", progressions.BOOKS)
def test_a_book_has_chords_for_both_modes(book):
    for mode in ("major", "minor"):
        pages = progressions.BOOKS[book][mode]
        assert set(pages) == {"verse", "chorus", "bridge"}
        for page in pages.values():
            for progression in page:
                for bar in progression.split():
                    for numeral in bar.split("-"):
                        chord_id(Key(0, mode == "minor").chord(numeral).symbol)


# --- the command


def test_the_command_writes_whole_files(tmp_path, corpus, capsys):
    folder = tmp_path / "new" / "corpus"
    assert arranger.COMMAND.main([f"--output={folder}", "--songs=5"]) == 0
    assert "5 songs" in capsys.readouterr().out
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
        f"{song.name}.mid": song.midi for song in corpus[:5]
    }


@pytest.mark.parametrize(
    ("flags", "code", "word"),
    [
        ([], 2, "--output"),
        (["--output=OUT", "--songs=0"], 2, "songs"),
        (["--output=OUT", "--seed=-1"], 2, "seed"),
        (["--output=FILE"], 1, "cannot be written"),
    ],
)
def test_mistakes_are_one_sentence(tmp_path, capsys, flags, code, word):
    blocking = tmp_path / "file"
    blocking.write_text("in the way")
    flags = [f.replace("OUT", str(tmp_path / "out")).replace("FILE", str(blocking)) for f in flags]
    assert arranger.COMMAND.main(flags) == code
    message = capsys.readouterr().err
    assert word in message
    assert message.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_write_corpus_raises_for_a_folder_that_cannot_be(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(UserError, match="--output"):
        arranger.write_corpus(tmp_path / "file", count=1)


# --- as measures


def test_most_bars_make_good_distinct_measures_with_the_known_chords(corpus):
    """Required shares: 90 % kept, 75 % of them unique, 80 % of half bars with the known triad."""
    measures_lib = pytest.importorskip("gm_vae.music.measures")
    kept, rejected, agree, frames = [], collections.Counter(), 0, 0
    for song in corpus:
        measures, reasons = measures_lib.measures_from_midi(song.midi)
        kept += measures
        rejected += reasons
        if len(measures) == song.measures:  # else a measure's place in the song is not known
            inferred = np.concatenate([measure.chord_ids for measure in measures])
            known = np.array([chord_id(symbol) for symbol in song.chords])
            agree += (inferred == known).sum()
            frames += len(known)
    bars = sum(song.measures for song in corpus)
    assert len(kept) > 4000
    assert len(kept) / bars > 0.9
    assert len(rejected) >= 3  # some bars fall under several reasons
    unique = {(m.tokens.tobytes(), m.lengths.tobytes()) for m in kept}
    assert len(unique) / len(kept) > 0.75
    assert 3.5 < np.mean([(m.lengths > 1).sum() for m in kept]) < 5.5
    assert frames > 1000
    assert agree / frames > 0.8
