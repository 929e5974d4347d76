"""The `tf.distribute` strategies by name, and the properties that the training loop needs."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator

import tensorflow as tf

from gm_vae.backends.cluster import VARIABLE, read_cluster
from gm_vae.backends.interface import WorkerLost
from gm_vae.backends.tensorflow.kernels import OneHotKernels, RaggedKernels
from gm_vae.errors import UsageError, UserError
from gm_vae.model.kernels import Kernels

# Errors of a collective operation when a worker is lost.
LOST = (
    tf.errors.UnavailableError,
    tf.errors.AbortedError,
    tf.errors.CancelledError,
    tf.errors.DeadlineExceededError,
    tf.errors.InternalError,
)


def devices() -> list[str]:
    """A readable description of the devices."""
    return [_described(device) for device in tf.config.list_physical_devices()]


def _described(device: tf.config.PhysicalDevice) -> str:
    kind = tf.config.experimental.get_device_details(device).get("device_name")
    return device.device_type + (f" ({kind})" if kind else "")


def make_strategy(name: str, tpu: str = "") -> tf.distribute.Strategy:
    """The strategy with a name; call this before TensorFlow has computed anything.

    Args:
        name: "default" (one device), "mirrored" (all GPUs of this machine), "multiworker" (the
            machines that TF_CONFIG names; waits for all of them) or "tpu".
        tpu: the TPU's name or address; "local" for one attached to this machine.

    Raises:
        UsageError: TF_CONFIG is missing or wrong, or `tpu` is.
        UserError: the TPU or the other workers cannot be reached.
    """
    if name == "mirrored":
        return tf.distribute.MirroredStrategy()
    if name == "multiworker":
        read_cluster(os.environ.get(VARIABLE, ""))
        try:
            return tf.distribute.MultiWorkerMirroredStrategy()
        except (*LOST, tf.errors.UnknownError) as error:
            raise UserError(
                f"the workers of TF_CONFIG did not come together ({_first_line(error)}); check the "
                "addresses and ports, and start the same command on each."
            ) from None
    if name == "tpu":
        return _tpu_strategy(tpu)
    return tf.distribute.get_strategy()


def is_multiworker(strategy: tf.distribute.Strategy) -> bool:
    """Whether other processes take part in the training; each reads its share of the batches."""
    return isinstance(strategy, tf.distribute.MultiWorkerMirroredStrategy)


def is_chief(strategy: tf.distribute.Strategy) -> bool:
    """Whether this process is the one that writes the run folder."""
    if not is_multiworker(strategy):
        return True
    resolver = strategy.cluster_resolver
    if "chief" in resolver.cluster_spec().jobs:
        return resolver.task_type == "chief"
    return resolver.task_id == 0


def share_of(strategy: tf.distribute.Strategy) -> tuple[int, int]:
    """(i, n): this process is the i-th of the n workers that share a batch."""
    if not is_multiworker(strategy):
        return 0, 1
    resolver = strategy.cluster_resolver
    jobs = resolver.cluster_spec().as_dict()
    chiefs = len(jobs.get("chief", ()))
    index = resolver.task_id + (chiefs if resolver.task_type == "worker" else 0)
    return index, chiefs + len(jobs.get("worker", ()))


def kernels(strategy: tf.distribute.Strategy) -> Kernels:
    """TPUs need static shapes; other devices get the fastest kernels."""
    tpu = isinstance(strategy, tf.distribute.TPUStrategy)
    return OneHotKernels() if tpu else RaggedKernels()


def gather(strategy: tf.distribute.Strategy, values: list[int]) -> list[list[int]]:
    """The numbers of each replica of each worker, on all workers."""
    own = tf.constant([values], tf.int64)
    gathered = strategy.gather(strategy.run(lambda: tf.identity(own)), axis=0)
    return gathered.numpy().tolist()


@contextlib.contextmanager
def watch(strategy: tf.distribute.Strategy) -> Iterator[None]:
    """Turn TensorFlow's errors about a lost worker into WorkerLost."""
    try:
        yield
    except LOST:
        if not is_multiworker(strategy):
            raise
        raise WorkerLost(
            "another worker was lost; start the same command on all workers: it resumes from the "
            "last state."
        ) from None


def _tpu_strategy(tpu: str) -> tf.distribute.Strategy:
    if not tpu:
        raise UsageError("--strategy=tpu needs --tpu=NAME, or --tpu=local on a TPU's own machine.")
    try:
        resolver = tf.distribute.cluster_resolver.TPUClusterResolver(tpu=tpu)
        tf.config.experimental_connect_to_cluster(resolver)
        tf.tpu.experimental.initialize_tpu_system(resolver)
        return tf.distribute.TPUStrategy(resolver)
    except (ValueError, RuntimeError, ImportError, OSError, tf.errors.OpError) as error:
        raise UserError(
            f"the TPU {tpu!r} cannot be used ({_first_line(error)}); check --tpu, and that this "
            "TensorFlow was built for TPUs."
        ) from None


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
