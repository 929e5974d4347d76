"""The `gm-vae` command: a list of verbs, each imported only when it is used."""

from __future__ import annotations

import difflib
import importlib
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from gm_vae.quiet import import_tensorflow_quietly
from gm_vae.version import __version__

if TYPE_CHECKING:
    from gm_vae.command import Command


class Verb(NamedTuple):
    """Where a verb's `Command` is, what it does, and whether it computes with TensorFlow."""

    module: str
    name: str
    summary: str
    tensorflow: bool = False


VERBS = {
    "demo": Verb("gm_vae.demo", "COMMAND", "run the whole chain, from MIDI files to new music"),
    "arrange": Verb(
        "gm_vae.arranger", "COMMAND", "write songs of the built-in arranger as MIDI files"
    ),
    "preprocess": Verb(
        "gm_vae.pipelines.midi_to_measures", "COMMAND", "turn MIDI files into a dataset of measures"
    ),
    "explain": Verb(
        "gm_vae.explain", "COMMAND", "print which bars of MIDI files can be used, and why"
    ),
    "stats": Verb("gm_vae.pipelines.stats", "COMMAND", "print the report of a dataset"),
    "train": Verb("gm_vae.training.commands", "TRAIN", "train a model, or resume a run"),
    "evaluate": Verb("gm_vae.evaluation.commands", "EVALUATE", "score held-out measures", True),
    "sample": Verb("gm_vae.generate.commands", "SAMPLE", "generate measures in many styles"),
    "generate": Verb(
        "gm_vae.generate.commands", "GENERATE", "play one style over a chord progression"
    ),
    "song": Verb(
        "gm_vae.generate.commands", "SONG", "generate a song: sections, variations, fills"
    ),
    "interpolate": Verb("gm_vae.generate.commands", "INTERPOLATE", "morph one style into another"),
    "encode": Verb("gm_vae.generate.commands", "ENCODE", "write measures of a MIDI file as points"),
    "reconstruct": Verb(
        "gm_vae.generate.commands", "RECONSTRUCT", "encode measures of a MIDI file and decode them"
    ),
    "vary": Verb(
        "gm_vae.generate.commands", "VARY", "generate measures like one, or replace tracks"
    ),
    "attributes": Verb(
        "gm_vae.generate.attributes", "COMMAND", "learn directions such as density and strings"
    ),
    "prior": Verb("gm_vae.generate.fit_prior", "COMMAND", "fit what new styles are drawn from"),
    "instruments": Verb(
        "gm_vae.generate.instrument_list", "COMMAND", "list the instruments that flags can name"
    ),
    "web": Verb("gm_vae.export.web_page", "WEB", "serve the web page and open the browser"),
    "export": Verb(
        "gm_vae.export.commands", "EXPORT", "export a model for TensorFlow or the web", True
    ),
    "import": Verb(
        "gm_vae.export.commands", "IMPORT", "convert a published or magenta.js checkpoint", True
    ),
    "doctor": Verb(
        "gm_vae.doctor", "COMMAND", "print versions and what is missing, for bug reports"
    ),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run `gm-vae VERB ...`; returns the exit code: 0 done, 1 failed, 2 wrong usage, 75 stopped
    with the state saved, so that the same command continues (`gm_vae.errors`).
    """
    argv = list(sys.argv[1:] if argv is None else argv)
    if len(argv) == 2 and argv[0] == "help" and argv[1] in VERBS:
        argv = [argv[1], "--help"]
    if not argv or argv[0] in ("--help", "-h", "help"):
        print(usage())
        return 0 if argv else 2
    if argv[0] == "--version":
        print(f"gm-vae {__version__}")
        return 0
    verb, *rest = argv
    if verb not in VERBS:
        near = difflib.get_close_matches(verb, VERBS, 1)
        hint = f" Did you mean {near[0]}?" if near else ""
        print(f"gm-vae: there is no verb {verb!r}.{hint} See gm-vae --help.", file=sys.stderr)
        return 2
    try:
        return _run(VERBS[verb], rest)
    except ImportError as error:
        package = (error.name or "").partition(".")[0]
        if package in ("", "gm_vae"):  # our bug
            raise
        reason = (str(error).strip().splitlines() or [""])[0]
        print(
            f"gm-vae {verb}: {package} cannot be imported ({reason}); install gm-vae again. "
            "gm-vae doctor reports what is missing.",
            file=sys.stderr,
        )
        return 1


def _run(verb: Verb, rest: Sequence[str]) -> int:
    if verb.tensorflow and not any(arg.lstrip("-") in ("help", "h") for arg in rest):
        import_tensorflow_quietly()
    command: Command = getattr(importlib.import_module(verb.module), verb.name)
    return command.main(rest)


def usage() -> str:
    """The text of `gm-vae --help`."""
    width = max(map(len, VERBS))
    lines = ["A latent space of General MIDI measures.", ""]
    lines += ["usage: gm-vae VERB [--flag=value ...]", "       gm-vae VERB --help", "", "verbs:"]
    lines += [f"  {verb:<{width}}  {text}" for verb, (_, _, text, _) in VERBS.items()]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
