"""20 SIGKILLs at random times in one run: `python tests/benchmarks/kills.py [--kills=20]`.

Trains once in peace and once in lives that are killed a random time after a random step (saving
and scoring included), and compares losses, states and models to the last bit.
"""

import argparse
import dataclasses
import os
import pathlib
import random
import signal
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))

from killed_runs import CONFIG, MODEL

from gm_vae import arranger
from gm_vae.backends.tensorflow import trainer as tensorflow_engine
from gm_vae.pipelines.midi_to_measures import preprocess
from gm_vae.training import run
from gm_vae.training.state import RunState


def life(data, folder, config, steps_to_live, seconds_to_live):
    """Train in a child; kill it so long after that many steps. Returns its exit status."""
    steps, report = os.pipe()
    child = os.fork()
    if not child:
        make_step = tensorflow_engine.make_step

        def reporting(*args, **kwargs):
            step = make_step(*args, **kwargs)
            return lambda batch: (os.write(report, b"."), step(batch))[1]

        tensorflow_engine.make_step = reporting
        code = 1
        try:
            run.train(folder, data, MODEL, config, say=lambda line: None)
            code = 0
        finally:
            os._exit(code)
    os.close(report)
    with os.fdopen(steps, "rb", 0) as stream:
        for _ in range(steps_to_live):
            if not stream.read(1):
                break
        else:
            time.sleep(seconds_to_live)
            os.kill(child, signal.SIGKILL)
        while stream.read(1 << 16):
            pass
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    draw = random.Random(arguments.seed)
    config = dataclasses.replace(CONFIG, steps=20 * arguments.kills, save_every=5)
    with tempfile.TemporaryDirectory() as temporary:
        place = pathlib.Path(temporary)
        songs = place / "songs"  # in a child of its own: Beam must not run before a fork
        child = os.fork()
        if not child:
            arranger.write_corpus(songs, count=12, seed=5)
            preprocess(songs, place / "data", validation_percent=20, test_percent=20, workers=1)
            os._exit(0)
        os.waitpid(child, 0)
        forever = 1 << 30
        assert life(place / "data", place / "peace", config, forever, 0) == 0
        began = []
        for _ in range(arguments.kills):
            began.append(max(RunState(place / "killed/state", {}).steps(), default=0))
            steps, seconds = draw.randint(1, 25), draw.uniform(0, 0.5)
            status = life(place / "data", place / "killed", config, steps, seconds)
            assert status == -signal.SIGKILL, status
        assert life(place / "data", place / "killed", config, forever, 0) == 0
        from run_losses import run_losses

        peace, killed = run_losses(place / "peace"), run_losses(place / "killed")
        differing = [step for step in peace if killed.get(step) != peace[step]]
        print(f"{arguments.kills} kills; lives began at steps {began}")
        print(f"{len(peace)} steps; differing losses: {differing or 'none'}")
        for part in ("state", "checkpoint"):
            for path in sorted((place / "peace" / part).iterdir()):
                same = path.read_bytes() == (place / "killed" / part / path.name).read_bytes()
                print(f"{part}/{path.name}: {'equal' if same else 'DIFFERS'}")


if __name__ == "__main__":
    main()
