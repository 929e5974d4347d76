"""The `gm-vae` command: a list of verbs, each imported only when it is used."""

from __future__ import annotations

import difflib
import importlib
import sys
from collections.abc import Sequence

from gm_vae.command import Command
from gm_vae.quiet import quiet_tensorflow
from gm_vae.version import __version__

# verb -> (module, name of its Command, what it does)
VERBS = {
    "demo": ("gm_vae.demo", "COMMAND", "the whole chain, from MIDI files to new music"),
    "arrange": ("gm_vae.music.arranger", "COMMAND", "write the default corpus as MIDI files"),
    "preprocess": (
        "gm_vae.pipelines.midi_to_measures",
        "COMMAND",
        "turn MIDI files into a dataset of measures",
    ),
    "explain": ("gm_vae.music.explain", "COMMAND", "tell what a MIDI file gives, bar by bar"),
    "stats": ("gm_vae.pipelines.report", "COMMAND", "print the report of a dataset"),
    "train": ("gm_vae.training.commands", "TRAIN", "train a model, or go on with a run"),
    "evaluate": ("gm_vae.training.commands", "EVALUATE", "score held-out measures"),
    "generate": ("gm_vae.generate.commands", "GENERATE", "one style over a chord progression"),
    "interpolate": ("gm_vae.generate.commands", "INTERPOLATE", "morph one style into another"),
    "export": ("gm_vae.export.commands", "EXPORT", "write a SavedModel or a magenta.js checkpoint"),
    "import": ("gm_vae.export.commands", "IMPORT", "read a published or magenta.js checkpoint"),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run `gm-vae VERB ...`; returns the exit code (0 done, 1 failed, 2 wrong usage)."""
    argv = list(sys.argv[1:] if argv is None else argv)
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
    quiet_tensorflow()
    module, name, _ = VERBS[verb]
    command: Command = getattr(importlib.import_module(module), name)
    return command.main(rest)


def usage() -> str:
    """The text of `gm-vae --help`."""
    width = max(map(len, VERBS))
    lines = ["Measures of General MIDI music as points of a latent space.", ""]
    lines += ["usage: gm-vae VERB [--flag=value ...]", "       gm-vae VERB --help", "", "verbs:"]
    lines += [f"  {verb:<{width}}  {text}" for verb, (_, _, text) in VERBS.items()]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
