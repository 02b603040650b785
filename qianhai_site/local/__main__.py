"""Which part of the local run is asked for? `python -m qianhai_site.local --help` lists them."""

import argparse
import os
import signal
import sys

from . import LocalError


def main(arguments: list[str]) -> int:
    """Carry out one command; return its exit code. What cannot be done is told in one line."""
    parser = argparse.ArgumentParser(prog="python -m qianhai_site.local", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, purpose in (("run", "serve the site as production would"), ("dev", "the same, for developers")):
        serving = commands.add_parser(name, help=purpose)
        serving.add_argument("--host", default=os.environ.get("HOST") or "127.0.0.1")
        serving.add_argument("--port", default=os.environ.get("PORT") or "8000")
    commands.add_parser("test", help="run pytest; what follows is passed on", add_help=False)
    commands.add_parser("check", help="check style, types, imports, templates and migrations")
    commands.add_parser("manage", help="run manage.py on the local run's rows", add_help=False)
    commands.add_parser("clean", help="delete the local run's rows, files and secrets")
    known, rest = parser.parse_known_args(arguments)
    if rest and known.command not in {"test", "manage"}:
        parser.error(f"unknown: {' '.join(rest)}")
    try:
        return _carry_out(known, rest)
    except LocalError as error:
        print(error, file=sys.stderr, flush=True)
        return 1
    except KeyboardInterrupt:
        return 130


def _carry_out(known: argparse.Namespace, rest: list[str]) -> int:
    # Imported when needed: each command pays for its own parts alone.
    from . import commands, site  # noqa: PLC0415

    if known.command in {"run", "dev"}:
        if not known.port.isdecimal() or not 0 < int(known.port) < 65_500:
            raise LocalError(f"PORT is {known.port!r}: it must be a number from 1 to 65499.")
        site.run(known.host, int(known.port), development=known.command == "dev")
        return 0
    # So that databases and folders of a moment go with us.
    signal.signal(signal.SIGTERM, _end)
    simple = {"check": commands.check, "clean": commands.clean}
    if known.command in simple:
        return simple[known.command]()
    return commands.test(rest) if known.command == "test" else commands.manage(rest)


def _end(*_signal: object) -> None:
    signal.signal(signal.SIGTERM, lambda *_: None)  # A second one must not cut the clearing up short.
    raise SystemExit(128 + signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
