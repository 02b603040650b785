"""Brochures, the form that asks for one, what is kept of a request, and the letter that carries it."""
