"""Settings for a developer's own machine: debugging on, nothing secret."""

from environs import env

from .base import *  # noqa: F403
from .cache import *  # noqa: F403
from .database import *  # noqa: F403
from .forms import *  # noqa: F403
from .handover import *  # noqa: F403
from .logs import *  # noqa: F403
from .mail import *  # noqa: F403
from .security import *  # noqa: F403

DEBUG = True
SECRET_KEY = env.str("SECRET_KEY", default="a-key-for-development-only-that-production-refuses-to-start-with")
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
