"""Trains in processes that are killed: `python killed_runs.py DATA FOLDER STEPS DEATH...`.

Each DEATH is a life of its own: "rename:NAME" kills it before a file or folder is given that
name, "step:N" before its N-th step, "none" lets it end. Lives are forked, since importing
TensorFlow takes longer than living.
"""

import dataclasses
import itertools
import os
import pathlib
import signal
import sys

from gm_vae.backends.tensorflow import trainer as tensorflow_engine
from gm_vae.checkpoints import folder as checkpoint
from gm_vae.model.config import ModelConfig
from gm_vae.model.train_config import TrainConfig
from gm_vae.training import run

MODEL = ModelConfig(16, (16, 16), 8)
CONFIG = TrainConfig(
    batch_size=16,
    learning_rate=1e-2,
    schedule="exponential",
    save_every=3,
    log_every=1,
    transpose=2,
)


def die():
    """End by SIGKILL, without any clean-up."""
    os.kill(os.getpid(), signal.SIGKILL)


def live(data, folder, steps, death):
    """Train until the end or the death."""
    kind, _, when = death.partition(":")
    replace, make_step = os.replace, tensorflow_engine.make_step
    steps_done = itertools.count(1)

    def dying_replace(source, target):
        if pathlib.Path(target).name == when:
            die()
        replace(source, target)

    def make_dying_step(*args, **kwargs):
        step = make_step(*args, **kwargs)
        return lambda batch: die() if next(steps_done) == int(when) else step(batch)

    def dying_write_json(path, value):
        if path.name == when:
            die()
        write_json(path, value)

    write_json = checkpoint.write_json
    if kind == "write":
        checkpoint.write_json = dying_write_json
    elif kind == "rename":
        os.replace = dying_replace
    elif kind == "step":
        tensorflow_engine.make_step = make_dying_step
    config = dataclasses.replace(CONFIG, steps=steps)
    run.train(folder, data, MODEL, config)


def main(data, folder, steps, *deaths):
    for death in deaths:
        sys.stdout.flush()
        child = os.fork()
        if not child:
            code = 1
            try:
                live(data, folder, int(steps), death)
                code = 0
            finally:
                sys.stdout.flush()
                os._exit(code)
        _, status = os.waitpid(child, 0)
        expected = 0 if death == "none" else -signal.SIGKILL
        if os.waitstatus_to_exitcode(status) != expected:
            sys.exit(f"the life until {death} ended with status {status}")


if __name__ == "__main__":
    main(*sys.argv[1:])
