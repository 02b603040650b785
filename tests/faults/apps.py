"""An app for the worker that the fault tests start: it knows the tests' letters."""

from pathlib import Path

from django.apps import AppConfig


class FaultsConfig(AppConfig):
    """Registers the tests' letters in a process that pytest does not run."""

    name = "tests.faults"
    path = str(Path(__file__).parent)

    def ready(self) -> None:
        from tests.faults import letters

        letters.register()
