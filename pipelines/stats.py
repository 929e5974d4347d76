"""The verb `stats`."""

from __future__ import annotations

import dataclasses

from gm_vae.command import Command
from gm_vae.data import dataset as dataset_lib
from gm_vae.errors import UsageError
from gm_vae.flags import Arguments, flag
from gm_vae.pipelines.dataset_card import markdown


@dataclasses.dataclass(frozen=True)
class StatsArguments(Arguments):
    """The flags of `stats`."""

    json: bool = flag(False, "Print dataset.json instead of the report.")


def _run(args: StatsArguments) -> None:
    if len(args.positional) != 1:
        raise UsageError("name one dataset folder: gm-vae stats DIR.")
    dataset = dataset_lib.load(args.positional[0])
    print(dataset.to_json() if args.json else markdown(dataset), end="")


COMMAND = Command(
    name="stats",
    summary="Print the report of a dataset: measures, songs, rejects, instruments, chords.",
    example="gm-vae stats data/mine",
    arguments=StatsArguments,
    run=_run,
    words="DIR",
)
