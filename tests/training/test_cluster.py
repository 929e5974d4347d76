"""TF_CONFIG: its values, and one sentence for each mistake."""

import json

import pytest

from gm_vae.backends.cluster import read_cluster
from gm_vae.backends.tensorflow.strategies import make_strategy
from gm_vae.errors import UsageError


def config(cluster, kind="worker", index=0):
    return json.dumps({"cluster": cluster, "task": {"type": kind, "index": index}})


@pytest.mark.parametrize(
    ("text", "others", "index"),
    [
        (config({"worker": ["a:1"]}), (), 0),
        (config({"worker": ["a:1", "b:1", "a:2"]}, index=1), ("a:1", "a:2"), 1),
        (config({"worker": ["a:1", "b:1"]}, index="1"), ("a:1",), 1),
        (config({"chief": ["c:1"], "worker": ["a:1", "b:1"]}, index=1), ("c:1", "a:1"), 2),
        (config({"chief": ["c:1"], "worker": ["a:1"]}, "chief"), ("a:1",), 0),
        (config({"worker": ["[::1]:65535", "10.0.0.1:1"]}), ("10.0.0.1:1",), 0),
    ],
)
def test_the_workers_and_the_index_of_this_one(text, others, index):
    cluster = read_cluster(text)
    assert (cluster.others, cluster.index) == (others, index)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "needs TF_CONFIG="),
        ("{", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ("[]", 'has no object "cluster"'),
        ("{}", 'has no object "cluster"'),
        ('{"cluster": {}}', 'has no object "cluster"'),
        ('{"cluster": {"worker": ["a:1"]}}', 'has no object "task"'),
        (config({"worker": "localhost:1234"}), 'has a text as "worker", and it must be a list'),
        (config({"worker": []}), 'no list of addresses as "worker"'),
        (config({"worker": {"0": "a:1"}}), 'no list of addresses as "worker"'),
        (config({"worker": ["a:1", 5]}), "names 5, which is not HOST:PORT"),
        (config({"worker": ["a"]}), 'names "a", which is not HOST:PORT'),
        (config({"worker": ["a:0"]}), "not HOST:PORT"),
        (config({"worker": ["a:65536"]}), "not HOST:PORT"),
        (config({"worker": ["grpc://a:1"]}), "not HOST:PORT"),
        (config({"worker": ["a:1", "b:1", "a:1"]}), "names a:1 twice"),
        (config({"worker": ["a:1", "A:1"]}), "names A:1 twice"),
        (config({"worker": ["a:1"], "chief": ["a:1"]}), "names a:1 twice"),
        (config({"worker": ["a:1"], "chief": ["b:1", "c:1"]}), "more than one chief"),
        (config({"worker": ["a:1"], "ps": ["a:2"]}, "ps"), "has ps tasks"),
        (config({"worker": ["a:1"]}, "chief"), 'the type "chief"'),
        (config({"worker": ["a:1"]}, None), "the type null"),
        (config({"worker": ["a:1"]}, ["worker"]), "the type"),
        (config({"worker": ["a:1", "b:1"]}, index=2), "the index 2, and .* 0 to 1"),
        (config({"worker": ["a:1", "b:1"]}, index=-1), "the index -1"),
        (config({"worker": ["a:1"]}, index=True), "the index true"),
        (config({"worker": ["a:1"]}, index=0.0), r"the index 0\.0"),
        (config({"worker": ["a:1"]}, index=None), "the index null"),
    ],
)
def test_a_mistake_is_one_sentence_with_the_remedy(monkeypatch, text, message):
    monkeypatch.setenv("TF_CONFIG", text)
    for read in (lambda: read_cluster(text), lambda: make_strategy("multiworker")):
        with pytest.raises(UsageError, match=message) as caught:
            read()
        assert "\n" not in str(caught.value)
        assert '"worker": ["HOST1:PORT", "HOST2:PORT"]' in str(caught.value)
