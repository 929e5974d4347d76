"""The checks of `gm-vae doctor`, each in its own process, since an import may crash or hang."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from typing import Any, NamedTuple

Facts = dict[str, Any]

_SECONDS = 300  # the time limit of a probe, even on a busy machine
_MARK = "gm_vae.probes: "  # marks the line of the answer among lines that libraries print


class Probe(NamedTuple):
    """A requirement of verbs.

    Attributes:
        verbs: the verbs and output types that do not work without it.
        find: looks for it and returns facts about it; raises if it is missing.
    """

    verbs: str
    find: Callable[[], Facts]


class Answer(NamedTuple):
    """The result of a probe; `missing` is one sentence if it failed, else ""."""

    facts: Facts
    missing: str


def ask(name: str) -> Answer:
    """Run a probe of `PROBES` in another process, with the packages of this one."""
    code = (
        f"import sys; sys.path[:] = {sys.path!r}; from gm_vae import probes; probes.main({name!r})"
    )
    try:
        done = subprocess.run(
            [sys.executable, "-c", code],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
        )
    except subprocess.TimeoutExpired:
        return Answer({}, f"no answer within {_SECONDS} s")
    except OSError as error:
        return Answer({}, f"{sys.executable} cannot be run ({error.strerror})")
    for line in done.stdout.decode(errors="replace").splitlines():
        if line.startswith(_MARK):
            return Answer(*json.loads(line.removeprefix(_MARK)))
    return Answer({}, _crash(done.returncode, done.stderr.decode(errors="replace")))


def main(name: str) -> None:
    """Answer `ask`, and end the process at once: crashes at its end do not matter."""
    from gm_vae.errors import UserError

    answer = Answer({}, "")
    try:
        answer = Answer(PROBES[name].find(), "")
    except UserError as error:
        answer = Answer({}, str(error))
    except ModuleNotFoundError as error:
        answer = Answer(
            {}, f"{error.name} is not installed; install gm-vae with its packages again"
        )
    except BaseException as error:
        text = (str(error).strip().splitlines() or [""])[0]
        answer = Answer({}, f"{type(error).__name__}: {text}"[:300])
    print(f"\n{_MARK}{json.dumps(answer)}", flush=True)
    os._exit(0)


def _crash(code: int, written: str) -> str:
    last = (written.strip().splitlines() or [""])[-1][:200]
    if code < 0:
        try:
            name = signal.Signals(-code).name
        except ValueError:
            name = f"signal {-code}"
        return f"the process was ended by {name} {f'({last})' if last else ''}".rstrip()
    return f"the process ended with {code} {f'({last})' if last else ''}".rstrip()


def _numbers() -> Facts:
    import numpy
    import threadpoolctl

    core = getattr(numpy, "_core", None) or numpy.core  # NumPy 2 or 1
    features = core._multiarray_umath.__cpu_features__
    libraries = [
        f"{info['internal_api']} {info.get('version')}"
        + (f" for {info['architecture']}" if info.get("architecture") else "")
        + f", {info['num_threads']} threads"
        for info in threadpoolctl.threadpool_info()
        if info["user_api"] == "blas"
    ]
    return {"blas": libraries, "features": [name for name, has in features.items() if has]}


def _music() -> Facts:
    import gm_vae.generate.commands  # noqa: F401
    from gm_vae.generate.midi_writer import midi_file
    from gm_vae.music.arrangement import Arrangement
    from gm_vae.music.measure import Measure

    midi_file(Arrangement.from_measures([Measure.from_tracks([])]))  # imports mido
    return {}


def _pictures() -> Facts:
    from gm_vae.generate.piano_roll import piano_roll_figure
    from gm_vae.music.arrangement import Arrangement
    from gm_vae.music.measure import Measure

    piano_roll_figure(Arrangement.from_measures([Measure.from_tracks([])]), "A").canvas.draw()
    return {}


def _pipeline() -> Facts:
    import gm_vae.pipelines.transforms  # noqa: F401

    return {}


def _note_sequences() -> Facts:
    import note_seq  # noqa: F401

    return {}


def _backend() -> Facts:
    from gm_vae.quiet import import_tensorflow_quietly

    import_tensorflow_quietly()
    import keras

    from gm_vae import backends

    return {"backend": keras.backend.backend(), "devices": backends.current().devices()}


def _model() -> Facts:
    from gm_vae.checkpoints.load import BUNDLED, DEFAULT, bundled_models, read_model

    read_model(DEFAULT)
    return {"folder": str(BUNDLED), "names": bundled_models()}


def _page() -> Facts:
    from gm_vae.export.web_page import page_folder

    return {"folder": str(page_folder())}


def _sound() -> Facts:
    from gm_vae.generate.audio import Synthesizer

    synthesizer = Synthesizer.find()
    return {"program": synthesizer.program, "soundfont": str(synthesizer.soundfont)}


def _player() -> Facts:
    from gm_vae.generate.player import Player

    return {"command": " ".join(Player.find().command)}


PROBES = {
    "numbers": Probe("every verb that reads or makes music", _numbers),
    "music": Probe("explain, generate, interpolate, sample, vary, encode, reconstruct", _music),
    "pictures": Probe("pictures (.png, .svg)", _pictures),
    "pipeline": Probe("preprocess, demo", _pipeline),
    "note_sequences": Probe(".tfrecord files", _note_sequences),
    "backend": Probe("train, evaluate, export, import, demo", _backend),
    "model": Probe("verbs without --model", _model),
    "page": Probe("web, export --format=web", _page),
    "sound": Probe(".wav files", _sound),
    "player": Probe("--play", _player),
}
