"""An arranger that writes songs as MIDI files: the default corpus, with known chords.

    from gm_vae import arranger
    for song in arranger.songs(count=120, seed=0):
        print(song.name, song.keys, song.chords[:8], len(song.midi))

A song is planned from the top: style -> form and chords -> parts -> performance -> file. To add a
style, write one `Style` literal in a `styles_*.py` file and name it in `styles.py`.
"""

from gm_vae.arranger.corpus import COMMAND, songs, write_corpus
from gm_vae.arranger.song import Song, compose
from gm_vae.arranger.style import Part, Style
from gm_vae.arranger.styles import STYLES

__all__ = ["COMMAND", "STYLES", "Part", "Song", "Style", "compose", "songs", "write_corpus"]
