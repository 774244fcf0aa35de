"""The Business Central that is read: in this process with answers that are ready, or in one of its own."""

from __future__ import annotations

import argparse
import contextlib
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import uvicorn

from bot.bench.place import Running
from bot.clock import ManualClock, SystemClock
from bot.simulator.businesscentral import API_HOST, BusinessCentralSimulator, believable_company
from bot.simulator.serving import loopback

_TENANT = "bench"
_ENVIRONMENT = "Production"
_NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
_HALF_A_MONTH = timedelta(days=15)

PREFIX = f"/v2.0/{_TENANT}/{_ENVIRONMENT}"
ADDRESS = f"https://{API_HOST}{PREFIX}"


class HurriedClock(SystemClock):
    """Lets the second half of a month pass within ``seconds`` of real time, ending at ``until``."""

    def __init__(self, until: datetime, seconds: float) -> None:
        self._start = until - _HALF_A_MONTH
        self._factor = _HALF_A_MONTH / timedelta(seconds=seconds)
        self._begun = time.monotonic()

    def now(self) -> datetime:
        return self._start + timedelta(seconds=(time.monotonic() - self._begun) * self._factor)


def simulated(errors: int, appear_within: float = 0.0) -> tuple[BusinessCentralSimulator, str]:
    """A simulator that asks nobody to sign in, and the id of its company with that many errors.

    Where ``appear_within`` is not 0, the later half of them appears in that many seconds from now.
    """
    written = ManualClock(_NOW)
    company = believable_company(written, errors=errors)
    clock = HurriedClock(_NOW, appear_within) if appear_within else written
    simulator = BusinessCentralSimulator(
        clock=clock, entra=None, tenant=_TENANT, environment=_ENVIRONMENT, companies=[company]
    )
    return simulator, company.id


class Recorded(httpx.AsyncBaseTransport):
    """Answers as the inner transport did the first time: from then on asking costs nearly nothing."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner
        self._answers: dict[str, httpx.Response] = {}
        self.requests = 0

    @property
    def pages(self) -> list[bytes]:
        """Bodies of the pages of errors, in the order in which they were asked for first."""
        return [answer.content for url, answer in self._answers.items() if "/syncErrors?" in url]

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests += 1
        url = str(request.url)
        answer = self._answers.get(url)
        if answer is None:
            answer = await self._inner.handle_async_request(request)
            await answer.aread()
            self._answers[url] = answer
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)


@contextlib.contextmanager
def in_its_own_process(errors: int, appear_within: float = 0.0) -> Iterator[Running]:
    """Serve what ``simulated`` gives, until the end. Raises RuntimeError where it does not start."""
    command = [
        *(sys.executable, "-m", "bot.bench.source"),
        *("--errors", str(errors), "--appear-within", str(appear_within)),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 # our own
        try:
            assert process.stdout is not None  # noqa: S101 # it was asked for
            line = process.stdout.readline().split()
            if len(line) != 2:
                raise RuntimeError("the simulated Business Central does not start")
            port, company = line
            yield Running(f"http://127.0.0.1:{port}{PREFIX}", company)
        finally:
            process.terminate()


def serve() -> None:
    """Entry point of that process: prints port and company, then serves."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--errors", type=int, required=True)
    parser.add_argument("--appear-within", type=float, required=True)
    wanted = parser.parse_args()
    simulator, company = simulated(wanted.errors, wanted.appear_within)
    # It is served under another name than its own, so that absolute links would lead elsewhere.
    simulator.faults.relative_next_link()
    server = uvicorn.Server(uvicorn.Config(simulator.app, log_level="error"))
    listener = loopback()
    sys.stdout.write(f"{listener.getsockname()[1]} {company}\n")
    sys.stdout.flush()
    server.run(sockets=[listener])


if __name__ == "__main__":
    serve()
