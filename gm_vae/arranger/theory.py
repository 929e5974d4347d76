"""Keys, chords in a key, the scale that goes with a chord, and voicings that move little."""

from __future__ import annotations

import dataclasses
import functools
import re

MAJOR_SCALE = (0, 2, 4, 5, 7, 9, 11)
MINOR_SCALE = (0, 2, 3, 5, 7, 8, 10)

# Semitones above the root. The first three are the triad.
KINDS = {
    "": (0, 4, 7),
    "6": (0, 4, 7, 9),
    "7": (0, 4, 7, 10),
    "9": (0, 4, 7, 10, 14),
    "maj7": (0, 4, 7, 11),
    "maj9": (0, 4, 7, 11, 14),
    "add9": (0, 4, 7, 14),
    "m": (0, 3, 7),
    "m6": (0, 3, 7, 9),
    "m7": (0, 3, 7, 10),
    "m9": (0, 3, 7, 10, 14),
    "+": (0, 4, 8),
    "+7": (0, 4, 8, 10),
    "dim": (0, 3, 6),
    "dim7": (0, 3, 6, 9),
    "m7b5": (0, 3, 6, 10),
}

_SHARP_NAMES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
_FLAT_NAMES = ("C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B")
# Sharps (or, below zero, flats) of the major key on each pitch class.
_SHARPS = (0, -5, 2, -3, 4, -1, 6, 1, -4, 3, -2, 5)
_DEGREES = {"i": 0, "ii": 2, "iii": 4, "iv": 5, "v": 7, "vi": 9, "vii": 11}
_NUMERAL = re.compile(r"([b#]?)([iv]+|[IV]+)(o7|o|\+7|\+|maj7|maj9|m7b5|add9|6|7|9)?")


@dataclasses.dataclass(frozen=True)
class Key:
    """A tonic pitch class (C = 0) and a mode."""

    tonic: int
    minor: bool = False

    @property
    def sharps(self) -> int:
        """Sharps of the key signature; flats are negative."""
        return _SHARPS[(self.tonic + 3) % 12 if self.minor else self.tonic]

    @property
    def name(self) -> str:
        """Such as "Eb" or "C#m"."""
        return self.spell(self.tonic) + ("m" if self.minor else "")

    @property
    def scale(self) -> tuple[int, ...]:
        """The seven pitch classes from the tonic up (natural minor)."""
        steps = MINOR_SCALE if self.minor else MAJOR_SCALE
        return tuple((self.tonic + step) % 12 for step in steps)

    def spell(self, pitch_class: int, flat: bool = False) -> str:
        """The note's name in this key; with flats if requested or if the key has them."""
        return (_FLAT_NAMES if flat or self.sharps < 0 else _SHARP_NAMES)[pitch_class % 12]

    def up(self, semitones: int) -> Key:
        """The key transposed up by a number of semitones."""
        return Key((self.tonic + semitones) % 12, self.minor)

    def chord(self, numeral: str) -> Chord:
        """The chord of a Roman numeral: "I", "ii7", "bVII", "viio", "V7/ii", "I+", "iim7b5".

        Degrees count from the tonic's major scale in both modes, so a minor key writes "bVI" for
        its sixth degree. Upper case is major, lower case minor; after a slash comes the degree that
        the chord leads to. Raises ValueError for anything else.
        """
        numeral, _, target = numeral.partition("/")
        if target:
            return self.leading_to(self.chord(target), numeral)
        match = _NUMERAL.fullmatch(numeral)
        if not match or match[2].lower() not in _DEGREES:
            raise ValueError(f"{numeral!r} is not a chord: write a Roman numeral and a kind")
        accidental, degree, kind = match[1], match[2], match[3] or ""
        root = self.tonic + _DEGREES[degree.lower()]
        root += {"b": -1, "#": 1, "": 0}[accidental]
        if kind in ("o", "o7"):
            kind = kind.replace("o", "dim")
        elif degree.islower() and kind != "m7b5":
            kind = "m" + kind
        if kind not in KINDS:
            raise ValueError(f"{numeral!r} is not a chord: there is no kind {kind!r}")
        flat = accidental == "b" and not (self.minor and self.sharps > 1)
        return Chord(root % 12, kind, self.spell(root, flat))

    def leading_to(self, goal: Chord, numeral: str) -> Chord:
        """A chord such as the dominant of another chord's root, with a name in this key."""
        chord = Key(goal.root).chord(numeral)
        return dataclasses.replace(chord, root_name=self.spell(chord.root))


