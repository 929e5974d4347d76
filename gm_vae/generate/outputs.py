"""The output of a music verb: files and sound; and the flags that choose them."""

from __future__ import annotations

import dataclasses
import os
import pathlib
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from typing import NamedTuple

from gm_vae.errors import UsageError
from gm_vae.files import output_file, require_free, user_path
from gm_vae.flags import Arguments, flag, require
from gm_vae.generate.audio import SOUNDFONT_VARIABLE, Synthesizer, write_wav
from gm_vae.generate.midi_writer import Sections, check_tempo, write_midi
from gm_vae.generate.piano_roll import draw_piano_roll
from gm_vae.generate.player import Player
from gm_vae.music.measure import Measure
from gm_vae.music.token_json import write_tokens
from gm_vae.text import printable


class Outputs:
    """The files of a piece, with types by suffix, and whether it is played.

    Construction finds all mistakes that do not depend on the music.

    Args:
        paths: the files to write; a single MIDI file gets a picture beside it.
        qpm: tempo in quarter notes per minute.
        play: play the music once it is written.
        soundfont: the soundfont for sound; see `Synthesizer.find`.
        force: replace existing files.
        picture: draw a piano roll beside a single MIDI file.
        quiet: report only the paths of the files.

    Raises:
        UsageError: a suffix is unknown, a file exists and `force` is false, `soundfont` is not a
            soundfont, or `qpm` cannot be a tempo.
        UserError: FluidSynth, a soundfont or a player is needed and missing.
    """

    def __init__(
        self,
        paths: Sequence[str | os.PathLike[str]],
        qpm: float = 120.0,
        play: bool = False,
        soundfont: str | None = None,
        force: bool = False,
        picture: bool = True,
        quiet: bool = False,
    ) -> None:
        self.files = [user_path(path) for path in dict.fromkeys(paths)]
        self.qpm, self.force, self.quiet = qpm, force, quiet
        check_tempo(qpm)
        for file in self.files:
            if _suffix(file) not in _KINDS:
                *most, last = _KINDS
                raise UsageError(
                    f"--output={file}: unsupported file type; use {', '.join(most)} or {last}."
                )
        if picture and [_suffix(file) for file in self.files] == [".mid"]:
            self.files.append(self.files[0].with_suffix(".png"))
        for file in self.files:
            require_free(file, force)
        sounds = any(_suffix(file) == ".wav" for file in self.files)
        self.synthesizer: Synthesizer | None = Synthesizer.find(soundfont) if sounds else None
        self.player = Player.find(soundfont) if play else None

    @classmethod
    def of(cls, args: OutputArguments) -> Outputs:
        """From flags; raises the errors of the class."""
        if not args.play:
            require(args, "output")
        paths = [path.strip() for path in (args.output or "").split(",") if path.strip()]
        return cls(paths, args.qpm, args.play, args.soundfont, args.force, args.picture, args.quiet)

    def write(
        self,
        measures: Sequence[Measure],
        title: str,
        sections: Sections = (),
        symbols: Sequence[str] | None = None,
    ) -> None:
        """Write all files, print their paths, and play the music if requested.

        Args:
            measures: one or more measures of one format.
            title: title of the piece.
            sections: as in `write_midi`.
            symbols: names of the chords of each measure in MIDI files and pictures; the other files
                name triads, as their readers expect.

        Raises UserError if a file cannot be written, or FluidSynth or the player fails.
        """
        piece = _Piece(measures, title, sections, symbols)
        for file in self.files:
            _KINDS[_suffix(file)].write(self, piece, file)
            print(printable(file), flush=True)
        if self.player:
            self._play(self.player, piece)

    def _play(self, player: Player, piece: _Piece) -> None:
        if sys.stderr.isatty():
            print("playing; Ctrl-C stops it", file=sys.stderr)
        for file in self.files:
            if _suffix(file) == ".mid":
                return player.play(file)
        folder = tempfile.mkdtemp(prefix="gm-vae-")
        try:
            _write_midi(self, piece, pathlib.Path(folder, "piece.mid"))
            player.play(pathlib.Path(folder, "piece.mid"))
        finally:
            if player.waits:  # otherwise another program still reads the file
                shutil.rmtree(folder, ignore_errors=True)


class _Piece(NamedTuple):
    """The piece to write; see `Outputs.write`."""

    measures: Sequence[Measure]
    title: str
    sections: Sections
    symbols: Sequence[str] | None


def _write_midi(outputs: Outputs, piece: _Piece, file: pathlib.Path) -> None:
    measures, title, sections, symbols = piece
    write_midi(measures, file, outputs.qpm, title, outputs.force, sections, symbols)


def _draw(outputs: Outputs, piece: _Piece, file: pathlib.Path) -> None:
    measures, title, _, symbols = piece
    draw_piano_roll(measures, file, title, force=outputs.force, symbols=symbols)


def _write_wav(outputs: Outputs, piece: _Piece, file: pathlib.Path) -> None:
    write_wav(piece.measures, file, outputs.qpm, outputs.synthesizer, outputs.force)


def _write_tokens(outputs: Outputs, piece: _Piece, file: pathlib.Path) -> None:
    write_tokens(piece.measures, file, outputs.qpm, piece.title, outputs.force)


def _write_note_sequence(outputs: Outputs, piece: _Piece, file: pathlib.Path) -> None:
    """A TFRecord file with one NoteSequence, as `gm-vae preprocess` and Magenta's tools read it."""
    from gm_vae.data import shards
    from gm_vae.music.note_sequences import to_note_sequence

    sequence = to_note_sequence(piece.measures, outputs.qpm)
    sequence.sequence_metadata.title = printable(piece.title)
    with output_file(file, outputs.force) as temporary:
        temporary.write_bytes(shards.frame(sequence.SerializeToString(deterministic=True)))


class _Kind(NamedTuple):
    """A type of file: its name, and its writer."""

    name: str
    write: Callable[[Outputs, _Piece, pathlib.Path], None]


_KINDS = {
    ".mid": _Kind("MIDI", _write_midi),
    ".wav": _Kind("sound", _write_wav),
    ".png": _Kind("piano roll", _draw),
    ".svg": _Kind("piano roll", _draw),
    ".json": _Kind("tokens", _write_tokens),
    ".tfrecord": _Kind("NoteSequence", _write_note_sequence),
}


@dataclasses.dataclass(frozen=True)
class OutputArguments(Arguments):
    """The flags for output."""

    output: str | None = flag(
        None,
        "File to write, or several, separated by commas. The suffix decides the type: "
        f"{', '.join(f'{suffix} ({kind.name})' for suffix, kind in _KINDS.items())}. A single .mid "
        "file gets a piano roll (.png) too. Required without --play.",
        group="output",
    )
    play: bool = flag(False, "Play the music; --output is then optional.", group="output")
    qpm: float = flag(120.0, "Tempo in quarter notes per minute.", group="output")
    soundfont: str | None = flag(
        None,
        f"Soundfont (.sf2 or .sf3) for sound. Without it, the file that {SOUNDFONT_VARIABLE} "
        "names, or one found on this machine.",
        group="output",
    )
    force: bool = flag(False, "Replace existing files.", group="output")
    picture: bool = flag(True, "Draw a piano roll beside a single .mid file.", group="output")
    quiet: bool = flag(
        False, "Print only the paths of the files, not the seed and a summary.", group="output"
    )


def _suffix(file: pathlib.Path) -> str:
    suffix = file.suffix.lower()
    return ".mid" if suffix == ".midi" else suffix
