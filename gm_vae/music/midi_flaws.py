"""Flaws that reading a song mended or skipped, by kind: nothing is lost without being counted."""

from __future__ import annotations

import enum
from collections.abc import Mapping


class Flaw(enum.Enum):
    """A kind of flaw. The value is the sentence for one and the one for several."""

    NO_END = "note had no end", "notes had no end"
    NO_LENGTH = "note lasted no time", "notes lasted no time"
    NO_VELOCITY = "note had no velocity", "notes had no velocity"
    BYTE_OVER_127 = "event had a data byte over 127", "events had a data byte over 127"
    STRAY_BYTE = "byte belonged to no event", "bytes belonged to no event"
    LONG_MESSAGE = "message was longer than its track", "messages were longer than their tracks"
    IMPOSSIBLE_TIME = "delay was longer than any song", "delays were longer than any song"
    IMPOSSIBLE_TEMPO = "tempo was impossible", "tempos were impossible"
    IMPOSSIBLE_METER = "time signature was impossible", "time signatures were impossible"
    WRONG_SIZE = "track had a wrong size", "tracks had a wrong size"
    CUT_SHORT = "track was cut short", "tracks were cut short"

    def sentence(self, count: int) -> str:
        """A sentence with the count, such as "24 notes had no end"."""
        one, several = self.value
        return f"{count:,} {one if count == 1 else several}"


def sentences(flaws: Mapping[Flaw, int]) -> list[str]:
    """One sentence per kind that occurred, without a full stop, in the order of `Flaw`."""
    return [flaw.sentence(flaws[flaw]) for flaw in Flaw if flaws.get(flaw)]
