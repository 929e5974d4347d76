"""Reports on files: packed, summed, and listed where something was lost."""

import gzip
import json
import random

from gm_vae.pipelines import reports, splits

NAMES = ("a.mid", "naïve \u2028 song.mid", "b\nc.mid")


def _report(number, **values):
    fields = {"song": f"{number}-{NAMES[number % 3]}", "bars": 3, "kept": 0, "rejected": {}}
    return json.dumps({**fields, "flaws": {}, **values}).encode()


def test_packed_reports_are_the_same_lines():
    lines = [_report(number) for number in range(50)]
    assert reports.unpack(reports.pack(lines)) == lines
    assert reports.files(reports.pack(lines)) == 50
    assert reports.unpack(reports.pack([])) == []
    assert len(reports.pack(lines * 10)) < 40 * 500  # bytes per file


def test_counts_are_sums_by_split_and_reason():
    low, high = bytes(32), b"\xff" * 32
    plan = splits.SplitAssignment(splits.SplitThresholds(b"\x10", b"\x20"), {}, {})
    packed = reports.pack([
        _report(0, kept=2, rejected={"empty": 1}, keys={"C": 2}, split_key=low.hex()),
        _report(1, kept=1, rejected={"empty": 2}, keys={"C": 1}, split_key=high.hex()),
        _report(2, flaws={"unpaired": 4}),
        json.dumps({"song": "x", "error": "byte 17 of 1,200 is damaged"}).encode(),
        json.dumps({"song": "y", "error": "byte 9 of 30 is damaged"}).encode(),
    ])  # fmt: skip
    assert reports.counts(packed, plan) == {
        "files": {"read": 5, "unparsable": 2, "with_measures": 2},
        "errors": {"byte N of N is damaged": 2},
        "bars": {"seen": 9, "kept": 3},
        "rejected": {"empty": 3},
        "flaws": {"unpaired": 4},
        "splits": {
            "test": {"songs": 1, "keys": {"C": 2}},
            "train": {"songs": 1, "keys": {"C": 1}},
        },
    }


def test_rejects_are_the_files_with_losses_in_any_order_of_parts(tmp_path):
    lost = [_report(number, rejected={"empty": 1}) for number in range(40)]
    whole = [_report(number) for number in range(40, 80)]
    every = lost + whole
    written = []
    for seed in (1, 2):
        random.Random(seed).shuffle(every)
        parts = [reports.pack(every[first : first + 16]) for first in range(0, 80, 16)]
        by_name = {}
        for packed in parts:
            for name, part in reports.rejects(packed, 3 * reports.FILES_PER_REJECTS):
                by_name.setdefault(name, []).append(part)
        assert sorted(by_name) == [f"rejects-{n:05}-of-00003.jsonl.gz" for n in range(3)]
        folder = tmp_path / str(seed)
        folder.mkdir()
        writer = reports.WriteRejects(str(folder))
        for name, of_name in by_name.items():
            assert list(writer.process((name, of_name))) == [{"rejects": [name]}]
        written.append({path.name: path.read_bytes() for path in folder.iterdir()})
        lines = b"".join(map(gzip.decompress, written[-1].values())).splitlines()
        assert sorted(lines) == sorted(lost)
    assert written[0] == written[1]
