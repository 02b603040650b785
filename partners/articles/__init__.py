"""Sponsors' articles: their pages, body blocks, disclosure, listings and import."""
