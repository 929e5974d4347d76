"""`python -m gm_vae` is `gm-vae`."""

import sys

from gm_vae.cli import main

if __name__ == "__main__":
    sys.exit(main())
