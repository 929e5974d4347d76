"""`gm-vae doctor`: the facts for a bug report, on one screen.

It must work in a broken installation: this module imports only the standard library, checks that
may crash run in other processes (`gm_vae.probes`), and facts that cannot be found are reported as
unknown.
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import importlib.metadata
import locale
import os
import pathlib
import platform
import re
import shutil
import sys
import tempfile
import textwrap
from collections.abc import Callable, Iterator, Sequence

from gm_vae import machine
from gm_vae.console import print_anything
from gm_vae.machine import program_output
from gm_vae.probes import PROBES, Answer, ask
from gm_vae.version import __version__

PACKAGES = (
    "numpy", "tensorflow", "keras", "tf-keras", "tensorflow-probability", "tensorboard", "jax",
    "apache-beam", "note-seq", "mido", "matplotlib", "absl-py", "google-crc32c", "threadpoolctl",
    "scikit-learn",
    "audioop-lts", "protobuf", "pretty_midi",
)  # fmt: skip

_OPTIONAL = ("jax", "pretty_midi", "audioop-lts")
_FORMS = {"tensorflow": ("tensorflow", "tensorflow-cpu", "tensorflow-macos", "tf-nightly")}
_SETTINGS = re.compile(
    r"KERAS_BACKEND|TF_(CPP|ENABLE|FORCE|NUM|GPU|CPU|XLA)_.*|XLA_.*|JAX_.*|CUDA_VISIBLE_DEVICES|(OMP|OPENBLAS|MKL)_.*|GM_VAE_.*"
    r"|CHROMIUM|PYTHON(UTF8|IOENCODING|PATH)|LANG|LC_ALL|MPL.*"
)
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_WIDTH, _INDENT = 100, 14


def report() -> str:
    """The screen, as lines of text; takes some seconds."""
    with concurrent.futures.ThreadPoolExecutor(max(2, os.cpu_count() or 2)) as pool:
        # the slowest first
        order = sorted(PROBES, key=lambda name: name not in ("backend", "pipeline"))
        answers = dict(zip(order, pool.map(ask, order)))
    rows = [(name, _known(find, answers)) for name, find in _FACTS.items()]
    lines = [line for name, text in rows if text for line in _row(name, text)]
    return "\n".join([*lines, "", *_missing(answers)])


def _known(find: Callable[[dict[str, Answer]], str], answers: dict[str, Answer]) -> str:
    try:
        return find(answers)
    except Exception as error:  # an unforeseen kind of machine
        return f"unknown ({type(error).__name__}: {error})"


def _row(name: str, text: str) -> list[str]:
    return textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=name.ljust(_INDENT),
        subsequent_indent=" " * _INDENT,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _missing(answers: dict[str, Answer]) -> Iterator[str]:
    """What does not work, and why; one paragraph for all verbs that lack the same thing."""
    reasons: dict[str, list[str]] = {}
    for name, probe in PROBES.items():
        if answers[name].missing:
            reasons.setdefault(answers[name].missing, []).append(probe.verbs)
    if not reasons:
        yield "Every verb has what it needs."
        return
    yield "missing"
    for reason, verbs in reasons.items():
        yield from textwrap.wrap(
            f"{'; '.join(verbs)}: {_private(reason)}",
            _WIDTH,
            initial_indent="  ",
            subsequent_indent="    ",
            break_long_words=False,
            break_on_hyphens=False,
        )


def _version(answers: dict[str, Answer]) -> str:
    return f"{__version__} in {_private(str(pathlib.Path(__file__).resolve().parent))}"


def _python(answers: dict[str, Answer]) -> str:
    return (
        f"{platform.python_version()} ({platform.python_implementation()}) "
        f"{_private(sys.executable)}"
    )


def _system(answers: dict[str, Answer]) -> str:
    return platform.platform()


def _cpu(answers: dict[str, Answer]) -> str:
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else None
    cores = os.cpu_count()
    count = f"{cores} cores" if usable in (None, cores) else f"{usable} of {cores} cores"
    text = f"{machine.cpu_model() or 'unknown'}, {count}"
    has, lacks = machine.instructions(answers["numbers"].facts.get("features", ()))
    if has or lacks:
        text += f", {', '.join(has) or 'no special instructions'}"
    return text + (f"; not {', '.join(lacks)}" if lacks else "")


def _memory(answers: dict[str, Answer]) -> str:
    total = machine.memory_bytes()
    if not total:
        return "unknown"
    with contextlib.suppress(OSError):
        text = pathlib.Path("/proc/meminfo").read_text(encoding="utf-8")
        if match := re.search(r"^MemAvailable:\s+(\d+) kB", text, re.MULTILINE):
            return f"{_gib(total)}, {_gib(int(match[1]) * 1024)} of it free"
    return _gib(total)


def _packages(answers: dict[str, Answer]) -> str:
    versions, absent = [], []
    for package in PACKAGES:
        for name in _FORMS.get(package, (package,)):
            try:
                versions.append(f"{name} {importlib.metadata.version(name)}")
                break
            except importlib.metadata.PackageNotFoundError:
                continue
            except Exception as error:  # damaged metadata
                versions.append(f"{name} ({type(error).__name__})")
                break
        else:
            absent.append(package)
    text = ", ".join(versions)
    needed = [name for name in absent if name not in _OPTIONAL]
    others = [name for name in absent if name in _OPTIONAL]
    text += f"; not installed: {', '.join(needed)}" if needed else ""
    return text + (f"; without {', '.join(others)}" if others else "")


def _blas(answers: dict[str, Answer]) -> str:
    return "; ".join(answers["numbers"].facts.get("blas", ())) or "unknown"


def _backend(answers: dict[str, Answer]) -> str:
    facts = answers["backend"].facts
    wish = os.environ.get("KERAS_BACKEND", "tensorflow")
    if not facts:
        return f"{wish}, which cannot be used"
    return f"{facts['backend']} on {', '.join(facts['devices']) or 'no device'}"


def _gpu(answers: dict[str, Answer]) -> str:
    return "; ".join(machine.gpus())


def _models(answers: dict[str, Answer]) -> str:
    facts = answers["model"].facts
    return f"{', '.join(facts['names'])} in {_private(facts['folder'])}" if facts else "none"


def _page(answers: dict[str, Answer]) -> str:
    return _private(answers["page"].facts.get("folder", "none"))


def _fluidsynth(answers: dict[str, Answer]) -> str:
    version = re.search(r"FluidSynth.*?version (\S+)", program_output("fluidsynth", "--version"))
    return _program("fluidsynth", version[1] if version else "")


def _soundfont(answers: dict[str, Answer]) -> str:
    return _private(answers["sound"].facts.get("soundfont", "none"))


def _player(answers: dict[str, Answer]) -> str:
    return _private(answers["player"].facts.get("command", "none"))


def _node(answers: dict[str, Answer]) -> str:
    return f"{_program('node', program_output('node', '--version'))} (for make web)"


def _chromium(answers: dict[str, Answer]) -> str:
    named = os.environ.get("CHROMIUM")
    program = named or next((name for name in _BROWSERS if shutil.which(name)), "chromium")
    return f"{_program(program)} (for the tests)"


def _folders(answers: dict[str, Answer]) -> str:
    home = os.path.expanduser("~")
    places = [("home", home), ("this one", os.curdir)]
    try:
        places.append(("temporary", tempfile.gettempdir()))
    except OSError:
        places.append(("temporary", ""))
    return ", ".join(f"{name} {_writable(folder)}" for name, folder in places)


def _writable(folder: str) -> str:
    try:
        with tempfile.TemporaryFile(dir=folder or os.devnull):
            return f"writable ({_gib(shutil.disk_usage(folder).free)} free)"
    except OSError as error:
        return f"not writable ({error.strerror})"


def _text(answers: dict[str, Answer]) -> str:
    output = getattr(sys.stdout, "encoding", None)
    return f"{output} output, {sys.getfilesystemencoding()} file names, locale {_locale()}"


def _locale() -> str:
    try:
        return locale.setlocale(locale.LC_CTYPE, None)
    except locale.Error:
        return "unknown"


def _settings(answers: dict[str, Answer]) -> str:
    names = sorted(name for name in os.environ if _SETTINGS.fullmatch(name))
    return ", ".join(f"{name}={_private(os.environ[name])[:120]}" for name in names) or "none"


_FACTS: dict[str, Callable[[dict[str, Answer]], str]] = {
    "gm-vae": _version,
    "Python": _python,
    "system": _system,
    "CPU": _cpu,
    "memory": _memory,
    "packages": _packages,
    "BLAS": _blas,
    "backend": _backend,
    "GPU": _gpu,
    "models": _models,
    "page": _page,
    "FluidSynth": _fluidsynth,
    "soundfont": _soundfont,
    "MIDI player": _player,
    "Node": _node,
    "Chromium": _chromium,
    "folders": _folders,
    "text": _text,
    "settings": _settings,
}


def _program(name: str, version: str = "") -> str:
    path = shutil.which(name)
    return " ".join(filter(None, (_private(path), version))) if path else "none"


def _private(text: str) -> str:
    """Text without the name of the home folder, which is often a person's name."""
    home = os.path.expanduser("~")
    return text.replace(home, "~") if len(home) > 1 else text


