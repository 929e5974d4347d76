"""The package's reader and `gm_player` on the same file."""

import collections

from gm_player import Player

from gm_vae.music.midi_file import parse_midi
from gm_vae.music.sustain import apply_sustain


def instruments(score):
    """The notes of each instrument, as rows like the player's, in any order."""
    rows = collections.defaultdict(list)
    columns = (
        score.instrument,
        score.channel // 16,
        score.channel % 16,
        score.program,
        score.is_drum,
        score.pitch,
        score.velocity,
        score.start_ticks,
        score.end_ticks,
    )
    for instrument, *row in zip(*(column.tolist() for column in columns)):
        rows[instrument].append(tuple(row))
    return sorted(sorted(notes) for notes in rows.values())


def played(player, pedals):
    """The same for a player, with ports numbered in order."""
    ports = sorted({0} | player.ports)
    rows = collections.defaultdict(list)
    for track, port, *row in player.rows(pedals):
        rows[(track, port, *row[:3])].append((ports.index(port), *row))
    return sorted(sorted(notes) for notes in rows.values())


def assert_as_played(data):
    """Same notes of same instruments, with and without pedals, and the same flaws."""
    player, score = Player(data), parse_midi(data)
    assert instruments(score) == played(player, pedals=False)
    assert instruments(apply_sustain(score)) == played(player, pedals=True)
    assert {flaw.name.lower(): count for flaw, count in score.flaws.items()} == player.flaws
