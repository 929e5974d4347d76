"""Songs -> chunks of measures. No Beam here."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from gm_vae.data import examples
from gm_vae.music.measure_format import MeasureFormat
from gm_vae.music.measures import measures_from_score
from gm_vae.music.midi_file import READING, MidiError, Score, parse_midi
from gm_vae.pipelines import chunks, songs, splits
from gm_vae.pipelines.chunks import Chunk
from gm_vae.storage import join
from gm_vae.text import printable
from gm_vae.version import __version__


class Extractor:
    """Makes the chunks of tasks.

    Args:
        folder: folder of the chunks.
        fmt: the limits of measures.
    """

    def __init__(self, folder: str, fmt: MeasureFormat) -> None:
        self._folder = folder
        self._fmt = fmt

    def chunks(self, task: songs.Task, done: Callable[[int], None]) -> Iterator[Chunk]:
        """The chunks of a task, including existing ones.

        Args:
            task: the sources to read.
            done: called for each finished file with its number of input bytes.

        Raises:
            UserError: a chunk cannot be written.
        """
        for block, members in songs.blocks(task):
            path = join(self._folder, self._chunk_name(block))
            chunk = chunks.load(path)
            if chunk is None:
                chunk = self._make(path, members, done)
            else:
                for member in members:
                    done(member.input_bytes)
            yield chunk

    def _make(
        self, path: str, members: Iterable[songs.Member], done: Callable[[int], None]
    ) -> Chunk:
        extracted, reports = [], []
        for member in members:
            file = member.read()
            if file is not None:
                report, song = extract(file, self._fmt)
                reports.append(json.dumps(report).encode())
                if song:
                    extracted.append(song)
            done(member.input_bytes)
        return chunks.write(path, extracted, reports)

    def _chunk_name(self, block: str) -> str:
        """A name from the input and all settings that affect the output."""
        fmt = json.dumps(self._fmt.to_dict(), sort_keys=True)
        text = f"{block} {fmt} {__version__} reading {READING}"
        return hashlib.sha256(text.encode()).hexdigest()[:24]


def extract(file: songs.SongFile, fmt: MeasureFormat) -> tuple[dict[str, Any], chunks.Song | None]:
    """A report on a song, and its distinct measures, if it has any.

    The report is for JSON: "song" its name (first, so that lines sort by it); "error" why it could
    not be read, or "bars", "kept", "rejected" (bars by reason), "flaws" (what was mended or
    skipped, by kind) and, if a measure was kept, "keys" (of the bars kept, by the major scale's
    tonic) and "split_key".
    """
    report: dict[str, Any] = {"song": printable(file.name)}
    if file.error:
        return {**report, "error": printable(file.error)}, None
    try:
        score = _score(file)
        bars = measures_from_score(score, fmt)
    except MidiError as error:
        return {**report, "error": str(error)}, None
    except Exception as error:  # our bugs must not stop a corpus of a million files
        fault = f"internal error ({type(error).__name__}: {error})"
        return {**report, "error": printable(fault)}, None
    kept = [(bar, bar.measure) for bar in bars if bar.measure]
    rejected = Counter(bar.reason.name.lower() for bar in bars if bar.reason)
    flaws = {flaw.name.lower(): count for flaw, count in score.flaws.items()}
    report |= {"bars": len(bars), "kept": len(kept), "rejected": dict(sorted(rejected.items()))}
    report["flaws"] = dict(sorted(flaws.items()))
    if not kept:
        return report, None
    contents = [examples.MeasureBytes.of(measure) for _, measure in kept]
    token_hashes = [content.token_hash for content in contents]
    records: dict[bytes, bytes] = {}  # by content hash; the first of equal measures
    for (bar, _), content in zip(kept, contents):
        digest = content.content_hash[: chunks.HASH_BYTES]
        if digest not in records:
            records[digest] = content.example(f"{report['song']}:{bar.number}")
    song = chunks.Song(
        splits.song_key(token_hashes), splits.song_sketch(token_hashes), list(records.items())
    )
    keys = Counter(bar.key for bar, _ in kept)
    return {**report, "keys": dict(sorted(keys.items())), "split_key": song.key.hex()}, song


def _score(file: songs.SongFile) -> Score:
    if not file.is_sequence:
        return parse_midi(file.data)
    from gm_vae.music.sequence_score import score_from_note_sequence  # imports note_seq

    return score_from_note_sequence(file.data)
