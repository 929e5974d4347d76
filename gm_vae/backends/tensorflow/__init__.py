"""The network in TensorFlow, under any `tf.distribute` strategy (`backends.interface`)."""

from gm_vae.backends.tensorflow.kernels import RaggedKernels as Kernels
from gm_vae.backends.tensorflow.strategies import devices, make_strategy
from gm_vae.backends.tensorflow.trainer import TensorFlowTrainer as Trainer

__all__ = ["Kernels", "Trainer", "devices", "make_strategy"]
