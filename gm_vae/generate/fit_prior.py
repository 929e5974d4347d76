"""`gm-vae prior`: fit what points are drawn from to the measures of a dataset."""

from __future__ import annotations

import dataclasses
import itertools
import pathlib

import numpy as np

from gm_vae.backends.numpy.network import NumpyVAE
from gm_vae.checkpoints.folder import write_checkpoint_files
from gm_vae.checkpoints.load import read_model
from gm_vae.checkpoints.model_card import write_card
from gm_vae.command import Command
from gm_vae.errors import UserError
from gm_vae.files import output_folder
from gm_vae.flags import flag
from gm_vae.generate.arguments import ModelArguments
from gm_vae.generate.encoding import encoded
from gm_vae.generate.gmvae import GMVAE
from gm_vae.model.prior import COMPONENTS, fit, log_density
from gm_vae.text import printable

_HELD_OUT = 10  # one measure in ten measures how well the prior fits


@dataclasses.dataclass(frozen=True)
class PriorArguments(ModelArguments):
    """The flags of `prior`."""

    data: str = flag(None, "Dataset folder, made by gm-vae preprocess.", required=True)
    output: str = flag(None, "Checkpoint folder to write, with the new prior.", required=True)
    split: str = flag("train", "Split of the dataset: train, validation or test.")
    limit: int = flag(100_000, "Maximum number of measures to fit to.", least=1)
    components: int = flag(COMPONENTS, "Normal distributions in the mixture.", least=2, most=1024)
    seed: int = flag(0, "Seed of the fit.")
    force: bool = flag(False, "Replace an existing folder.")


def _run(args: PriorArguments) -> None:
    with output_folder(args.output, args.force) as folder:
        print(_fit(args, folder))


def _fit(args: PriorArguments, folder: pathlib.Path) -> str:
    """Write the model with its new prior; returns a line about how well the prior fits."""
    from gm_vae.data.dataset import read_measures

    checkpoint = read_model(args.model)
    model = GMVAE(NumpyVAE(checkpoint.config, checkpoint.weights))
    measures = itertools.islice(read_measures(args.data, args.split), args.limit)
    posteriors = [(mu, sigma) for _, mu, sigma in encoded(model, measures)]
    mu, sigma = (np.concatenate(column) for column in zip(*posteriors))
    held_out = np.arange(len(mu)) % _HELD_OUT == 0
    prior = fit(mu[~held_out], sigma[~held_out], args.components, args.seed)
    if prior is None:
        raise UserError(
            f"{len(mu):,} measures are too few for a prior; use a dataset of some thousands."
        )
    rng = np.random.default_rng(args.seed)
    points = mu[held_out] + sigma[held_out] * rng.standard_normal(mu[held_out].shape)
    width = points.shape[1]
    normal = -0.5 * (np.square(points).sum(1) + width * np.log(2 * np.pi))
    gain = (log_density(prior, points) - normal).mean() / np.log(2)
    checkpoint = dataclasses.replace(checkpoint, prior=prior)
    write_checkpoint_files(folder, checkpoint)
    write_card(folder, checkpoint, "checkpoint", "none")
    return (
        f"{printable(args.output)}: a prior of {len(prior.share)} normal distributions, fitted to "
        f"{len(mu):,} measures. Points of other measures take {gain:.1f} bits less than under a "
        "standard normal."
    )


COMMAND = Command(
    name="prior",
    summary="Fit the prior of a model, which new styles are drawn from, to a dataset.",
    example=(
        "gm-vae prior --model=runs/mine --data=data/mine --output=models/mine\n"
        "gm-vae sample --model=models/mine --output=styles.mid"
    ),
    arguments=PriorArguments,
    run=_run,
)
