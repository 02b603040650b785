"""Processes that encode in a hurry: Python imports this at its start if the folder is on its path."""

from qianhai_site.settings.quick_encoding import compress_quickly, encode_quickly

encode_quickly()
compress_quickly()
