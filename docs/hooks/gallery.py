"""Make the files of the gallery again: runs the commands of docs/gallery.md (`make gallery`)."""

from __future__ import annotations

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

DOCS = pathlib.Path(__file__).resolve().parents[1]
_BLOCK = re.compile(r"^```(sh|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def main() -> None:
    """Run the blocks in a temporary folder, and copy the MIDI files and pictures to docs/."""
    programs = {"sh": ["bash", "-eu", "-c"], "python": [sys.executable, "-c"]}
    path = f"{pathlib.Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    page = (DOCS / "gallery.md").read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        for language, code in _BLOCK.findall(page):
            environment = {**os.environ, "PATH": path}
            subprocess.run([*programs[language], code], cwd=folder, env=environment, check=True)
        for file in sorted(pathlib.Path(folder).iterdir()):
            if file.suffix in (".mid", ".png"):
                shutil.copyfile(file, DOCS / file.name)
                print(f"docs/{file.name}")


if __name__ == "__main__":
    main()
