"""Plays a MIDI file with a program on this machine."""

from __future__ import annotations

import dataclasses
import os
import shutil
import subprocess
import sys

from gm_vae.errors import UsageError, UserError
from gm_vae.generate.audio import Synthesizer


@dataclasses.dataclass(frozen=True)
class Player:
    """A program that plays MIDI files.

    Attributes:
        command: its command line; the file comes last.
        waits: whether it ends with the music. Otherwise it passes the file to another program and
            returns.
    """

    command: tuple[str, ...]
    waits: bool = True

    @classmethod
    def find(cls, soundfont: str | None = None) -> Player:
        """The first of: FluidSynth with a soundfont, TiMidity++, what macOS or Windows opens.

        Raises:
            UsageError: `soundfont` or $GM_VAE_SOUNDFONT does not name a soundfont.
            UserError: there is no player, or FluidSynth for the soundfont is missing.
        """
        try:
            return cls(tuple(Synthesizer.find(soundfont).player))
        except UserError as error:
            if soundfont or isinstance(error, UsageError):
                raise
            problem = error
        if program := shutil.which("timidity"):
            return cls((program, "-idq"))
        if sys.platform == "darwin":
            return cls(("open",), waits=False)
        if sys.platform == "win32":
            return cls(("cmd", "/c", "start", ""), waits=False)
        raise UserError(f"No program here can play MIDI files. {problem}")

    def play(self, midi: str | os.PathLike[str]) -> None:
        """Play a file, and return when it has ended or the user stops it with Ctrl-C.

        Raises UserError if the player fails.
        """
        try:
            done = subprocess.run(
                [*self.command, os.fspath(midi)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
                errors="replace",
            )
        except KeyboardInterrupt:
            return
        except OSError as error:
            raise UserError(f"{self.command[0]} cannot be run ({error.strerror}).") from None
        if done.returncode:
            errors = done.stderr.strip().splitlines()[-1:] or [f"exit code {done.returncode}"]
            raise UserError(
                f"{self.command[0]} could not play the music ({errors[0].strip()}); write a "
                ".mid or .wav file with --output and open it in another player."
            )
