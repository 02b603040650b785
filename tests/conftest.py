"""What every test may rely on: a site with its first pages, files in a folder of the run, mail that goes nowhere."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings


@pytest.fixture(scope="session", autouse=True)
def files_of_this_run() -> Iterator[Path]:
    """Remove what the tests wrote into media and private storage when the run is over."""
    folder = Path(settings.DATA_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)
