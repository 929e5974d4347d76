"""Cancelling a job on Flink by its name, against a double of Flink's REST interface."""

import re

import pytest
from flink_double import FlinkDouble
from patience import PATIENCE_SECONDS

from gm_vae.pipelines import flink_rest


def test_one_job_of_many_is_ended():
    with FlinkDouble() as flink:
        for name in ("gm-vae-1", "gm-vae-2", "another"):
            flink.add(name)
        assert flink_rest.cancel(flink.address, "gm-vae-2") is None
        assert flink.asked == ["PATCH /jobs/gm-vae-2?mode=cancel"]
        assert flink.states == {"gm-vae-1": "RUNNING", "gm-vae-2": "CANCELED", "another": "RUNNING"}


def test_a_job_that_is_on_its_way_is_waited_for():
    with FlinkDouble(appears=3) as flink:
        flink.add("gm-vae-1")
        address = f"http://{flink.address}/"
        assert flink_rest.cancel(address, "gm-vae-1", appear_seconds=PATIENCE_SECONDS) is None
        assert flink.states == {"gm-vae-1": "CANCELED"}


@pytest.mark.parametrize("state", ["FINISHED", "FAILED", "CANCELED"])
def test_a_job_that_has_ended_is_left_alone(state):
    with FlinkDouble() as flink:
        flink.add("gm-vae-1", state)
        assert flink_rest.cancel(flink.address, "gm-vae-1", PATIENCE_SECONDS) is None
        assert not flink.asked


def test_a_job_that_never_came_is_none():
    with FlinkDouble() as flink:
        flink.add("another")
        assert flink_rest.cancel(flink.address, "gm-vae-1", appear_seconds=0) is None
        assert flink.states == {"another": "RUNNING"}


def test_a_cluster_that_refuses_is_one_sentence():
    with FlinkDouble(refuses=True) as flink:
        flink.add("gm-vae-1")
        left = flink_rest.cancel(flink.address, "gm-vae-1", 0, 0)
        assert re.fullmatch(
            r"The job gm-vae-1 may still run on Flink \(HTTP Error 500: .*\); end it there: "
            rf"curl -X PATCH 'http://{flink.address}/jobs/gm-vae-1\?mode=cancel'",
            left,
        )


def test_a_job_that_does_not_end_is_one_sentence():
    with FlinkDouble(lingers=10**9) as flink:
        flink.add("gm-vae-1")
        left = flink_rest.cancel(flink.address, "gm-vae-1", 0, 0)
        assert "gm-vae-1 may still run on Flink (it does not end)" in left


def test_a_cluster_that_is_gone_is_one_sentence():
    with FlinkDouble() as flink:
        address = flink.address
    left = flink_rest.cancel(address, "gm-vae-1", appear_seconds=0)
    assert re.search(r"may still run on Flink \(.*refused.*its ID is in http.*/overview", left)
