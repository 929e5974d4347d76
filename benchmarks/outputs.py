"""CPU seconds to write each kind of file for a piece of eight measures.

    python benchmarks/outputs.py

Each kind has a process of its own: `first` holds the imports, `next` is the median of five more.
`fluidsynth` runs beside, and counts.
"""

import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

KINDS = (".mid", ".json", ".png", ".svg", ".tfrecord", ".wav")
REPEATS = 5


def seconds():
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def main():
    if len(sys.argv) > 1:
        return one(sys.argv[1])
    print(f"{'':<12}{'first':>8}{'next':>8}{'bytes':>12}")
    for kind in KINDS:
        subprocess.run([sys.executable, __file__, kind], check=True)
    return 0


def one(kind):
    from gm_vae import arranger
    from gm_vae.generate.outputs import Outputs
    from gm_vae.music.measures import measures_from_midi

    measures, _ = measures_from_midi(next(iter(arranger.songs(1, seed=0))).midi)
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, f"piece{kind}")
        # a second file keeps the picture of a lone .mid away
        outputs = Outputs([path, path.with_suffix(".json")], force=True)
        outputs.files = outputs.files[:1]
        taken = []
        for _ in range(1 + REPEATS):
            start = seconds()
            with open(os.devnull, "w") as sys.stdout:
                outputs.write(measures[:8], "Eight measures")
            taken.append(seconds() - start)
        sys.stdout = sys.__stdout__
        print(
            f"{kind:<12}{taken[0]:>8.3f}{statistics.median(taken[1:]):>8.3f}"
            f"{path.stat().st_size:>12,}",
            flush=True,
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
