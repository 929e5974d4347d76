"""The files that a verb leaves of the music it made, and the flags that choose them."""

from __future__ import annotations

import pathlib
from collections.abc import Callable, Sequence

from absl import flags

from gm_vae.command import require
from gm_vae.errors import UsageError
from gm_vae.music.measure import Measure


def define_output_flags(values: flags.FlagValues) -> None:
    """The flags that `Outputs.from_flags` reads."""
    flags.DEFINE_string(
        "output",
        None,
        f"The file to write; its suffix says what it is: {_choices()}. Several with commas. With a "
        ".mid alone goes a piano roll of the same name, .png.",
        flag_values=values,
    )
    flags.DEFINE_float("qpm", 120.0, "Tempo in quarter notes a minute.", flag_values=values)
    flags.DEFINE_bool("force", False, "Replace files that are there.", flag_values=values)


class Outputs:
    """The files of a piece, each of the kind that its suffix says.

    Args:
        paths: the files to write; a MIDI file alone gets a picture beside it.
        qpm: tempo in quarter notes a minute.
        force: replace files that are there already.

    Raises:
        UsageError: a suffix is unknown, or a file is there already and `force` is false.
    """

    def __init__(self, paths: Sequence[str], qpm: float = 120.0, force: bool = False) -> None:
        self.files = [pathlib.Path(path).expanduser() for path in paths]
        self.qpm, self.force = qpm, force
        for file in self.files:
            if file.suffix.lower() not in _WRITERS:
                raise UsageError(
                    f"--output={file} is nothing that we write; let its name end in {_choices()}."
                )
        if len(self.files) == 1 and self.files[0].suffix.lower() in (".mid", ".midi"):
            self.files.append(self.files[0].with_suffix(".png"))
        for file in self.files:
            if file.exists() and not force:  # found out before the work, not after it
                raise UsageError(f"{file} exists already; choose another name or add --force.")

    @classmethod
    def from_flags(cls, values: flags.FlagValues) -> Outputs:
        """What the flags of `define_output_flags` ask for, checked as far as can be without music.

        Raises UsageError as the class does, or if --output is missing.
        """
        require(values, "output")
        paths = [path.strip() for path in values.output.split(",") if path.strip()]
        return cls(paths, values.qpm, values.force)

    def write(self, measures: Sequence[Measure], title: str) -> None:
        """Write all files and print where they are."""
        for file in self.files:
            _WRITERS[file.suffix.lower()](self, measures, file, title)
            print(file)

    def _write_midi(self, measures: Sequence[Measure], file: pathlib.Path, title: str) -> None:
        from gm_vae.generate.midi_writer import write_midi

        write_midi(measures, file, qpm=self.qpm, title=title, force=self.force)

    def _draw(self, measures: Sequence[Measure], file: pathlib.Path, title: str) -> None:
        from gm_vae.generate.piano_roll import draw_piano_roll

        draw_piano_roll(measures, file, title=title, force=self.force)


_WRITERS: dict[str, Callable[[Outputs, Sequence[Measure], pathlib.Path, str], None]] = {
    ".mid": Outputs._write_midi,
    ".midi": Outputs._write_midi,
    ".png": Outputs._draw,
    ".svg": Outputs._draw,
}


def _choices() -> str:
    *most, last = (suffix for suffix in _WRITERS if suffix != ".midi")
    return f"{', '.join(most)} or {last}"
