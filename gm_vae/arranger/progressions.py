"""Chord progressions in Roman numerals, and the small changes that players make to them.

A progression lists bars; `-` joins two chords of half a bar: "I vi ii7-V7 I". Numerals are read by
`theory.Key.chord`. In minor keys degrees are written from the major scale: "i bVI bIII bVII".
"""

from __future__ import annotations

from gm_vae.arranger.dice import Dice
from gm_vae.arranger.theory import Chord, Key

# book -> mode -> kind of section -> progressions. Other kinds use the verse's or chorus's.
BOOKS: dict[str, dict[str, dict[str, tuple[str, ...]]]] = {
    "pop": {
        "major": {
            "verse": (
                "I V vi IV",
                "I vi IV V",
                "vi IV I V",
                "I iii IV V",
                "I I/I IV iv",
                "I V/vi vi IV",
                "I Iadd9 vi IV ii IV V V",
                "I I+ vi IV",
            ),
            "chorus": (
                "IV V I vi",
                "I V vi IV",
                "IV I V vi",
                "vi V IV V",
                "I IV vi-V IV",
                "IV V iii vi ii V I I7",
                "I bVII IV I",
            ),
            "bridge": (
                "ii V iii vi ii IV V V7",
                "vi iii IV I vi V/V V V7",
                "bVI bVII I I bVI bVII V V+",
                "iv I iv V",
            ),
        },
        "minor": {
            "verse": ("i bVI bIII bVII", "i iv i V", "i bVII bVI V", "i bVII iv bVI", "i V/v v iv"),
            "chorus": (
                "bVI bVII i i",
                "bIII bVII iv i",
                "bVI bIII bVII i",
                "i bVI iv V7",
                "bVI iv bIII-bVII i",
            ),
            "bridge": ("iv bVII bIII bVI iio V i i", "bVI bVI bVII V+", "iv i iv V7"),
        },
    },
    "rock": {
        "major": {
            "verse": ("I bVII IV I", "I I IV I", "I IV V IV", "I I bVII-IV I", "I bIII IV I"),
            "chorus": ("IV I V I", "I V IV I", "I bVII bVI bVII", "vi IV I V", "I-IV V I-IV V"),
            "bridge": ("vi V IV V", "ii IV V/V V", "bVI bVII I I bVI bVII V V"),
        },
        "minor": {
            "verse": ("i bVII bVI bVII", "i i bIII iv", "i bIII bVII iv", "i i bVI-bVII i"),
            "chorus": ("bVI bVII i i", "i bVI bIII bVII", "iv bVI bVII i", "i bVII bVI V"),
            "bridge": ("iv iv i i bVI bVI V V7", "bVI iv bVII V"),
        },
    },
    "ballad": {
        "major": {
            "verse": (
                "I V/vi vi iii IV I ii V",
                "Imaj7 iii7 IVmaj7 iv6",
                "I viio/vi vi I7 IV iv I V",
                "I V vi iii IV I IV V",
                "Iadd9 I+ I6 I7 IV iv6 I V7",
            ),
            "chorus": (
                "IV V iii vi ii V I I7",
                "I V/ii ii V I vi ii V",
                "vi IV I V vi IV V V",
                "IVmaj7 V7-V7/vi vi I7 IV-iv I V7 I",
            ),
            "bridge": ("vi iii7 IV I ii7 V/V V V+", "bVI bIII iv I bVI bVII V V7"),
        },
        "minor": {
            "verse": (
                "i V7 i V7/iv iv i iim7b5 V7",
                "i bVII bVI V7",
                "i iim7b5-V7 i iv bVI bIII iv V",
                "i bIII+ bIII IV bVI iv i V7",
            ),
            "chorus": ("bVI bVII bIII i iv iio V7 i", "iv bVII bIII bVI iio V7 i V7/iv"),
            "bridge": ("bVI bIII iv i bVI viio7 V V7", "iv i V/V V7"),
        },
    },
    "jazz": {
        "major": {
            "verse": (
                "Imaj7 vi7 ii7 V7",
                "ii7 V7 Imaj7 V7/ii",
                "Imaj7 I6-viio7/ii ii7 V7",
                "Imaj7 iii7-V7/ii ii7 V7 iii7-vi7 ii7-V7 I6 V7",
                "I6 V7/V V7/V ii7 V7 V+7 I6 V7",
                "Imaj9 bVII7 Imaj7 V7/ii ii7 V7 I6 ii7-V7",
            ),
            "chorus": (
                "ii7 V7 Imaj7 IVmaj7",
                "ii7 V7 iii7 V7/ii ii7 V7 Imaj7 I6",
                "IVmaj7 iv6 iii7 viio7/ii ii7 V7 I6 V+7",
            ),
            "bridge": (
                "V7/vi V7/vi V7/ii V7/ii V7/V V7/V V7 V+7",
                "IVmaj7 iv6 Imaj7 I7 IVmaj7 #ivo7 ii7 V7",
            ),
        },
        "minor": {
            "verse": (
                "i6 iim7b5-V7 i6 iim7b5-V7",
                "i7 iv7 iim7b5 V7",
                "iv7 bVII7 bIIImaj7 bVImaj7 iim7b5 V7 i6 i6",
                "i9 i7 iv9 iv7 bVI7 V7 i6 V+7",
            ),
            "chorus": (
                "iv7 bVII7 bIIImaj7 bVImaj7 iim7b5 V7 i6 V7/iv",
                "bVImaj7 V7 i7 i6",
                "iv7 viio7 i6 iim7b5-V7",
            ),
            "bridge": ("V7/iv V7/iv iv7 iv7 V7/bIII V7/bIII bIIImaj7 V7", "iv7 i6 bVI7 V7"),
        },
    },
    "blues": {
        "major": {
            "verse": (
                "I7 IV7 I7 I7 IV7 IV7 I7 I7 V7 IV7 I7 V7",
                "I7 I7 I7 I7 IV7 #ivo7 I7 V7/ii ii7 V7 I7 V7",
            ),
            "chorus": (
                "I7 IV7 I7 I7 IV7 #ivo7 I7 V7/ii ii7 V7 I7-IV7 I7-V7",
                "I7 I7 I7 I7 IV7 IV7 I7 I7 V7 IV7 I7 V+7",
            ),
            "bridge": ("IV7 IV7 I7 I7 IV7 IV7 V7/V V7 I7 IV7 I7 V7",),
        },
        "minor": {
            "verse": ("i7 i7 i7 i7 iv7 iv7 i7 i7 bVI7 V7 i7 V7",),
            "chorus": ("i7 iv7 i7 i7 iv7 viio7 i7 i7 bVI7 V7 i6 V+7",),
            "bridge": ("iv7 iv7 i7 i7 iv7 iv7 V7 V7 i7 iv7 i7 V7",),
        },
    },
    "loop": {  # house, lo-fi: four bars that turn round and round
        "major": {
            "verse": ("IVmaj7 iii7 vi7 Imaj7", "vi7 IVmaj7 Imaj7 V", "ii7 iii7 IVmaj7 iii7"),
            "chorus": ("IVmaj7 V vi7 Imaj7", "ii9 V7 Imaj9 vi7", "IV V vi vi", "Imaj7 iii7 vi7 IV"),
            "bridge": ("ii7 iii7 IVmaj7 V7", "vi7 ii7 iv6 V+"),
        },
        "minor": {
            "verse": ("i7 bVImaj7 bIII bVII", "i9 iv7 i9 bVII", "i bVII bVI bVI", "i7 v7 bVI iv7"),
            "chorus": (
                "bVI bVII i bIII",
                "iv7 bVII bIIImaj7 bVI",
                "i bVI iv V",
                "bVImaj7 v7 i7 i7",
            ),
            "bridge": ("iv7 v7 bVI viio7", "bVI bVI iv V+"),
        },
    },
    "modal": {  # ambient, chiptune, cinematic: colours more than functions
        "major": {
            "verse": ("Iadd9 IVmaj7 Iadd9 vi7", "I II IV I", "I bVII bVI bVII", "I iii bVI bVII"),
            "chorus": ("bVI bVII I I", "IV V bVI bVII", "I bIII IV bVI", "vi IV I V"),
            "bridge": ("iv I iv I", "I+ bVI I+ iv", "bVI bIII bVII I"),
        },
        "minor": {
            "verse": ("i bVI i bVI", "i bII bVII i", "i IV i bVII", "i bIII bVII IV"),
            "chorus": ("bVI bVII i i", "i bVI bIII bVII", "bVI iv i V", "iv bVI i V"),
            "bridge": ("bII bII i i", "iv io bVI V+", "bIII bVI bII V"),
        },
    },
    "latin": {
        "major": {
            "verse": ("I IV V IV", "I V7/ii ii7 V7", "ii7 V7 I6 I6", "I6 viio7/ii ii7 V7"),
            "chorus": ("I-IV V7-IV I-IV V7", "IV V7 I V7/ii", "ii7 V7 ii7 V7"),
            "bridge": ("iv6 bVII7 I V7/ii ii7 V7 I V7", "V7/vi vi V7/V V7"),
        },
        "minor": {
            "verse": ("i iv V7 i", "i V7 V7 i", "i bVII bVI V7", "i6 V7/iv iv7 V7"),
            "chorus": ("i-iv V7-iv i-iv V7", "iv i V7 i", "iv7 bVII7 bIII V7"),
            "bridge": ("bVI bVI V7 V7", "iv bIII iim7b5 V7", "V7/iv iv V7/V V+7"),
        },
    },
    "folk": {  # country, march
        "major": {
            "verse": (
                "I I IV I I I V7 V7 I I IV I I V7 I I",
                "I IV I V7",
                "I I V7 V7 V7 V7 I I7",
                "I V7/IV IV I I V7/V V7 V7",
                "I vi ii V7",
            ),
            "chorus": (
                "IV IV I I V7 V7 I I7",
                "IV I V7 I IV I-V7/vi vi-V7/V V7",
                "I V7/IV IV #ivo7 I-V7/ii ii7-V7 I I",
            ),
            "bridge": ("vi vi I I V/V V/V V7 V7", "IV iv I V7/ii ii V7 V+ V7"),
        },
        "minor": {
            "verse": ("i i V7 V7 V7 V7 i i", "i iv i V7", "i bVII i V7", "i bVI iv V7"),
            "chorus": ("bIII bVII i V7 bIII bVII i-V7 i", "iv i V7 i iv i bVI V7"),
            "bridge": ("bVI bVI bIII bIII iio viio7 V V7",),
        },
    },
}


