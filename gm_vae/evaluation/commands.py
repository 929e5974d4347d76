"""The verb `evaluate`."""

from __future__ import annotations

import dataclasses
from typing import Any

from gm_vae.command import Command
from gm_vae.flags import flag
from gm_vae.generate.arguments import MOST_MEASURES, ModelArguments
from gm_vae.generate.gmvae import HOTTEST, TEMPERATURE
from gm_vae.music.note_matching import TOLERANCE_STEPS

_EXAMPLES = 4  # pictures of a measure and its reconstruction


@dataclasses.dataclass(frozen=True)
class EvaluateArguments(ModelArguments):
    """The flags of `evaluate`."""

    data: str = flag(None, "Dataset folder, made by gm-vae preprocess.", required=True)
    split: str = flag("test", "Split to score: train, validation or test.")
    limit: int | None = flag(
        None, "Maximum number of measures. Without it, all.", least=1, most=2**53
    )
    draws: int = flag(
        16,
        "Draws of z per measure for the importance-weighted bound; 0 skips it.",
        least=0,
        most=100_000,
    )
    samples: int = flag(
        512,
        "Samples to decode from the prior and to compare with twice as many measures of the "
        "split; 0 skips the comparison.",
        least=0,
        most=MOST_MEASURES,
    )
    temperature: float = flag(TEMPERATURE, "Temperature of these samples.", least=0, most=HOTTEST)
    onset_tolerance: int = flag(
        TOLERANCE_STEPS,
        "Largest difference in onset between matching notes, in steps.",
        least=0,
        most=32_767,
    )
    batch_size: int = flag(256, "Measures per batch.", least=1, most=65_536)
    seed: int = flag(0, "Seed of the draws of z and of the samples.", least=0, most=2**32 - 1)
    output: str | None = flag(
        None, "Where to write the figures too: a .json file, or a folder, which gets pictures too."
    )
    force: bool = flag(False, "Replace an existing file or folder.")


def _evaluate(args: EvaluateArguments) -> None:
    from gm_vae.data import dataset as dataset_lib
    from gm_vae.evaluation.bound import bound_split
    from gm_vae.evaluation.reconstruction import reconstruct_split
    from gm_vae.evaluation.report import Report, check_output, write_report
    from gm_vae.evaluation.samples import sample_split
    from gm_vae.evaluation.scores import evaluate
    from gm_vae.generate.loading import load

    if args.output:
        check_output(args.output, args.force)
    model = load(args.model)
    where = args.data, args.split
    common: dict[str, Any] = {
        "batch_size": args.batch_size, "limit": args.limit, "show_progress": True
    }  # fmt: skip
    figures = evaluate(model.network, *where, seed=args.seed, **common)
    bound = None
    if args.draws:
        bound = bound_split(model.network, *where, args.draws, seed=args.seed, **common)
    reconstructions = reconstruct_split(
        model, *where, tolerance_steps=args.onset_tolerance, examples=_EXAMPLES, **common
    )
    samples = None
    if args.samples:
        samples = sample_split(
            model, *where, args.samples, temperature=args.temperature, seed=args.seed,
            show_progress=True,
        )  # fmt: skip
    about = {
        "model": args.model,
        "data": args.data,
        "sources": list(dataset_lib.load(args.data).sources),
        "split": args.split,
        "seed": args.seed,
    }
    report = Report(about, figures, bound, reconstructions, samples)
    if args.output:
        write_report(report, args.output, args.force)
    print(report.table())


EVALUATE = Command(
    name="evaluate",
    summary="Score how well a model explains measures that it was not trained on.",
    example=(
        "gm-vae evaluate --model=runs/mine --data=data/mine\n"
        "gm-vae evaluate --model=runs/mine --data=data/mine --split=validation --draws=64 "
        "--output=report\n"
        "gm-vae preprocess --input=others/ --output=data/others --validation_percent=0 "
        "--test_percent=100\n"
        "gm-vae evaluate --model=runs/mine --data=data/others"
    ),
    arguments=EvaluateArguments,
    run=_evaluate,
)
