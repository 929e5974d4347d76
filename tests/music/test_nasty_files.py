"""Files from the web that break loaders: each has its outcome."""

import tarfile

from gm_vae.music.measures import measures_from_midi
from gm_vae.music.midi_file import MidiError

# By number: (measures kept, bars rejected), or the sentence that refuses the file.
OUTCOMES = {
    "01": "This is not a MIDI file: it is empty.",
    "02": (0, 0),
    "03": (0, 2),
    "04": (0, 2),
    "05": "The MIDI file is of format 2, a set of patterns; save it as format 0 or 1.",
    "06": (0, 2),
    "07": "The MIDI file is damaged at byte 187, in track 1.",
    "08": (48, 128),
    "09": (0, 1),
    "10": (16, 0),
    "11": (0, 0),
    "12": (0, 147),
    "13": (19, 150),
    "14": (23, 72),
    "15": "The MIDI file counts time in SMPTE frames, which have no bars; save it with beats.",
    "16": (186, 11),
    "17": (3, 125),
    "18": (454, 812),
    "19": (100, 27),
    "20": (49, 2),
    "21": (3, 84),
    "22": (45, 32),
    "23": "The MIDI file is damaged at byte 178, in track 2.",
    "24": (93, 18),
    "25": (4, 133),
    "26": (1, 399),
    "27": (0, 1),
    "28": (0, 1),
    "29": (14, 13),
    "30": (50, 21),
    "31": (0, 115),
    "32": (36, 1),
    "33": (16, 0),
    "34": (24, 7),
    "35": (7, 12),
    "36": (0, 12),
    "37": (1, 47),
    "38": (23, 110),
    "39": (0, 83),
    "40": (62, 2),
    "41": (73, 4),
    "42": (0, 1),
    "43": (80, 0),
    "44": (22, 27),
    "45": (56, 62),
    "46": (0, 50),
}


def outcome(data):
    try:
        measures, rejected = measures_from_midi(data)
    except MidiError as error:
        return str(error)
    return len(measures), rejected.total()


def test_every_nasty_file_has_its_outcome(shared):
    with tarfile.open(shared / "corpora" / "nasty.tar.xz") as archive:
        outcomes = {
            member.name.split("/")[-1][:2]: outcome(archive.extractfile(member).read())
            for member in archive
            if member.name.lower().endswith(".mid")
        }
    assert outcomes == OUTCOMES
