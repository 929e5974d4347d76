"""External names and reasons, as shown."""

import os
import pickle

import pytest

from gm_vae.errors import UsageError, UserError
from gm_vae.text import printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain name.mid", "plain name.mid"),
        ("söng 歌 🎵 \u200d.mid", "söng 歌 🎵 \u200d.mid"),  # emoji are joined by U+200D
        ("back\\slash", "back\\slash"),
        (os.fsdecode(b"caf\xe9.mid"), "caf\ufffd.mid"),
        ("half a pair \ud83c", "half a pair \ufffd"),
        ("\x1b[31mred\x07\r\n\t\x7f\x9b2J", r"\x1b[31mred\x07\x0d\x0a\x09\x7f\x9b2J"),
        ("song\u202edim.exe\u2028", r"song\u202edim.exe\u2028"),
    ],
)
def test_text_is_printable(text, shown):
    assert printable(text) == shown
    assert printable(shown) == shown
    printable(text).encode("utf-8")


def test_every_message_for_a_user_is_printable():
    for kind in (UserError, UsageError):
        error = kind("\x1b[2J\udce9.mid cannot be read.")
        assert str(error) == "\\x1b[2J\ufffd.mid cannot be read."
        assert str(pickle.loads(pickle.dumps(error))) == str(error)
