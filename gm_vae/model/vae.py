"""The whole network: encoder, latent, conductor and track decoder, with published weight names."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import keras
import numpy as np
from keras import ops

from gm_vae.model import published
from gm_vae.model.config import ModelConfig
from gm_vae.model.decoder import Conductor, TokenLogits, TrackDecoder, published_first_inputs
from gm_vae.model.encoder import Encoder
from gm_vae.model.kernels import Kernels
from gm_vae.model.latent import kl_to_prior
from gm_vae.model.layout import Segments, Tracks
from gm_vae.model.start_units import fixed_weights


@dataclasses.dataclass(frozen=True)
class Scores:
    """The network's scores of a batch of B measures.

    Attributes:
        reconstruction: [B] nats, cross-entropy summed over all T tracks up to and including each
            end.
        kl: [B] nats, KL of the posterior to the prior.
        mu, sigma: [B, Z] of the posterior.
        logits: the decoder's logits of each real token.
        token_nats: [P] nats of each real token, in the order of `logits`.
    """

    reconstruction: Any
    kl: Any
    mu: Any
    sigma: Any
    logits: TokenLogits
    token_nats: Any


class HierarchicalVAE(keras.Model):
    """Measures <-> z (MusicVAE multitrack; Simon et al. 2018, "Learning a Latent Space of
    Multitrack Measures"). All weights exist after construction; initialisers draw from the
    global Keras seed.

    Args:
        config: sizes and format.
        initializer: "glorot" for all kernels, or "published": the kernels of mu, sigma and initial
            states are normal with a standard deviation of 0.001.
        precision: "float32", or "bfloat16" for the factors of large products. Weights, states and
            all other values are float32. Factors are rounded to 8 bits of mantissa, which matrix
            units multiply several times as fast.
        kernels: computes the heavy parts; portable if None. `gm_vae.backends.make_network` makes a
            network with the kernels of the Keras backend.
    """

    def __init__(
        self,
        config: ModelConfig,
        precision: str = "float32",
        initializer: str = "glorot",
        kernels: Kernels | None = None,
        **kwargs: Any,
    ) -> None:
        policy = {"float32": "float32", "bfloat16": "mixed_bfloat16"}[precision]
        super().__init__(dtype=policy, **kwargs)
        self.config = config
        self.kernels = kernels or Kernels()
        self.encoder = Encoder(config, name="encoder", dtype=policy)
        self.conductor = Conductor(config, name="conductor", dtype=policy)
        self.track_decoder = TrackDecoder(config, name="track_decoder", dtype=policy)
        if initializer == "published":
            self._initialize_as_published()
        self._fix_start_units()
        self.built = True

    def _initialize_as_published(self) -> None:
        variables = self.published_variables()
        for name in (
            published.MU,
            published.SIGMA,
            published.CONDUCTOR_STATE,
            published.DECODER_STATE,
        ):
            kernel = variables[f"{name}/kernel"]
            kernel.assign(keras.random.normal(kernel.shape, stddev=0.001))

    def _fix_start_units(self) -> None:
        variables = self.published_variables()
        fixed = fixed_weights(self.config, {name: tuple(v.shape) for name, v in variables.items()})
        free = {id(variables[name]): (~mask).astype("float32") for name, (mask, _) in fixed.items()}
        self._free = [free.get(id(variable)) for variable in self.trainable_variables]
        for name, (mask, values) in fixed.items():
            old = ops.convert_to_numpy(variables[name])
            variables[name].assign(np.where(mask, values, old))

    def free_gradients(self, gradients: list[Any]) -> list[Any]:
        """The gradients of `trainable_variables`, 0 where a weight is fixed (`start_units`)."""
        return [
            gradient if free is None else gradient * free
            for gradient, free in zip(gradients, self._free)
        ]

    def encode(self, tokens: Any, lengths: Any, chords: Any) -> Any:
        """Tokens and chords int [B, T, E], lengths int [B, T] -> (mu, sigma) float32 [B, Z]."""
        kernels = self.kernels
        tracks = Tracks.of_batch(tokens, lengths, chords, ragged=kernels.ragged)
        return self.encoder.encode(tracks, kernels)

    def score(
        self,
        tokens: Any,
        lengths: Any,
        chords: Any,
        noise: Any,
        first_inputs: Any = None,
        segments: Segments | None = None,
        kernels: Kernels | None = None,
    ) -> Scores:
        """Encode, draw z = mu + sigma * noise, and score the measures under teacher forcing.

        Args:
            tokens, chords: int [B, T, E]; lengths: int [B, T].
            noise: [B, Z]; standard normal for training, zeros for z = mu.
            first_inputs: int [B, T], the decoder's input before each track's first token, or
                NO_TOKEN; if None, as in the published training.
            segments: static shapes that fit the batch (`layout.fits`).
            kernels: replace the network's own. The results are the same.
        """
        kernels = kernels or self.kernels
        if segments:
            kernels = kernels.static
        tracks = Tracks.of_batch(tokens, lengths, chords, ragged=kernels.ragged, segments=segments)
        mu, sigma = self.encoder.encode(tracks, kernels)
        if first_inputs is None:
            first_inputs = published_first_inputs(tokens, lengths)
        logits, token_nats, reconstruction = self._explain(
            mu + sigma * noise, tracks, first_inputs, kernels
        )
        return Scores(reconstruction, kl_to_prior(mu, sigma), mu, sigma, logits, token_nats)

    def reconstruction(
        self,
        z: Any,
        tokens: Any,
        lengths: Any,
        chords: Any,
        first_inputs: Any = None,
    ) -> Any:
        """-log p(measure | z) in nats, [B], for points z [B, Z]; other arguments as in `score`."""
        kernels = self.kernels
        tracks = Tracks.of_batch(tokens, lengths, chords, ragged=kernels.ragged)
        if first_inputs is None:
            first_inputs = published_first_inputs(tokens, lengths)
        return self._explain(z, tracks, first_inputs, kernels)[2]

    def _explain(
        self, z: Any, tracks: Tracks, first_inputs: Any, kernels: Kernels
    ) -> tuple[TokenLogits, Any, Any]:
        """Logits and nats [P] of each real token, and nats of each measure [B]."""
        embeddings = self.conductor.embed(z, kernels)
        logits = self.track_decoder.score(embeddings, tracks, first_inputs, kernels)
        token_nats = logits.weights * kernels.cross_entropy(logits.logits, logits.targets)
        measures = logits.tracks // self.config.fmt.max_tracks
        return logits, token_nats, ops.segment_sum(token_nats, measures, ops.shape(z)[0])

    def published_variables(self) -> dict[str, keras.Variable]:
        """Every variable by its name in the published checkpoints (without `:0`)."""
        encoder, conductor, decoder = self.encoder, self.conductor, self.track_decoder
        layers = {
            published.encoder_cell(0, "fw"): encoder.track_forward,
            published.encoder_cell(0, "bw"): encoder.track_backward,
            published.encoder_cell(1, "fw"): encoder.measure_forward,
            published.encoder_cell(1, "bw"): encoder.measure_backward,
            published.MU: encoder.mu,
            published.SIGMA: encoder.sigma,
            published.CONDUCTOR_STATE: conductor.initial_state,
            published.DECODER_STATE: decoder.initial_state,
            published.OUTPUT: decoder.output_projection,
        }
        for index, cell in enumerate(conductor.cells):
            layers[published.conductor_cell(index)] = cell
        for index, cell in enumerate(decoder.cells):
            layers[published.decoder_cell(index)] = cell
        return {
            f"{name}/{kind}": getattr(layer, kind)
            for name, layer in layers.items()
            for kind in ("kernel", "bias")
        }

    def trackable_variables(self) -> dict[str, Any]:
        """The backend's variables under names without slashes, which TensorFlow can save."""
        return {
            name.replace("/", "|"): variable.value
            for name, variable in self.published_variables().items()
        }

    def published_weights(self) -> dict[str, np.ndarray]:
        """Every weight as float32, by published name."""
        return {
            name: np.asarray(ops.convert_to_numpy(variable), np.float32)
            for name, variable in self.published_variables().items()
        }

    def load_published_weights(self, weights: Mapping[str, np.ndarray]) -> None:
        """Set every variable from `weights`.

        Raises UserError unless names and shapes fit and all numbers are finite.
        """
        variables = self.published_variables()
        shapes = {name: variable.shape for name, variable in variables.items()}
        published.require_weights(weights, shapes)
        for name, variable in variables.items():
            variable.assign(weights[name])
