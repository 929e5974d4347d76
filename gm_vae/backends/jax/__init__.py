"""The network in JAX on one device, without TensorFlow. See `backends.interface`."""

import jax

from gm_vae.backends.jax.kernels import JaxKernels as Kernels
from gm_vae.backends.jax.trainer import JaxTrainer as Trainer
from gm_vae.errors import UsageError

__all__ = ["Kernels", "Trainer", "devices", "make_strategy"]


def devices() -> list[str]:
    """A readable description of the devices."""
    return [f"{device.platform} ({device.device_kind})" for device in jax.devices()]


def make_strategy(name: str, tpu: str = "") -> None:
    """The one device.

    Raises:
        UsageError: another strategy is named.
    """
    if name != "default":
        raise UsageError(
            f"--strategy={name} needs TensorFlow, and the Keras backend is jax; leave --strategy "
            "or KERAS_BACKEND out."
        )
