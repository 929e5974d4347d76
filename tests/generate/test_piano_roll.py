"""The picture: its size and its pixels; matplotlib's global state is unchanged."""

import copy
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
from PIL import Image

from gm_vae.errors import UsageError
from gm_vae.generate.piano_roll import draw_piano_roll, part_colors, piano_roll_figure
from gm_vae.music.arrangement import Arrangement, Part
from gm_vae.music.chords import chord_ids
from gm_vae.music.measure import Measure


def rgb(color):
    return tuple(int(color[i : i + 2], 16) for i in (1, 3, 5))


def pixels(path):
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB")).astype(int)


def texts(figure):
    strings = [text.get_text() for text in figure.texts]
    for ax in figure.axes:
        strings += [text.get_text() for text in [*ax.texts, *ax.get_yticklabels()]]
        if ax.get_legend():
            strings += [text.get_text() for text in ax.get_legend().get_texts()]
    return strings


def notes_of(ax):
    """The paths of the collection of notes, which is above grid and keys."""
    return next(each for each in ax.collections if each.get_zorder() == 3).get_paths()


@pytest.fixture
def song(simple_track):
    tracks = [
        simple_track(0, [(0, 24, 60), (24, 96, 64)]),
        simple_track(33, [(0, 96, 36)]),
        simple_track(73, [(0, 48, 84)]),
        simple_track(128, [(0, 6, 36), (48, 54, 38)]),
    ]
    chords = [["C", "C"], ["C", "Bb"], ["F#m", "Bdim"], ["C", "C"]]
    return [Measure.from_tracks(tracks, chord_ids(pair)) for pair in chords]


def test_eight_measures_make_a_picture_of_about_1600_by_800(song, tmp_path):
    draw_piano_roll(song * 2, tmp_path / "a.png", title="Eight")
    height, width, _ = pixels(tmp_path / "a.png").shape
    assert 1450 <= width <= 1750
    assert 750 <= height <= 850


def test_width_grows_up_to_a_line_and_then_the_height_does(song):
    def size(bars):
        arrangement = Arrangement.from_measures((song * bars)[:bars])
        return piano_roll_figure(arrangement).get_size_inches()

    assert size(8)[0] - size(6)[0] == pytest.approx(size(6)[0] - size(4)[0])
    assert size(8)[0] > size(6)[0] > size(1)[0]
    assert size(8)[1] == size(1)[1]
    assert size(9)[0] == size(16)[0] == size(100)[0] == size(8)[0]
    heights = [size(bars)[1] for bars in (9, 17, 25)]
    assert heights[2] - heights[1] == pytest.approx(heights[1] - heights[0])
    assert heights[1] > heights[0]


def test_every_line_shows_its_own_eight_bars(simple_track):
    bars = [
        Measure.from_tracks([simple_track(0, [(0, 96, 60 + bar)])], chord_ids(["C", "C"]))
        for bar in range(11)
    ]
    figure = piano_roll_figure(Arrangement.from_measures(bars))
    first, second = figure.axes
    assert [ax.get_xlim() for ax in figure.axes] == [(0, 8 * 96), (8 * 96, 11 * 96)]
    words = [[text.get_text() for text in ax.texts] for ax in figure.axes]
    assert words[0] == [*"12345678", "C"]
    assert words[1] == ["9", "10", "11", "C"], "a line says the chord that it begins with"
    assert first.get_ylim() == second.get_ylim()
    assert first.get_position().y0 > second.get_position().y1
    # a bar is as wide in the last line, which is not full
    widths = [ax.get_position().width for ax in figure.axes]
    assert widths[0] / 8 == pytest.approx(widths[1] / 3)
    pitches = [
        sorted(path.vertices[:, 1].mean().round() for path in notes_of(ax)) for ax in figure.axes
    ]
    assert pitches == [list(range(60, 68)), list(range(68, 71))]


def test_many_instruments_have_room_in_the_legend(simple_track):
    bars = [
        Measure.from_tracks([simple_track(8 * bar + i, [(0, 96, 60)]) for i in range(8)])
        for bar in range(16)
    ]
    figure = piano_roll_figure(Arrangement.from_measures(bars))
    figure.canvas.draw()
    box = figure.axes[0].get_legend().get_window_extent()
    assert len(figure.axes[0].get_legend().get_texts()) == 128
    assert box.y0 >= 0
    assert box.x1 <= figure.bbox.x1


def test_the_longest_picture_opens_everywhere(song, tmp_path):
    draw_piano_roll(song * 64, tmp_path / "a.png")
    height, width, _ = pixels(tmp_path / "a.png").shape
    assert max(height, width) < 2**14


def test_each_instrument_shows_its_colour_where_it_plays(song, tmp_path):
    draw_piano_roll(song, tmp_path / "a.png", chords=False)
    picture = pixels(tmp_path / "a.png")
    width = picture.shape[1]
    plot = picture[:, int(width * 0.25) : int(width * 0.7)]  # no names of drums, no legend
    heights = {}
    for part, color in part_colors(Arrangement.from_measures(song).parts).items():
        # the edges of the notes have the full colour
        rows = np.flatnonzero((abs(plot - rgb(color)).max(-1) < 30).sum(1) > 5)
        assert len(rows), f"{part.name} is not in the picture"
        heights[part.name] = rows.mean()
    # high notes are above low ones, drums at the bottom
    order = ["Flute", "Acoustic Grand Piano", "Finger Bass", "Drums"]
    assert sorted(heights, key=heights.get) == order


