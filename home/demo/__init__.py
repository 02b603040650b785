"""The demo: what a new site shows before its editors have written anything."""
