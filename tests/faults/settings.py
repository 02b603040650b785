"""The tests' settings with the tests' letters, for the worker that the fault tests start."""

from qianhai_site.settings.test import *  # noqa: F403
from qianhai_site.settings.test import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.faults.apps.FaultsConfig"]
