"""`python -m gm_vae.music.arranger` is `gm-vae arrange`."""

import sys

from gm_vae.music.arranger.corpus import COMMAND

if __name__ == "__main__":
    sys.exit(COMMAND.main())
