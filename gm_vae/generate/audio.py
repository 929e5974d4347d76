"""Measures -> sound: FluidSynth renders a soundfont to a WAV file, or plays it aloud."""

from __future__ import annotations

import dataclasses
import errno
import importlib.util
import os
import pathlib
import shutil
import subprocess
import wave
from collections.abc import Iterator, Sequence

import numpy as np

from gm_vae.errors import UsageError, UserError
from gm_vae.files import output_file, user_path
from gm_vae.generate.midi_writer import check_tempo, write_midi
from gm_vae.music.measure import Measure
from gm_vae.scratch import does_not_fit, scratch_folder

SOUNDFONT_VARIABLE = "GM_VAE_SOUNDFONT"
SAMPLE_RATE = 44_100

_LONGEST_SECONDS = 3600  # of sound: about 3 GB of memory
_PEAK = 0.89  # of full scale, 1 dB below it
_SILENCE = 1e-3  # of the peak, 60 dB below it
_NOISE = 1e-4  # of full scale; FluidSynth's effects are never quite silent

# the usual folders of soundfonts
_SOUNDFONT_FOLDERS = (
    "~/.fluidsynth",
    "~/.local/share/soundfonts",
    "~/.local/share/sounds/sf2",
    "~/Library/Audio/Sounds/Banks",
    "/usr/local/share/soundfonts",
    "/usr/share/soundfonts",
    "/usr/share/sounds/sf2",
    "/usr/share/sounds/sf3",
    "/opt/homebrew/share/soundfonts",
)


def write_wav(
    measures: Sequence[Measure],
    path: str | os.PathLike[str],
    qpm: float = 120.0,
    synthesizer: Synthesizer | None = None,
    force: bool = False,
) -> None:
    """Write measures end to end as sound: stereo, 16 bits, 44,100 samples per second.

    The sound lasts as long as the measures, and until the last note has died away. It is normalised
    to just below full scale.

    Args:
        measures: one or more measures of one format.
        path: the file to write; it appears only once it is complete.
        qpm: tempo in quarter notes per minute.
        synthesizer: what renders the sound; if None, the result of `Synthesizer.find`.
        force: replace an existing file.

    Raises:
        UsageError: `path` exists, `qpm` cannot be a tempo, there are no measures or formats differ.
        UserError: there is no FluidSynth or soundfont, it fails, or the place cannot be written.
    """
    with output_file(path, force) as temporary:
        samples = render(measures, qpm, synthesizer)
        with wave.open(str(temporary), "wb") as file:
            file.setparams((2, 2, SAMPLE_RATE, len(samples), "NONE", ""))
            file.writeframes(samples.astype("<i2").tobytes())


def render(
    measures: Sequence[Measure], qpm: float = 120.0, synthesizer: Synthesizer | None = None
) -> np.ndarray:
    """The sound that `write_wav` writes: whole numbers within int16, float32 [samples, 2]. Args and
    errors are the same.
    """
    synthesizer = synthesizer or Synthesizer.find()
    check_tempo(qpm)
    steps = sum(measure.fmt.steps_per_measure for measure in measures)
    seconds = steps * 60 / (qpm * measures[0].fmt.steps_per_quarter) if measures else 0
    if seconds > _LONGEST_SECONDS:
        raise UsageError(
            f"the music lasts {seconds:,.0f} seconds, and at most {_LONGEST_SECONDS:,} can be "
            "rendered as sound; leave measures out, or raise the tempo (--qpm)."
        )
    with scratch_folder() as folder:
        midi = folder / "piece.mid"
        write_midi(measures, midi, qpm)
        samples = synthesizer.render(midi)
    return _finish(samples, round(seconds * SAMPLE_RATE))


