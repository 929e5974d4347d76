"""The page in a real browser: page.mjs clicks, and its findings are checked here."""

import gzip
import io
import pathlib
import re
import wave
import zipfile

import mido
import numpy as np
import pytest
from node_packages import require_firefox
from sine_soundfont import sine_soundfont

from gm_vae import arranger
from gm_vae.generate.attributes import Attributes
from gm_vae.generate.bands import band_masks, first_tokens
from gm_vae.generate.gmvae import Decoding, chord_labels
from gm_vae.generate.midi_writer import midi_file
from gm_vae.generate.phrases import Phrasing, play
from gm_vae.generate.points import grid, interpolate
from gm_vae.generate.song import read_form
from gm_vae.generate.song import song as play_song
from gm_vae.model.sampling import uniforms
from gm_vae.music.arrangement import Arrangement
from gm_vae.music.measures import measures_from_midi

CHECKS = (
    "plays", "chords", "styles", "stems", "midi port", "character", "instruments", "sound",
    "soundfont", "saves", "opens", "links", "favourites", "mistakes", "access", "phone",
    "low windows", "covered things", "wide windows", "forced colours", "stillness", "loading",
    "first sight", "causes", "as a file", "without server", "policy", "fonts", "offline", "clicks",
    "hovers", "space", "sliders", "swipes", "rounds", "keyboard", "repeats", "focus", "bars",
    "file", "hints", "address", "failures", "site soundfont", "song", "song link", "song band",
    "song sections", "song access", "axe in the light", "axe in the dark", "axe in forced colours",
    "axe in German", "axe before the music", "German words", "languages", "locks",
    "notes", "note keys", "note touch", "pad", "pad playing", "long links",
)  # fmt: skip
TOGETHER = 12  # checks of one script
FIREFOX_CHECKS = ("loads", "plays", "chords", "saves", "drops", "reloads", "german")


@pytest.fixture(scope="module")
def song():
    return next(iter(arranger.songs(1, seed=4))).midi


@pytest.fixture(scope="module")
def request_of_page(node, browser, served, page, song, tmp_path_factory):
    """run(names of checks or None) -> what each found."""
    folder = tmp_path_factory.mktemp("page")
    files = {name: folder / name for name in ("song.mid", "notes.txt", "solo.mid", "sine.sf2")}
    files["sine.sf2"].write_bytes(sine_soundfont())
    files["song.mid"].write_bytes(song)
    files["notes.txt"].write_text("no music")
    solo = mido.MidiFile(type=0)
    notes = [mido.Message(kind, note=60, time=480) for kind in ("note_on", "note_off") * 4]
    solo.tracks.append(mido.MidiTrack(notes))
    solo.save(files["solo.mid"])

    def run(only=None):
        names = {"song": "song.mid", "text": "notes.txt", "solo": "solo.mid", "font": "sine.sf2"}
        request = {
            "chromium": browser, "url": served, "out": str(folder), "only": only,
            "page": str(page),
            "files": {name: str(files[file]) for name, file in names.items()},
        }  # fmt: skip
        return node("page.mjs", request)

    run.folder = folder
    return run


@pytest.fixture(scope="module")
def results(request_of_page):
    """What each check found; some at a time, each time within the time limit of a script."""
    return {
        name: result
        for first in range(0, len(CHECKS), TOGETHER)
        for name, result in request_of_page(CHECKS[first : first + TOGETHER]).items()
    }


@pytest.mark.parametrize("name", CHECKS)
def test_in_the_browser(results, name):
    assert results[name]["error"] is None, results[name]["error"]


def test_the_first_load_is_small(page):
    """Compressed: index.html and what it names."""
    index = (page / "index.html").read_text(encoding="utf-8")
    names = re.findall(r'(?:href|src)="([\w.-]+)"', index)
    assert len(names) >= 5
    files = [page / "index.html", *(page / name for name in names)]
    assert sum(len(gzip.compress(file.read_bytes())) for file in files) < 150_000


def test_every_check_is_listed(request_of_page):
    assert set(request_of_page("names")) == set(CHECKS)


