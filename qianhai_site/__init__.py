"""The shell: composes the apps into one site, decides nothing, and is imported by no app."""
