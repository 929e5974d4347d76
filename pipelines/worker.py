"""A cluster worker: `gm-vae-worker`, started by the runner on each machine.

    --environment_type=PROCESS --environment_options=process_command=$PWD/.venv/bin/gm-vae-worker

Beam's containers include a program that asks the runner where to connect before it starts Python.
On machines with this package installed, nothing else of a container is needed.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from gm_vae.console import print_anything


def main(arguments: Sequence[str] | None = None) -> int:
    """Work for a runner until it closes the connection.

    Args:
        arguments: "--id" and "--provision_endpoint" as Beam's runners give them; other arguments of
            a container are accepted. The arguments of the process if None.
    """
    print_anything()
    parser = argparse.ArgumentParser(prog="gm-vae-worker", description=__doc__.split("\n")[0])
    parser.add_argument("--id", required=True, type=_unquoted)
    parser.add_argument("--provision_endpoint", required=True, help="HOST:PORT of the runner")
    flags, _ = parser.parse_known_args(arguments)
    os.environ.update(_environment(flags.id, flags.provision_endpoint))

    from apache_beam.runners.worker import sdk_worker_main

    sdk_worker_main.main(None)
    return 0


def _environment(worker_id: str, endpoint: str) -> dict[str, str]:
    """Set the environment variables that Beam's worker reads."""
    import grpc
    from apache_beam.portability.api import beam_provision_api_pb2, beam_provision_api_pb2_grpc
    from google.protobuf import json_format, text_format

    with grpc.insecure_channel(endpoint) as channel:
        stub = beam_provision_api_pb2_grpc.ProvisionServiceStub(channel)
        request = beam_provision_api_pb2.GetProvisionInfoRequest()
        info = stub.GetProvisionInfo(request, metadata=[("worker_id", worker_id)]).info
    return {
        "WORKER_ID": worker_id,
        "PIPELINE_OPTIONS": json_format.MessageToJson(info.pipeline_options),
        "CONTROL_API_SERVICE_DESCRIPTOR": text_format.MessageToString(info.control_endpoint),
        "LOGGING_API_SERVICE_DESCRIPTOR": text_format.MessageToString(info.logging_endpoint),
        "RUNNER_CAPABILITIES": " ".join(info.runner_capabilities),
    }


def _unquoted(worker_id: str) -> str:
    return worker_id.strip("'")  # Prism quotes it for a shell but does not use one


if __name__ == "__main__":
    sys.exit(main())