def numerals(book: str, mode: str, kind: str, dice: Dice) -> str:
    """A progression of a book for a kind of section."""
    pages = BOOKS[book][mode]
    return dice.pick(pages["verse" if kind not in pages else kind])


def spell_out(progression: str, bars: int, key: Key) -> list[Chord]:
    """The progression as chords per half bar, repeated or cut to a number of bars."""
    halves = []
    for bar in progression.split():
        first, _, second = bar.partition("-")
        halves += [key.chord(first), key.chord(second or first)]
    return [halves[half % len(halves)] for half in range(2 * bars)]


def embellish(chords: list[Chord], key: Key, spice: float, dice: Dice) -> list[Chord]:
    """The chords, with the second half of some bars leading into the next chord.

    Mostly secondary dominants; sometimes a diminished chord a semitone below; an augmented dominant
    where the tonic follows. `spice` is the share of bars that change.
    """
    embellished = list(chords)
    for half in range(1, len(embellished) - 1, 2):
        goal = embellished[half + 1]
        if (
            not embellished[half].same_sound(embellished[half - 1])
            or goal.root == embellished[half].root
        ):
            continue
        if goal.triad[2] != (goal.root + 7) % 12 or not dice.chance(spice):
            continue
        ways = ["V7", "viio", "V+"] if goal.root == key.tonic else ["V7", "V7", "viio7"]
        embellished[half] = key.leading_to(goal, dice.pick(ways))
    return embellished
