"""Settings for the tests: the live path, differing from production in speed only."""

import tempfile
from pathlib import Path

from environs import env

from .base import *  # noqa: F403
from .base import STORAGES
from .cache import *  # noqa: F403
from .database import *  # noqa: F403
from .forms import *  # noqa: F403
from .handover import *  # noqa: F403
from .logs import *  # noqa: F403
from .mail import *  # noqa: F403
from .quick_encoding import compress_quickly, encode_quickly
from .security import *  # noqa: F403

DEBUG = False
SECRET_KEY = env.str("SECRET_KEY", default="the-key-of-the-tests-" + "0123456789abcdef" * 3)
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "testserver"]
# Hashing a password well takes a quarter of a second; the tests log in hundreds of times.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
encode_quickly()
compress_quickly()
# Each run writes its files into a folder of its own; a child process is told the folder of its parent.
DATA_DIR = Path(env.str("TEST_DATA_DIR", default="") or tempfile.mkdtemp(prefix="qianhai-test-"))
MEDIA_ROOT = DATA_DIR / "media"
PRIVATE_ROOT = DATA_DIR / "private"
STATIC_ROOT = DATA_DIR / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
STORAGES["private"] = {**STORAGES["private"], "OPTIONS": {"location": PRIVATE_ROOT}}
# Tests answer a form at once. Those that are about the time set it.
FORM_MIN_SECONDS = 0.0
