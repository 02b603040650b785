"""Requests leave for other systems: signed webhooks, and an API to read."""