@dataclasses.dataclass(frozen=True)
class Synthesizer:
    """FluidSynth and the soundfont that it plays.

    Attributes:
        program: the path of `fluidsynth`.
        soundfont: a General MIDI bank, .sf2 or .sf3.
    """

    program: str
    soundfont: pathlib.Path

    @classmethod
    def find(cls, soundfont: str | os.PathLike[str] | None = None) -> Synthesizer:
        """FluidSynth on this machine, with a soundfont.

        The soundfont is the one given, or $GM_VAE_SOUNDFONT, or the first in the usual folders, or
        the one in the package pretty_midi.

        Raises:
            UsageError: the named file is not a soundfont.
            UserError: FluidSynth is not installed, or there is no soundfont.
        """
        program = shutil.which("fluidsynth")
        if not program:
            raise UserError(
                "FluidSynth, which renders sound, is not installed; use apt install "
                "fluidsynth, brew install fluid-synth or choco install fluidsynth."
            )
        named = soundfont or os.environ.get(SOUNDFONT_VARIABLE)
        if named:
            path = user_path(named)
            if not _is_soundfont(path):
                origin = "--soundfont" if soundfont else SOUNDFONT_VARIABLE
                raise UsageError(f"{origin}={named} is not a soundfont; give a .sf2 or .sf3 file.")
            return cls(program, path)
        for path in _usual_soundfonts():
            if _is_soundfont(path):
                return cls(program, path)
        raise UserError(
            'FluidSynth needs a soundfont, and none was found; pip install "gm-vae[audio]" or '
            "apt install fluid-soundfont-gm brings one, or name yours with --soundfont=FILE.sf2 or "
            f"{SOUNDFONT_VARIABLE}."
        )

    @property
    def player(self) -> list[str]:
        """The command that plays a MIDI file, to be appended, through the speakers."""
        return [self.program, "-niq", str(self.soundfont)]

    def render(self, midi: str | os.PathLike[str]) -> np.ndarray:
        """The sound of a MIDI file, float32 [samples, 2 (left, right)], with some silence after it.

        Raises UserError if FluidSynth fails.
        """
        with scratch_folder() as folder:
            raw, settings = folder / "raw", folder / "settings"
            settings.touch()  # instead of the user's configuration, which may load other soundfonts
            command = [self.program, "-niq", "-f", str(settings), "-r", str(SAMPLE_RATE)]
            command += ["-T", "raw", "-O", "float", "-E", "little", "-F", str(raw)]
            command += [str(self.soundfont), os.fspath(midi)]
            try:
                done = subprocess.run(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.PIPE,
                    text=True,
                    errors="replace",
                )
            except OSError as error:
                raise UserError(f"{self.program} cannot be run ({error.strerror}).") from None
            # it replaces a soundfont that it cannot read by another, and exits with 0
            errors = [line for line in done.stderr.splitlines() if "error:" in line]
            full = os.strerror(errno.ENOSPC)
            if any(full in line for line in errors):
                raise does_not_fit("the sound", folder, OSError(errno.ENOSPC, full))
            if done.returncode or errors or not raw.exists():
                messages = (
                    errors or done.stderr.splitlines()[-1:] or [f"exit code {done.returncode}"]
                )
                raise UserError(
                    f"FluidSynth could not play {self.soundfont} "
                    f"({messages[0].removeprefix('fluidsynth: error: ').strip()}); try another "
                    "--soundfont."
                )
            samples = np.fromfile(raw, "<f4")
            return samples[: len(samples) // 2 * 2].reshape(-1, 2)


def _usual_soundfonts() -> Iterator[pathlib.Path]:
    """Soundfonts in the usual folders; in each folder, default ones come first."""
    for folder in _SOUNDFONT_FOLDERS:
        # pathlib's expanduser raises if the home folder is unknown
        paths = pathlib.Path(os.path.expanduser(folder)).glob("*.[sS][fF][23]")
        yield from sorted(paths, key=lambda path: (not path.name.startswith("default"), path.name))
    spec = importlib.util.find_spec("pretty_midi")
    for folder in spec.submodule_search_locations or () if spec else ():
        yield from sorted(pathlib.Path(folder).glob("*.sf2"))


def _is_soundfont(path: pathlib.Path) -> bool:
    try:
        with open(path, "rb") as file:
            head = file.read(12)
    except OSError:
        return False
    return head[:4] == b"RIFF" and head[8:] == b"sfbk"


def _finish(samples: np.ndarray, least: int) -> np.ndarray:
    """Samples [N, 2] normalised to int16, without the silence after `least` samples.

    Returns whole numbers, float32 [N', 2].
    """
    loudness = np.abs(samples).max(1, initial=0)  # [N]
    peak = loudness.max(initial=0)
    heard = np.flatnonzero(loudness > max(_SILENCE * peak, _NOISE))
    length = max(least, heard[-1] + 1 if len(heard) else 0)
    finished = np.zeros((length, 2), np.float32)
    if len(heard):
        samples = samples[:length]
        finished[: len(samples)] = np.round(samples * (_PEAK * 32_767 / peak))
    return finished
