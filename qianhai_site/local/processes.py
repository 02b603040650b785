"""How do the site's processes live together: started as one, revived when they die, ended as one?"""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterable
from dataclasses import dataclass, field

import psutil

from . import places

# Names, in every process of one run, the run it belongs to: so the leftovers of a killed run can be told from others.
MARK = "QIANHAI_LOCAL_RUN"
# Names the child as well, in it and in all that it starts.
CHILD = "QIANHAI_LOCAL_CHILD"
LONGEST_PAUSE = 30.0
# A process that lived this long (seconds) was well: its next death starts the pauses anew.
WELL_AFTER = 30.0


@dataclass
class Child:
    """One process of the site that is started again whenever it ends by itself."""

    name: str
    command: list[str]
    environment: dict[str, str]
    # Whether it runs the site's own code, and so starts again when that changes.
    reloads: bool = False
    process: subprocess.Popen[bytes] | None = None
    deaths: int = 0
    _started: float = 0.0
    _due: float = 0.0
    _expected: bool = field(default=False, repr=False)

    def start(self) -> None:
        """Start the process, in our process group, deaf to the terminal's Ctrl-C.

        Ctrl-C goes to the whole group; a worker that also got the orderly end afterwards would take the second signal
        for impatience and drop what it is sending.
        """
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            self.process = subprocess.Popen(
                places.leashed(signal.SIGTERM, self.command),
                cwd=places.REPOSITORY,
                env={**self.environment, CHILD: self.name},
                stdin=subprocess.DEVNULL,
            )
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        self._started = time.monotonic()
        self._expected = False

    @property
    def is_running(self) -> bool:
        """Tell whether the process lives."""
        return self.process is not None and self.process.poll() is None

    def restart(self) -> None:
        """Ask the process to end; the next look starts it again at once and calls it no death."""
        self._expected = True
        self.ask_to_end()

    def look_after(self) -> str | None:
        """Start the process again if it has ended and its pause is over. Return a line to print, if there is news."""
        if self.process is None:
            if time.monotonic() >= self._due:
                self.start()
            return None
        code = self.process.poll()
        if code is None:
            return None
        self.process = None
        # A web server that was killed leaves its workers behind, still listening on the port.
        end_marked(self.environment[MARK], self.name, seconds=1.0)
        if self._expected:
            return None
        if time.monotonic() - self._started > WELL_AFTER:
            self.deaths = 0
        pause = min(0.5 * 2**self.deaths, LONGEST_PAUSE)
        self.deaths += 1
        self._due = time.monotonic() + pause
        return f"The {self.name} has ended ({describe(code)}); it is started again in {pause:g} s."

    def ask_to_end(self) -> None:
        """Send the signal for an orderly end."""
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End the process at once, with all that it has started."""
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        end_marked(self.environment[MARK], self.name)


def describe(code: int) -> str:
    """Return words for the return code of a process."""
    if code >= 0:
        return f"exit code {code}"
    with contextlib.suppress(ValueError):
        return signal.Signals(-code).name
    return f"signal {-code}"


def end_all(children: Iterable[Child], seconds: float) -> None:
    """End `children`: in good order within `seconds`, by force after that."""
    living = [child for child in children if child.is_running]
    for child in living:
        child.ask_to_end()
    deadline = time.monotonic() + seconds
    for child in living:
        if child.process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.process.wait(max(0.0, deadline - time.monotonic()))
    for child in living:
        child.kill()


def end_marked(mark: str, child: str | None = None, seconds: float = 5.0) -> list[str]:
    """End every process of the run `mark`, or of its `child` alone, whoever the parent is now.

    Those that do not end within `seconds` are killed. Return what they were.
    """
    wanted = {MARK: mark} | ({CHILD: child} if child else {})
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.pid != os.getpid() and wanted.items() <= process.environ().items():
                found.append(process)
    names = []
    for process in found:
        with contextlib.suppress(psutil.Error):
            names.append(f"{process.pid} ({process.name()})")
            process.terminate()
    _, stubborn = psutil.wait_procs(found, seconds)
    for process in stubborn:
        with contextlib.suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(stubborn, seconds)
    return names
