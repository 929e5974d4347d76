"""What a verb leaves of the music it made: files, and sound; and the flags that choose them."""

from __future__ import annotations

import dataclasses
import os
import pathlib
import shutil
import sys
import tempfile
import warnings
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
    """Files of a piece, each of the kind that its suffix says, and whether it is played.

    All that can be wrong without the music is found when this is made.

    Args:
        paths: the files to write; a MIDI file alone gets a picture beside it.
        qpm: tempo in quarter notes a minute.
        play: play the music once it is written.
        soundfont: what to sound with; see `Synthesizer.find`.
        force: replace files that are there already.

    Raises:
        UsageError: a suffix is unknown, a file is there already and `force` is false, `soundfont`
            is none, or `qpm` is no tempo.
        UserError: FluidSynth, a soundfont or a player is needed and there is none.
    """

    def __init__(
        self,
        paths: Sequence[str | os.PathLike[str]],
        qpm: float = 120.0,
        play: bool = False,
        soundfont: str | None = None,
        force: bool = False,
    ) -> None:
        self.files = [user_path(path) for path in dict.fromkeys(paths)]
        self.qpm, self.force = qpm, force
        check_tempo(qpm)
        for file in self.files:
            if _suffix(file) not in _KINDS:
                *most, last = _KINDS
                raise UsageError(
                    f"--output={file} has no known ending; let its name end in "
                    f"{', '.join(most)} or {last}."
                )
        if [_suffix(file) for file in self.files] == [".mid"]:
            self.files.append(self.files[0].with_suffix(".png"))
        for file in self.files:
            require_free(file, force)
        sounds = any(_suffix(file) == ".wav" for file in self.files)
        self.synthesizer: Synthesizer | None = Synthesizer.find(soundfont) if sounds else None
        self.player = Player.find(soundfont) if play else None

    @classmethod
    def of(cls, args: OutputArguments) -> Outputs:
        """What the flags ask for; raises as the class does."""
        if not args.play:
            require(args, "output")
        paths = [path.strip() for path in (args.output or "").split(",") if path.strip()]
        return cls(paths, args.qpm, args.play, args.soundfont, args.force)

    def write(self, measures: Sequence[Measure], title: str, sections: Sections = ()) -> None:
        """Write all files, print where they are, and play the music if that was asked for.

        Raises UserError if a place cannot be written, or FluidSynth or the player fails.
        """
        for file in self.files:
            if _suffix(file) == ".mid":
                write_midi(measures, file, self.qpm, title, self.force, sections)
            else:
                _KINDS[_suffix(file)].write(self, measures, file, title)
            print(printable(file), flush=True)
        if self.player:
            self._play(self.player, measures, title)

    def _play(self, player: Player, measures: Sequence[Measure], title: str) -> None:
        if sys.stderr.isatty():
            print("playing; Ctrl-C stops it", file=sys.stderr)
        for file in self.files:
            if _suffix(file) == ".mid":
                return player.play(file)
        folder = tempfile.mkdtemp(prefix="gm-vae-")
        try:
            write_midi(measures, pathlib.Path(folder, "piece.mid"), self.qpm, title)
            player.play(pathlib.Path(folder, "piece.mid"))
        finally:
            if player.waits:  # else somebody still reads the file
                shutil.rmtree(folder, ignore_errors=True)


def _write_note_sequence(
    outputs: Outputs, measures: Sequence[Measure], file: pathlib.Path, title: str
) -> None:
    """A TFRecord file with one NoteSequence, as `gm-vae preprocess` and Magenta's tools read it."""
    from gm_vae.data import shards
    from gm_vae.music.note_sequences import to_note_sequence

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # note_seq misses ffmpeg, we do not
        sequence = to_note_sequence(measures, outputs.qpm)
    sequence.sequence_metadata.title = printable(title)
    with output_file(file, outputs.force) as temporary:
        temporary.write_bytes(shards.frame(sequence.SerializeToString(deterministic=True)))


class _Kind(NamedTuple):
    """A kind of file: what it is called, and the writer of one for given outputs."""

    name: str
    write: Callable[[Outputs, Sequence[Measure], pathlib.Path, str], None]


_PIANO_ROLL = _Kind(
    "piano roll", lambda o, music, file, title: draw_piano_roll(music, file, title, force=o.force)
)
_KINDS = {
    ".mid": _Kind(
        "MIDI", lambda o, music, file, title: write_midi(music, file, o.qpm, title, o.force)
    ),
    ".wav": _Kind(
        "sound", lambda o, music, file, _: write_wav(music, file, o.qpm, o.synthesizer, o.force)
    ),
    ".png": _PIANO_ROLL,
    ".svg": _PIANO_ROLL,
    ".json": _Kind(
        "tokens", lambda o, music, file, title: write_tokens(music, file, o.qpm, title, o.force)
    ),
    ".tfrecord": _Kind("NoteSequence", _write_note_sequence),
}


@dataclasses.dataclass(frozen=True)
class OutputArguments(Arguments):
    """What becomes of the music."""

    output: str | None = flag(
        None,
        "The file to write, or several with commas; the suffix says what it is: "
        f"{', '.join(f'{suffix} ({kind.name})' for suffix, kind in _KINDS.items())}. A .mid alone "
        "gets a piano roll beside it, .png.",
    )
    play: bool = flag(False, "Play the music; --output may be left out.")
    qpm: float = flag(120.0, "Tempo in quarter notes a minute.")
    soundfont: str | None = flag(
        None,
        f"The .sf2 or .sf3 file to sound with; or the one that {SOUNDFONT_VARIABLE} names, or what "
        "is found here.",
    )
    force: bool = flag(False, "Replace files that are there.")


def _suffix(file: pathlib.Path) -> str:
    suffix = file.suffix.lower()
    return ".mid" if suffix == ".midi" else suffix
