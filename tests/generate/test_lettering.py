"""Titles with letters that the picture font lacks."""

import warnings

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from matplotlib import font_manager

from gm_vae.generate import lettering
from gm_vae.generate.lettering import drawable
from gm_vae.generate.piano_roll import draw_piano_roll, piano_roll_figure
from gm_vae.music.arrangement import Arrangement
from gm_vae.music.measure import Measure

FONT = "DejaVu Sans"
RARE = "\U0010f0f0"  # of a private area: no font has it
RARER = "\U0010f0f1"


@pytest.fixture
def rare_font(tmp_path, monkeypatch):
    """An installed font whose only letter is RARE, a black square."""
    pen = TTGlyphPen(None)
    pen.moveTo((0, 0))
    for corner in ((0, 800), (800, 800), (800, 0)):
        pen.lineTo(corner)
    pen.closePath()
    glyphs = {".notdef": TTGlyphPen(None).glyph(), "square": pen.glyph()}
    font = FontBuilder(1000, isTTF=True)
    font.setupGlyphOrder(list(glyphs))
    font.setupCharacterMap({ord(RARE): "square"})
    font.setupGlyf(glyphs)
    font.setupHorizontalMetrics(dict.fromkeys(glyphs, (900, 0)))
    font.setupHorizontalHeader(ascent=800, descent=-200)
    font.setupNameTable({"familyName": "Rare", "styleName": "Regular"})
    font.setupOS2()
    font.setupPost()
    font.save(tmp_path / "rare.ttf")
    monkeypatch.setattr(font_manager.fontManager, "ttflist", list(font_manager.fontManager.ttflist))
    font_manager.fontManager.addfont(tmp_path / "rare.ttf")
    lettering._letters.cache_clear()
    yield "Rare"
    lettering._letters.cache_clear()


def title_box(title):
    """(the drawn title, its width in pixels); warnings are errors."""
    arrangement = Arrangement.from_measures([Measure.from_tracks([])])
    figure = piano_roll_figure(arrangement, title)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure.canvas.draw()
    if not figure.texts:
        return "", 0
    (text,) = figure.texts
    return text.get_text(), text.get_window_extent().width


def test_letters_of_the_picture_font_are_left_alone():
    for text in ("One style over C G", "Übung für Жук, ♯♭°"):
        assert drawable(text, FONT, "bold") == (text, [FONT])


def test_a_title_is_one_line_without_control_characters():
    assert drawable(" a\n b\tc\x1b[31m\x00\udcff ", FONT, "bold") == ("a b c[31m", [FONT])


def test_letters_that_no_font_has_are_left_out_without_a_warning():
    text, families = drawable(f"{RARE}song {RARER} one", FONT, "bold")
    assert (text, families) == ("song one", [FONT])
    assert title_box(f"{RARE}song {RARER} one") == title_box("song one")
    assert title_box(RARE) == ("", 0)


def test_another_installed_font_steps_in(rare_font):
    assert drawable(f"a{RARE}{RARER}", FONT, "bold") == (f"a{RARE}", [FONT, rare_font])
    _, without = title_box("a")
    text, width = title_box(f"a{RARE}")
    assert text == f"a{RARE}"
    assert width > 1.5 * without


@pytest.mark.parametrize("suffix", [".png", ".svg"])
def test_pictures_with_a_fallback_font_are_written(rare_font, tmp_path, suffix):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        draw_piano_roll([Measure.from_tracks([])], tmp_path / f"a{suffix}", title=f"a{RARE}")
    assert (tmp_path / f"a{suffix}").stat().st_size > 1000


def test_dollars_are_not_formulas():
    for title in ("A$AP $ong", r"$\frac{$", "5$"):
        assert title_box(title)[0] == title
