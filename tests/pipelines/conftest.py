"""A corpus of songs as bytes."""

import pytest

from gm_vae import arranger


@pytest.fixture(scope="session")
def midi_files():
    """File name -> bytes of twelve songs."""
    return {f"{song.name}.mid": song.midi for song in arranger.songs(12, seed=1)}