def test_a_dropped_soundfont_is_played(results):
    sines, oscillators = (results["soundfont"]["facts"][name] for name in ("sines", "oscillators"))
    assert len(sines) >= 3
    assert all(note["one"] > 1e-3 and note["overtones"] < 0.05 for note in sines)
    assert max(note["overtones"] for note in oscillators) > 0.05  # these have overtones


@pytest.mark.parametrize("check", ["saves", "character", "pad"])
def test_the_page_plays_the_notes_that_the_package_decodes(results, small_model, check):
    """A way between styles over chords: the points of the grid, the tokens and the parts.

    On the line from A to B the instruments are those of an interpolation of 11 measures.
    """
    facts = results[check]["facts"]
    model, folder = small_model
    chosen = facts["arrangement"]
    corners = np.array(facts["points"], np.float32)
    seeds = [(chosen[style] or chosen[above])["seed"] for style, above in zip("abcd", "abab")]
    np.testing.assert_array_equal(corners, [model.sample_points(1, seed)[0] for seed in seeds])
    steps = {name: tenths / 10 for name, tenths in chosen["character"].items()}
    moved = Attributes.load(folder, model).move(corners, steps)
    square = grid(moved, 101, 101)
    z = square[chosen["down"], chosen["blend"]]
    symbols = ["|".join(bar) for bar in chosen["chords"]]
    labels = chord_labels(symbols, len(z), model.format)
    decoding = Decoding(chosen["temperature"] / 100, seed=chosen["seed"])
    logits = model.numpy.program_logits(interpolate(*moved[:2], 11))
    bands = band_masks(logits, *first_tokens(logits[[0, -1]], decoding, model.format))
    places = list(zip(chosen["blend"], chosen["down"]))
    is_way = any(0 < x < 100 and not y for x, y in places)
    free = np.ones_like(bands[0])
    masks = np.stack([bands[x // 10] if is_way and not y else free for x, y in places])
    tracks = play(model, z, labels, np.zeros(len(z), int), decoding, Phrasing(), masks)
    expected = Arrangement.from_measures(tracks.measures(labels, model.format))
    assert [(part["program"], part["number"]) for part in facts["parts"]] == [
        (part.program, part.number) for part in expected.parts
    ]
    names = ("part", "pitch", "velocity", "start", "end")
    assert [tuple(note[name] for name in names) for note in facts["notes"]] == [
        tuple(note) for note in expected.notes.tolist()
    ]
    assert len(expected.notes) > 20


@pytest.mark.parametrize("check", ["song link", "song band"])
def test_the_page_plays_the_songs_that_the_package_plays(results, small_model, check):
    """Styles of one's own and a way between two; and one style that the others follow."""
    facts = results[check]["facts"]
    model, _ = small_model
    chosen = facts["arrangement"]
    form = chosen["song"]
    lines = {"": chosen["chords"], **form["chords"]}
    chords = "; ".join(
        f"{name}: " * bool(name) + " ".join("|".join(bar) for bar in line)
        for name, line in lines.items()
    )
    sections = read_form(" ".join(form["form"]), chords, form["bars"] * len(form["form"]))
    a, b = np.array(facts["points"], np.float32)
    styles = {"A": a, "B": b}
    for letter, style in form["styles"].items():
        styles[letter] = model.sample_points(1, style["seed"])[0]
    piece = play_song(
        model, sections, a if form["follow"] else styles, contrast=form["contrast"] / 100,
        vary=form["vary"] / 100, fills=form["fills"], ending=form["ending"],
        temperature=chosen["temperature"] / 100, seed=chosen["seed"],
    )  # fmt: skip
    symbols = [chord for section in sections for chord in section.chords]
    symbols.append(symbols[0].split("|")[0])
    expected = Arrangement.from_measures(piece.measures, symbols)
    names = ("part", "pitch", "velocity", "start", "end")
    assert [tuple(note[name] for name in names) for note in facts["notes"]] == [
        tuple(note) for note in expected.notes.tolist()
    ]
    assert len(expected.notes) > 100

    wanted = midi_file(expected, chosen["qpm"], facts["title"], piece.sections)
    saved = mido.MidiFile(facts["saved"], charset="utf-8")
    (conductor, *tracks), (wanted_conductor, *wanted_tracks) = saved.tracks, wanted.tracks
    assert [list(track) for track in tracks] == [list(track) for track in wanted_tracks]
    link = [message for message in conductor if getattr(message, "text", "").startswith("gm-vae:")]
    assert len(link) == 1
    assert [message for message in conductor if message not in link] == list(wanted_conductor)


def test_links_of_earlier_pages_keep_their_music(results, small_model):
    """Their points had pairs of coordinates that shared two numbers, hashed with a mark."""
    size = small_model[0].config.latent_size
    pairs = np.arange(0, size, 2)
    marks = np.full(len(pairs), 0x5EED)
    first, second = (uniforms(21, marks, pairs, coordinate).astype(float) for coordinate in (0, 1))
    radius, angle = np.sqrt(-2 * np.log(first)), 2 * np.pi * second
    expected = np.stack([radius * np.cos(angle), radius * np.sin(angle)], 1).ravel()
    point = results["links"]["facts"]["point"]
    assert point[0] == pytest.approx(0.878, abs=5e-4)  # as it was read on such a page
    np.testing.assert_array_equal(np.float32(point), expected.astype(np.float32)[:size])


def test_the_saved_file_contains_what_the_page_showed(results, request_of_page):
    facts = results["saves"]["facts"]
    file = mido.MidiFile(request_of_page.folder / "saved.mid")
    ticks_per_step = file.ticks_per_beat // 24
    heard = set()
    for track in file.tracks[1:]:
        now, program, open_notes = 0, 0, {}
        for message in track:
            now += message.time
            if message.type == "program_change":
                program = message.program
            elif message.type == "note_on":
                open_notes[message.note] = (now, message.velocity)
            elif message.type == "note_off":
                start, velocity = open_notes.pop(message.note)
                is_drum = message.channel == 9
                steps = round(start / ticks_per_step), round(now / ticks_per_step)
                heard.add((128 if is_drum else program, message.note, velocity, *steps))
    assert heard == {
        (facts["parts"][note["part"]]["program"],
         *(note[name] for name in ("pitch", "velocity", "start", "end")))
        for note in facts["notes"]
    }  # fmt: skip
    (tempo,) = [message.tempo for message in file.tracks[0] if message.type == "set_tempo"]
    assert tempo == 500_000


def test_stems_are_a_sound_file_of_each_part(results):
    facts = results["stems"]["facts"]
    with zipfile.ZipFile(facts["zip"]) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert len(set(names)) == facts["parts"]
        for name in names:
            with wave.open(archive.open(name)) as sound:
                samples = np.frombuffer(sound.readframes(sound.getnframes()), np.int16)
                assert sound.getframerate() == 44100
                assert np.abs(samples.astype(int)).max() > 100, name
    whole, part = (mido.MidiFile(file=io.BytesIO(bytes(facts[name]))) for name in ("whole", "part"))
    assert len(whole.tracks) == 1 + facts["parts"]
    assert len(part.tracks) == 2
    strokes = [message for message in part.tracks[1] if message.type == "note_on"]
    assert len(strokes) == facts["notes"]


def test_a_port_receives_the_content_of_the_saved_file(results):
    """Note for note, at their times; 24 ticks to a quarter between start and stop."""
    facts = results["midi port"]["facts"]
    file = mido.MidiFile(facts["saved"])
    expected, now = [], 0.0
    for message in file:  # in seconds, all tracks together
        now += message.time
        if message.type == "note_on":
            expected.append((message.channel, message.note, message.velocity, now))
    messages = [(each["bytes"], each["ms"] / 1000) for each in facts["sent"]]
    (start,) = [time for data, time in messages if data == [0xFA]]
    (stop,) = [time for data, time in messages if data == [0xFC]]
    sent = [
        (data[0] & 15, data[1], data[2], time - start)
        for data, time in messages
        if data[0] >> 4 == 9
    ]
    assert sorted(each[:3] for each in sent) == sorted(each[:3] for each in expected)
    late = np.subtract(sorted(each[3] for each in sent), sorted(each[3] for each in expected))
    assert np.abs(late).max() < 0.05  # the clocks' difference is read again and again
    ticks = [time - start for data, time in messages if data == [0xF8]]
    assert abs(len(ticks) - 24 * 4 * 4) <= 24
    assert stop > start
    ends = [data[:2] for data, _ in messages if data[0] >> 4 == 8]
    assert sorted(ends) == sorted([0x80 | each[0], each[1]] for each in sent)


def test_edited_notes_are_in_saved_files_and_stems(results):
    facts = results["notes"]["facts"]

    def strokes(file):
        """(pitch, onset) of each note."""
        found = set()
        for track in file.tracks[1:]:
            now = 0
            for message in track:
                now += message.time
                if message.type == "note_on":
                    found.add((message.note, now * 24 // file.ticks_per_beat))
        return found

    for name, notes in (("saved", facts["notes"]), ("part", facts["own"])):
        source = facts[name]
        file = (
            mido.MidiFile(source)
            if name == "saved"
            else mido.MidiFile(file=io.BytesIO(bytes(source)))
        )
        assert strokes(file) == {(note["pitch"], note["start"]) for note in notes}


def test_the_saved_file_names_the_chords_as_they_were_typed(results, request_of_page):
    assert results["chords"]["error"] is None
    file = mido.MidiFile(request_of_page.folder / "chords.mid", charset="utf-8")
    for kind in ("marker", "text"):
        now, texts = 0, []
        for message in file.tracks[0]:
            now += message.time
            if message.type == kind and not message.text.startswith("gm-vae:"):
                texts.append((now // (file.ticks_per_beat // 24), message.text))
        assert texts == [
            (0, "Cmaj7"), (96, "Am7/G"), (144, "Gsus4"), (192, "Am7/G"), (240, "Gsus4"),
            (288, "E7#9"),
        ]  # fmt: skip


def test_a_measure_of_a_file_becomes_its_point(results, small_model, song):
    facts = results["opens"]["facts"]
    model, _ = small_model
    measures = measures_from_midi(song)[0]
    mu, _ = model.encode(measures)
    step = 1 / 24  # a link keeps a byte a number
    distance = np.abs(mu.clip(-127 * step, 127 * step) - np.array(facts["point"])).max(1)
    assert distance.min() <= step / 2 + 1e-4
    assert np.argmin(distance) >= 2
    assert len(facts["chords"]) == 42  # all from the third bar on


@pytest.mark.web
def test_many_clicks(request_of_page):
    (result,) = request_of_page(["many clicks"]).values()
    assert result["error"] is None, result["error"]
    assert sum(result["facts"].values()) == 200


@pytest.fixture(scope="module")
def in_firefox(node, browser, served, song, tmp_path_factory):
    """What each check of firefox.mjs found."""
    program = require_firefox()
    folder = tmp_path_factory.mktemp("firefox")
    (folder / "song.mid").write_bytes(song)
    (folder / "out").mkdir()
    files = {"song": str(folder / "song.mid")}
    request = {"firefox": program, "url": served, "files": files, "out": str(folder / "out")}
    return node("firefox.mjs", request)


@pytest.mark.parametrize("name", FIREFOX_CHECKS)
def test_in_firefox(in_firefox, name):
    assert in_firefox[name]["error"] is None, in_firefox[name]["error"]


def test_every_check_of_firefox_is_listed(in_firefox):
    assert set(in_firefox) == set(FIREFOX_CHECKS)


def test_firefox_makes_and_saves_the_music_that_chromium_does(in_firefox, results, request_of_page):
    expected = results["saves"]["facts"]
    facts = in_firefox["loads"]["facts"]
    assert facts == {name: expected[name] for name in facts}
    saved = pathlib.Path(in_firefox["saves"]["facts"]["saved"])
    assert saved.read_bytes() == (request_of_page.folder / "saved.mid").read_bytes()
