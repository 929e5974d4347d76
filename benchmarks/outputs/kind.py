"""One file type of the outputs benchmark: python -m benchmarks.outputs.kind SUFFIX REPEATS.

Prints the CPU seconds of each file and the size of one as JSON.
"""

from __future__ import annotations

import contextlib
import io
import json
import pathlib
import sys
import tempfile

from benchmarks.timing import Times
from gm_vae.errors import UserError


def main(kind: str, repeats: str) -> None:
    from gm_vae import arranger
    from gm_vae.generate.outputs import Outputs
    from gm_vae.music.measures import measures_from_midi

    measures, _ = measures_from_midi(next(iter(arranger.songs(1, seed=0))).midi)
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, f"piece{kind}")
        # with a second file, a .mid does not get a picture
        outputs = Outputs([path, path.with_suffix(".json")], force=True)
        outputs.files = outputs.files[:1]
        times = Times()
        for _ in range(1 + int(repeats)):
            with contextlib.redirect_stdout(io.StringIO()):
                times.add(lambda: outputs.write(measures[:8], "Eight measures"))
        print(json.dumps({"cpu": times.cpu, "bytes": path.stat().st_size}))


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except UserError as error:
        sys.exit(str(error))