def test_louder_is_stronger(simple_track, tmp_path):
    def ink(velocity):
        track = simple_track(0, [(0, 96, 60)], velocity)
        path = tmp_path / f"{velocity}.png"
        draw_piano_roll([Measure.from_tracks([track])], path)
        picture = pixels(path)
        return (255 - picture[:, : int(picture.shape[1] * 0.6)]).sum()

    assert ink(1) < ink(49) < ink(113)


def test_parts_in_unison_both_show(simple_track, tmp_path):
    tracks = [simple_track(program, [(0, 96, 60)]) for program in (0, 33)]
    draw_piano_roll([Measure.from_tracks(tracks)], tmp_path / "a.png")
    picture = pixels(tmp_path / "a.png")
    plot = picture[:, : int(picture.shape[1] * 0.6)]
    for color in part_colors([Part(0), Part(33)]).values():
        assert (abs(plot - rgb(color)).max(-1) < 30).any()


def test_words(song):
    arrangement = Arrangement.from_measures(song)
    words = texts(piano_roll_figure(arrangement, title="A title"))
    for word in ("A title", "Acoustic Grand Piano", "Finger Bass", "Flute", "Drums"):
        assert words.count(word) == 1
    assert {"Bass Drum", "Snare", "C2", "C4", "C6"} <= set(words)
    assert [w for w in words if w in ("C", "B♭", "F♯m", "B°")] == ["C", "B♭", "F♯m", "B°", "C"]
    assert [w for w in words if w.isdigit()] == ["1", "2", "3", "4"]
    without = texts(piano_roll_figure(arrangement, chords=False))
    assert not {"C", "B♭", "F♯m", "B°"} & set(without)


def test_chord_names_stand_where_the_chords_begin(song):
    figure = piano_roll_figure(Arrangement.from_measures(song))
    places = [(t.xy[0], t.get_text()) for t in figure.axes[0].texts if not t.get_text().isdigit()]
    assert places == [(0, "C"), (144, "B♭"), (192, "F♯m"), (240, "B°"), (288, "C")]


def test_only_drums_only_pitches_and_silence(simple_track, tmp_path):
    drums = Measure.from_tracks([simple_track(128, [(0, 6, 36)])])
    piano = Measure.from_tracks([simple_track(0, [(0, 6, 36)])])
    silence = Measure.from_tracks([])
    for name, measures, axes in [
        ("drums", [drums, silence], 1),
        ("piano", [piano], 1),
        ("both", [piano, drums], 2),
        ("silence", [silence], 1),
    ]:
        assert len(piano_roll_figure(Arrangement.from_measures(measures)).axes) == axes
        draw_piano_roll(measures, tmp_path / f"{name}.png", title=name)
        assert pixels(tmp_path / f"{name}.png").size


def test_colours_of_an_instrument_do_not_depend_on_the_others():
    bass = part_colors([Part(33)])[Part(33)]
    assert part_colors([Part(0), Part(33), Part(128)])[Part(33)] == bass
    assert part_colors([Part(24), Part(33), Part(50), Part(90)])[Part(33)] == bass


def test_sixteen_instruments_have_sixteen_colours():
    parts = [Part(program, number) for program in range(8) for number in range(2)]
    assert len(set(part_colors([*parts, Part(128)]).values())) == 17
    more = [Part(program) for program in range(128)]
    assert set(part_colors(more)) == set(more)


def test_svg_is_xml(song, tmp_path):
    draw_piano_roll(song, tmp_path / "a.svg", title="<&>")
    root = ElementTree.parse(tmp_path / "a.svg").getroot()
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    text = (tmp_path / "a.svg").read_text().lower()
    for color in part_colors(Arrangement.from_measures(song).parts).values():
        assert color.lower() in text


@pytest.mark.parametrize("suffix", [".png", ".svg"])
def test_the_same_measures_give_the_same_bytes(song, tmp_path, suffix):
    paths = [tmp_path / f"{name}{suffix}" for name in "ab"]
    for path in paths:
        draw_piano_roll(song, path, title="Title")
    assert paths[0].read_bytes() == paths[1].read_bytes()
    assert b"dc:date" not in paths[0].read_bytes()


def test_paths(song, tmp_path):
    with pytest.raises(UsageError, match=r"\.png"):
        draw_piano_roll(song, tmp_path / "a.jpeg")
    draw_piano_roll(song, tmp_path / "a.png")
    with pytest.raises(UsageError, match="--force"):
        draw_piano_roll(song, tmp_path / "a.png")
    draw_piano_roll(song, tmp_path / "a.png", force=True)
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]


def test_matplotlib_keeps_its_settings(song, tmp_path):
    import matplotlib

    before = copy.deepcopy(dict(matplotlib.rcParams))
    draw_piano_roll(song, tmp_path / "a.png")
    draw_piano_roll(song, tmp_path / "a.svg")
    assert dict(matplotlib.rcParams) == before


def test_pyplot_is_never_loaded(tmp_path):
    # in a process of its own: other tests may have loaded it
    script = (
        "import sys\n"
        "from gm_vae.generate.piano_roll import draw_piano_roll\n"
        "from gm_vae.music.measure import Measure\n"
        f"draw_piano_roll([Measure.from_tracks([])], {str(tmp_path / 'a.png')!r})\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
        "assert 'tensorflow' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
