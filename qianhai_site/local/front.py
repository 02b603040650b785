"""How does the sample nginx run before a site on this machine, unprivileged and in a folder of its own?"""

import grp
import os
import pwd
import re
import socket
import subprocess
import time
from pathlib import Path

from . import LocalError, places, ports

SAMPLE = places.REPOSITORY / "deploy" / "nginx.conf"


def configuration(*, port: int, site_port: int, data: Path, home: Path, more: str = "") -> str:
    """Return the sample for this machine: only what its comments call different from place to place is another.

    `more` stands within the server, `home` takes what nginx writes. Raises LocalError where the sample has
    no such line any more.
    """
    text = SAMPLE.read_text()
    for line, ours in (
        ("user www-data;", f"user {_ourselves()};"),
        ("pid /run/nginx.pid;", f"pid {home}/nginx.pid;"),
        ("error_log /var/log/nginx/error.log", f"error_log {home}/error.log"),
        ("access_log /var/log/nginx/access.log", f"access_log {home}/access.log"),
        ("server 127.0.0.1:8000 ", f"server 127.0.0.1:{site_port} "),
        ("proxy_cache_path /dev/shm/qianhai-pages", f"proxy_cache_path {home}/pages"),
        ("listen 80;", f"listen 127.0.0.1:{port};"),
        ("listen 80 default_server", f"listen 127.0.0.1:{port} default_server"),
        ("server_name www.qianhai.example;", f"server_name 127.0.0.1;\n{more}"),
        ("set $data_dir /var/lib/qianhai-site;", f"set $data_dir {data};"),
        ("http {\n", "http {\n" + _temporary(home)),
    ):
        escaped = ours.replace("\\", "\\\\")
        text, count = re.subn(rf"^( *){re.escape(line)}", rf"\g<1>{escaped}", text, flags=re.MULTILINE)
        if not count:
            raise LocalError(f"{SAMPLE.name} should have '{line.strip()}'.")
    return text


def _ourselves() -> str:
    return f"{pwd.getpwuid(os.getuid()).pw_name} {grp.getgrgid(os.getgid()).gr_name}"


def _temporary(home: Path) -> str:
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    return "".join(f"    {kind}_temp_path {home}/{kind};\n" for kind in kinds)


class Front:
    """An nginx before the site at `site_port`, at `port`, until it is stopped."""

    def __init__(self, nginx: str, *, site_port: int, data: Path, home: Path, more: str = "") -> None:
        self.port = ports.free()
        self.home = home
        home.mkdir(exist_ok=True)
        file = home / "nginx.conf"
        file.write_text(configuration(port=self.port, site_port=site_port, data=data, home=home, more=more))
        self._log = home / "said.log"
        self._command = [nginx, "-p", str(home), "-c", str(file), "-e", f"{home}/error.log", "-g", "daemon off;"]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, seconds: float = 10) -> None:
        """Start it, and wait until it listens. Raises LocalError with its words where it does not."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(self._command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        end = time.monotonic() + seconds
        while time.monotonic() < end and self._process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.02)
        self.stop()
        raise LocalError(f"nginx does not start: {self._log.read_text()[-2000:]}")

    def stop(self) -> None:
        """End it, and wait for its end."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)
            self._process = None