def _gib(size: int) -> str:
    return f"{size / 2**30:.1f} GiB"


class _Doctor:
    """A verb that does not use absl, as `gm_vae.command.Command` does: absl may be missing."""

    name = "doctor"

    def main(self, argv: Sequence[str] | None = None) -> int:
        """Print the screen; returns 0, or 2 for wrong arguments."""
        print_anything()
        argv = list(sys.argv[1:] if argv is None else argv)
        if any(arg in ("--help", "-h", "-help", "--helpfull") for arg in argv):
            print(self.help())
            return 0
        if argv:
            print(
                f"gm-vae doctor: {argv[0]} is unexpected; it takes no arguments.", file=sys.stderr
            )
            return 2
        if sys.stderr.isatty():
            print("Checking what each verb needs; this takes some seconds.", file=sys.stderr)
        try:
            print(report())
        except KeyboardInterrupt:
            return 130
        return 0

    def help(self) -> str:
        """The text of `gm-vae doctor --help`."""
        return "\n".join(
            [
                "Print what a bug report should hold: versions, devices, and what is missing for "
                "which verb.",
                "",
                "usage: gm-vae doctor",
                "",
                "example:",
                "  gm-vae doctor > report.txt",
                "",
                "flags:",
                "  none",
            ]
        )


COMMAND = _Doctor()

if __name__ == "__main__":
    sys.exit(COMMAND.main())
