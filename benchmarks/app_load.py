"""Twenty people at once: how long their levers take, and how much memory each of them holds."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import random
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.app_session import AppSession

SESSIONS = 20
EVERY_S = 10.0  # each moves a lever so often
ROUNDS = 4
LEVER = "Chat volume, %"
LIMIT_S = 60.0
# A closed tab may come back for two minutes (`server.disconnectedSessionTTL`).
CLOSED_S = 130.0
# Idle is who has all answers: twenty open pages still look now and then what goes on.
REST_S, RESTING, REST_LIMIT_S = 2.0, 0.4, 180.0


async def load(address: str, server: int) -> dict[str, Any]:
    """
    Open sessions, let each move a lever again and again, leave them idle, close them.

    Parameters
    ----------
    address
        Where the app is served; what the first visitor waits for must be there.
    server
        Process of the server, whose memory is read.

    Returns
    -------
    dict
        `load20_p50_s`, `load20_p95_s` (from a lever's move until the finished run that has the
        new figures), `load20_errors`, `session_mb` (of an idle session after its levers),
        `session_mb_opened` (before), `session_mb_kept` (after all were closed).
    """
    waits: list[float] = []
    errors: list[str] = []
    async with AppSession(address, "what-if") as first:
        await first.until(has_figures, 600)
        before = memory_mb(server)
        async with contextlib.AsyncExitStack() as doors:
            sessions = []
            for _ in range(SESSIONS):
                sessions.append(await doors.enter_async_context(AppSession(address, "what-if")))
                await sessions[-1].until(has_figures, LIMIT_S)
            await asyncio.sleep(5)
            opened = memory_mb(server)
            chance = random.Random(1)
            people = [_person(one, chance.random(), waits, errors) for one in sessions]
            await asyncio.gather(*people)
            errors += [error for one in sessions for error in one.errors]
            await _rested(server)  # the later looks of the last levers go on
            idle = memory_mb(server)
        await asyncio.sleep(CLOSED_S)
        closed = memory_mb(server)
    return {
        "load20_p50_s": float(np.quantile(waits, 0.5)) if waits else None,
        "load20_p95_s": float(np.quantile(waits, 0.95)) if waits else None,
        "load20_errors": len(errors),
        "load20_error_texts": errors[:5],
        "load20_levers": len(waits),
        "session_mb": (idle - before) / SESSIONS,
        "session_mb_opened": (opened - before) / SESSIONS,
        "session_mb_kept": (closed - before) / SESSIONS,
    }


def has_figures(session: AppSession) -> bool:
    """Whether the page shows the figures of a rehearsal."""
    return sum(1 for _ in session.of_kind("metric")) >= 2


async def _person(session: AppSession, start: float, waits: list[float], errors: list[str]) -> None:
    """Somebody who moves a lever every ten seconds, to a place where it has not been."""
    await asyncio.sleep(start * EVERY_S)
    for turn in range(ROUNDS):
        began = time.perf_counter()
        # Everybody asks another question, so that nobody is served from another's answer.
        position = 5.0 * (1 + (round(start * 1000) + 7 * turn) % 39)
        told = f"Moved: {LEVER}: {position:g}"

        def answered(one: AppSession, told: str = told) -> bool:
            return one.says(told) and has_figures(one)

        await session.move(LEVER, position)
        try:
            await session.until(answered, LIMIT_S)
            waits.append(time.perf_counter() - began)
        except TimeoutError:
            errors.append(f"no answer within {LIMIT_S:g} s")
        await asyncio.sleep(max(0.0, EVERY_S - (time.perf_counter() - began)))


async def _rested(process: int) -> None:
    """Wait until a process has hardly worked for some seconds."""
    until = time.perf_counter() + REST_LIMIT_S
    before, calm = worked_s(process), 0
    while calm < 3 and time.perf_counter() < until:
        await asyncio.sleep(REST_S)
        now = worked_s(process)
        calm = calm + 1 if now - before < RESTING * REST_S else 0
        before = now


def worked_s(process: int) -> float:
    """Processor seconds that a process has used so far."""
    fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_mb(process: int) -> float:
    """Memory that a process holds, in megabytes."""
    gc.collect()
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1000
    raise ProcessLookupError(process)
