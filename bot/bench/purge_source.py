"""The Business Central that is purged: one problem with many entries, in a process of its own, with the
documented request limits by the machine's clock."""

from __future__ import annotations

import argparse
import contextlib
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta

import uvicorn

from bot.bench.place import Running
from bot.bench.source import PREFIX
from bot.clock import SystemClock
from bot.simulator.businesscentral import BusinessCentralSimulator, SimulatedCompany
from bot.simulator.businesscentral.rows import SynchDirection
from bot.simulator.serving import loopback

ANSWER_SECONDS = 0.04
"""Time that Business Central takes for a request, a batch included: with 5 at a time 125 requests a second,
six times what its limits let last."""
_RECORDS = 1_000
_MESSAGE = "Currency Code XYZ must be coupled to a record in Dataverse."


def company_with(errors: int) -> SimulatedCompany:
    """A company with that many entries, all some hours old. Ids follow from the order of writing alone."""
    clock = SystemClock()
    company = SimulatedCompany(clock=clock)
    began = clock.now() - timedelta(hours=6)
    job = company.begin_job("CUSTOMER", SynchDirection.TO_DATAVERSE, began)
    for number in range(errors):
        company.log_error(
            message=_MESSAGE,
            source=f"Customer: {10_000 + number % _RECORDS}",
            logged_at=began + timedelta(hours=1) * (number / errors),
            job=job,
        )
    return company


@contextlib.contextmanager
def purged_in_its_own_process(errors: int) -> Iterator[Running]:
    """Serve ``company_with`` that many, until the end. Raises RuntimeError where it does not start."""
    command = [sys.executable, "-m", "bot.bench.purge_source", "--errors", str(errors)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 # our own
        try:
            assert process.stdout is not None  # noqa: S101 # it was asked for
            line = process.stdout.readline().split()
            if len(line) != 2:
                raise RuntimeError("the simulated Business Central does not start")
            yield Running(f"http://127.0.0.1:{line[0]}{PREFIX}", line[1])
        finally:
            process.terminate()


def serve() -> None:
    """Entry point of that process: prints port and company, then serves."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--errors", type=int, required=True)
    errors = parser.parse_args().errors
    company = company_with(errors)
    _, tenant, environment = PREFIX.strip("/").split("/")
    simulator = BusinessCentralSimulator(
        clock=SystemClock(), tenant=tenant, environment=environment, companies=[company]
    )
    simulator.faults.relative_next_link()  # served under another name than its own
    simulator.faults.slow(ANSWER_SECONDS, times=errors)  # more than there are requests
    server = uvicorn.Server(uvicorn.Config(simulator.app, log_level="error"))
    listener = loopback()
    sys.stdout.write(f"{listener.getsockname()[1]} {company.id}\n")
    sys.stdout.flush()
    server.run(sockets=[listener])


if __name__ == "__main__":
    serve()
