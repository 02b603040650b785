"""How do several programs run at the same time, and end with whoever started them?"""

import asyncio
import contextlib
import signal
import subprocess
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass

from . import places

# How long (seconds) a program may take to end once it is asked to.
PATIENCE = 10.0


@dataclass(frozen=True)
class Program:
    """What is to run, in the repository, and with which environment."""

    command: list[str]
    environment: dict[str, str]


def run(programs: Sequence[Program], at_a_time: int, tell: Callable[[int, int, str], None]) -> None:
    """Run `programs`, `at_a_time` of them; call `tell` with number, exit code and all output of each, in their order.

    Whoever ends us ends them: SIGTERM raises SystemExit and Ctrl-C KeyboardInterrupt, once none of them runs any more,
    and the kernel sends them SIGTERM where we are killed. To be called from the main thread.
    """
    before = signal.getsignal(signal.SIGTERM)
    try:
        asyncio.run(_heeding_sigterm(_run(programs, at_a_time, tell)))
    except asyncio.CancelledError:
        raise SystemExit(128 + signal.SIGTERM) from None
    finally:
        signal.signal(signal.SIGTERM, before)


async def _heeding_sigterm(work: Coroutine[None, None, None]) -> None:
    task = asyncio.ensure_future(work)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    await task


async def _run(programs: Sequence[Program], at_a_time: int, tell: Callable[[int, int, str], None]) -> None:
    places_left = asyncio.Semaphore(at_a_time)
    running = [asyncio.create_task(_carry_out(program, places_left)) for program in programs]
    try:
        for number, program in enumerate(running):
            tell(number, *await program)
    finally:
        for program in running:
            program.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def _carry_out(program: Program, places_left: asyncio.Semaphore) -> tuple[int, str]:
    async with places_left:
        process = await asyncio.create_subprocess_exec(
            *places.leashed(signal.SIGTERM, program.command),
            cwd=places.REPOSITORY,
            env=program.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        try:
            output, _ = await process.communicate()
        finally:
            await _end(process)
        return process.returncode or 0, output.decode(errors="replace")


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), PATIENCE)
    except TimeoutError:
        process.kill()
        await process.wait()
