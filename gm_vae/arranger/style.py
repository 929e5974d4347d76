"""What a style is: tempo, forms, chords, patterns, bands, as text that a musician can edit."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from gm_vae.arranger.patterns import STRAIGHT

# Pitches of the General MIDI drum kit by the names that grooves use.
DRUM_KIT = {
    "kick": 36, "stick": 37, "snare": 38, "clap": 39, "rim": 40, "hat": 42, "pedal": 44,
    "open": 46, "low": 41, "floor": 43, "mid": 47, "high": 50, "crash": 49, "ride": 51,
    "china": 52, "bell": 53, "tamb": 54, "splash": 55, "cowbell": 56, "bongo": 60, "bongo2": 61,
    "mute": 62, "conga": 63, "tumba": 64, "timbale": 65, "timbale2": 66, "agogo": 67,
    "cabasa": 69, "maraca": 70, "guiro": 73, "clave": 75, "block": 76, "triangle": 81,
    "shaker": 82,
}  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Part:
    """One player of a band.

    Attributes:
        role: "bass", "comp" (chords in rhythm), "arp" (broken chords), "pad" (held chords),
            "counter" (answers to the lead), "lead" (the melody), "percussion" (a second drum
            track), "drums".
        program: General MIDI name; for drums the name of a kit in `KITS`.
        figures: patterns of this player alone; if empty, the style's patterns for the role.
        voices: notes of a chord.
        spread: open voicings.
        strum: the strings of a chord sound one after another.
        pedal: the sustain pedal is held through each chord.
        solo: another program, taken from the bridge on.
        level: velocity added to the role's.
    """

    role: str
    program: str = "Standard Kit"
    figures: tuple[str, ...] = ()
    voices: int = 3
    spread: bool = False
    strum: bool = False
    pedal: bool = False
    solo: str = ""
    level: int = 0


KITS = {
    "Standard Kit": 0, "Room Kit": 8, "Power Kit": 16, "Electronic Kit": 24, "808 Kit": 25,
    "Jazz Kit": 32, "Brush Kit": 40, "Orchestra Kit": 48,
}  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Style:
    """A style of music.

    Attributes:
        name: as in a song's name.
        tempo_qpm: slowest and fastest tempo, in quarters per minute.
        forms: songs as sections and their bars: "intro4 verse8 chorus8 outro4", 24-64 bars in all.
        book: the progressions, a name in `progressions.BOOKS`.
        minor: the share of songs in a minor key.
        swing: one of the values in `patterns`.
        grooves: drums by kind of section ("verse", "chorus", ...); each line is a drum and its
            pattern. Kinds without one use the verse's.
        fills: the same, played at the end of phrases from their first hit on.
        percussion: grooves of the second drum track.
        figures: patterns by role; letters are explained in `bass` and `harmony`.
        rhythms: melody rhythms of one bar.
        cadences: melody rhythms of the last bar of a phrase.
        bands: alternative orchestrations.
        layers: which roles play, by kind of section; missing kinds as in `form.LAYERS`.
        spice: share of bars with a passing chord.
        human: share of songs played by people rather than machines (timing and velocity).
    """

    name: str
    tempo_qpm: tuple[int, int]
    forms: tuple[str, ...]
    book: str
    grooves: Mapping[str, tuple[str, ...]]
    figures: Mapping[str, tuple[str, ...]]
    rhythms: tuple[str, ...]
    cadences: tuple[str, ...]
    bands: tuple[tuple[Part, ...], ...]
    fills: tuple[str, ...] = ()
    percussion: tuple[str, ...] = ()
    layers: Mapping[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)
    minor: float = 0.35
    swing: str = STRAIGHT
    spice: float = 0.05
    human: float = 0.5
