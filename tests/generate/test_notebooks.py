"""The display of measures and songs in notebooks: rolls, players, files to download."""

import base64
import io
import re
import shutil
import wave
import xml.etree.ElementTree as ElementTree

import pytest
from sine_soundfont import sine_soundfont

import gm_vae
from gm_vae.errors import UsageError
from gm_vae.generate import audio, html_player
from gm_vae.music.arrangement import Arrangement
from gm_vae.music.chords import chord_ids
from gm_vae.music.measure import Measure
from gm_vae.music.parts import Part, part_colors

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def measures(simple_track):
    tracks = [
        simple_track(0, [(0, 24, 60), (24, 96, 64)]),
        simple_track(0, [(0, 96, 67)]),
        simple_track(128, [(0, 6, 36), (48, 54, 38)]),
    ]
    return [Measure.from_tracks(tracks, chord_ids(pair)) for pair in (["C", "F"], ["F", "F"])]


def roll(markup):
    return ElementTree.fromstring(re.search(r"<svg.*?</svg>", markup, re.DOTALL)[0])


def words(markup):
    return [text.text for text in roll(markup).iter(f"{SVG}text")]


def boxes(markup, color):
    paths = [path for path in roll(markup).iter(f"{SVG}path") if path.get("fill") == color]
    return [box for path in paths for box in path.get("d").split("z") if box]


def test_a_measure_shows_its_notes(measures):
    markup = measures[0]._repr_html_()
    colors = part_colors([Part(0), Part(0, 1), Part(128)])
    counts = {part.name: len(boxes(markup, color)) for part, color in colors.items()}
    assert counts == {"Acoustic Grand Piano": 2, "Acoustic Grand Piano 2": 1, "Drums": 2}
    assert all(name in markup for name in counts)
    assert {"C", "F", "C4", "1", "Snare", "Bass Drum"} <= set(words(markup))


def test_a_measure_is_drawn_as_a_piece_of_it_alone_is(measures):
    for measure in (*measures, Measure.from_tracks([])):
        assert measure._repr_html_() == Arrangement.from_measures([measure]).svg()
    assert "silence" in Measure.from_tracks([])._repr_html_()


def test_notes_are_where_they_sound(simple_track):
    low, high = (
        Measure.from_tracks([simple_track(0, [(start, 96, pitch), (0, 6, 60)])])
        for start, pitch in ((24, 55), (48, 70))
    )

    def corner(measure, number):
        markup = Arrangement.from_measures([measure, high]).svg()
        box = boxes(markup, part_colors([Part(0)])[Part(0)])[number]
        return [float(x) for x in re.match(r"M([\d.]+) ([\d.]+)", box).groups()]

    first, second = corner(low, 1), corner(high, 1)
    assert first[0] < second[0]
    assert first[1] > second[1], "higher notes are above"


def test_long_music_wraps_into_lines(measures):
    short, long = (Arrangement.from_measures(measures * n).svg() for n in (4, 10))
    assert roll(short).get("width") == roll(long).get("width")
    assert float(roll(long).get("height")) == pytest.approx(3 * float(roll(short).get("height")), 1)
    numbers = [int(word) for word in words(long) if word.isdigit()]
    assert numbers == list(range(1, 21))
    assert "the first 256 of 300 bars" in Arrangement.from_measures(measures * 150).svg()


def test_a_song_is_a_sequence_of_measures(measures, tmp_path):
    song = gm_vae.Song(measures)
    assert list(song) == measures
    assert song[:1] == measures[:1]
    gm_vae.write_midi(song, tmp_path / "a.mid")
    gm_vae.write_midi(measures, tmp_path / "b.mid")
    assert (tmp_path / "a.mid").read_bytes() == (tmp_path / "b.mid").read_bytes()


def data_of(markup, kind):
    return base64.b64decode(re.search(f'data:{kind};base64,([^"]+)', markup)[1])


def test_a_song_has_a_player_and_its_midi_file(measures, tmp_path, monkeypatch):
    if not shutil.which("fluidsynth"):
        pytest.skip("fluidsynth is not installed (apt install fluidsynth)")
    (tmp_path / "any.sf2").write_bytes(sine_soundfont())
    monkeypatch.setenv(audio.SOUNDFONT_VARIABLE, str(tmp_path / "any.sf2"))
    markup = gm_vae.Song(measures, ((0, "A"),), qpm=240)._repr_html_()
    with wave.open(io.BytesIO(data_of(markup, "audio/wav"))) as file:
        assert (file.getnchannels(), file.getframerate()) == (1, 22_050)
        assert file.getnframes() / 22_050 == pytest.approx(2, abs=0.5)  # and what dies away
    gm_vae.write_midi(measures, tmp_path / "a.mid", qpm=240, sections=((0, "A"),))
    assert data_of(markup, "audio/midi") == (tmp_path / "a.mid").read_bytes()
    monkeypatch.setattr(html_player, "MOST_SECONDS", 1.0)
    markup = gm_vae.Song(measures, qpm=240)._repr_html_()
    assert "<audio" not in markup
    assert "over 1 seconds has no player" in markup


def test_without_fluidsynth_there_is_the_roll_and_the_file(measures, monkeypatch):
    monkeypatch.setenv("PATH", "")
    markup = gm_vae.Song(measures)._repr_html_()
    assert "<audio" not in markup
    assert "FluidSynth" in markup
    assert "<svg" in markup
    assert data_of(markup, "audio/midi")[:4] == b"MThd"


def test_a_song_without_measures_is_refused():
    with pytest.raises(UsageError, match="give at least one"):
        gm_vae.Song([])._repr_html_()
