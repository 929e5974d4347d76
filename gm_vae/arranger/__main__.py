"""`python -m gm_vae.arranger` is `gm-vae arrange`."""

import sys

from gm_vae.arranger.corpus import COMMAND

if __name__ == "__main__":
    sys.exit(COMMAND.main())