@dataclasses.dataclass(frozen=True)
class Chord:
    """A root pitch class, one of `KINDS`, and how the root is spelled."""

    root: int
    kind: str
    root_name: str

    @property
    def symbol(self) -> str:
        """Such as "Bbmaj7"."""
        return self.root_name + self.kind

    @property
    def tones(self) -> tuple[int, ...]:
        """Pitch classes from the root up."""
        return tuple((self.root + interval) % 12 for interval in KINDS[self.kind])

    @property
    def triad(self) -> tuple[int, int, int]:
        """Pitch classes of root, third and fifth."""
        root, third, fifth = self.tones[:3]
        return root, third, fifth

    def same_sound(self, other: Chord) -> bool:
        """Whether both have the same tones, however spelled."""
        return (self.root, self.kind) == (other.root, other.kind)


@functools.cache
def chord_scale(root: int, kind: str, key: Key) -> tuple[int, ...]:
    """Seven semitone distances above the root: the chord's own tones, the rest from the key.

    Where the key has no other note between two chord tones, the plain scale of the chord's kind is
    used.
    """
    third, fifth = KINDS[kind][1:3]
    above = KINDS[kind][3:]
    seventh = next((interval for interval in above if interval in (10, 11)), None)
    if "dim7" in kind:
        seventh = 9
    plain = [0, 2, third, 5, fifth, 9 if third == 4 or kind == "m6" else 8, seventh or 10]
    if seventh is None and third == 4:
        plain[6] = 11
    if fifth == 8:
        plain[3], plain[5] = 6, 9
    if fifth == 6:
        plain[5] = 8
    fixed = {0, 2, 4} | ({6} if seventh else set()) | ({5} if 9 in above else set())
    if 14 in above:
        fixed |= {1}
    in_key = {(pitch - root) % 12 for pitch in key.scale}
    for degree in (1, 3, 5, 6):
        if degree in fixed or plain[degree] in in_key:
            continue
        low = plain[degree - 1]
        high = plain[degree + 1] if degree < 6 else 12
        near = [plain[degree] + move for move in (-1, 1)]
        plain[degree] = next((n for n in near if n in in_key and low < n < high), plain[degree])
    return tuple(plain)


def nearest(pitch: int, pitch_classes: tuple[int, ...]) -> int:
    """The pitch nearest to `pitch` with one of the pitch classes; the lower one of a tie."""
    for distance in range(12):
        for candidate in (pitch - distance, pitch + distance):
            if candidate % 12 in pitch_classes:
                return candidate
    raise ValueError("no pitch classes to choose from")


def voicing_tones(chord: Chord, voices: int) -> tuple[int, ...]:
    """The different pitch classes for a number of voices, upwards from the root.

    With fewer voices than tones the fifth is left out first, then the tones between the third and
    the highest tone.
    """
    tones = chord.tones
    if voices < len(tones) and chord.triad[2] == (chord.root + 7) % 12:
        tones = tones[:2] + tones[3:]
    if voices < len(tones):
        tones = tones[: voices - 1] + tones[-1:]
    return tuple(sorted(tones, key=lambda tone: (tone - chord.root) % 12))


@functools.lru_cache(maxsize=65536)
def voice_lead(
    chord: Chord,
    voices: int,
    low: int,
    high: int,
    before: tuple[int, ...] = (),
    spread: bool = False,
) -> tuple[int, ...]:
    """Pitches, low to high, of the voicing in low..high that moves least from the previous one.

    Without a previous voicing, the one nearest to the middle of the range. `spread` opens a close
    voicing by lowering its second voice from the top by an octave.
    """
    tones = voicing_tones(chord, voices)
    best: tuple[int, tuple[int, ...]] | None = None
    for turn in range(len(tones)):
        order = [tones[(turn + voice) % len(tones)] for voice in range(voices)]  # some doubled
        for bottom in range(low, high + 1):
            if bottom % 12 != order[0]:
                continue
            pitches = [bottom]
            for tone in order[1:]:
                pitches.append(pitches[-1] + ((tone - pitches[-1]) % 12 or 12))
            if spread and voices > 2:
                pitches[-2] -= 12
                pitches.sort()
            if pitches[0] < low or pitches[-1] > high:
                continue
            middle = abs(2 * sum(pitches) - voices * (low + high))  # 2 * voices * distance
            cost = middle if not before else middle + 4 * voices * _movement(before, pitches)
            if best is None or cost < best[0]:
                best = cost, tuple(pitches)
    if best is None:
        raise ValueError(f"no voicing of {chord.symbol} in {voices} voices within {low}..{high}")
    return best[1]


def _movement(before: tuple[int, ...], after: list[int]) -> int:
    if len(before) != len(after):
        return abs(sum(before) // len(before) - sum(after) // len(after))
    return sum(abs(a - b) for a, b in zip(before, after))
