"""The settings of production, for journeys: only the encoder of pictures is in a hurry."""

from qianhai_site.settings.production import *  # noqa: F403
from qianhai_site.settings.quick_encoding import encode_quickly

encode_quickly()
