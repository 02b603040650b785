"""Runs the web server as `python -m qianhai_site.serving` does, but forms that wait for their thread are patient.

On a machine that is busy with other things one form takes so long that those behind it go to other threads, as they
should. Whoever wants to see them written together can wait for that.
"""

import runpy

from qianhai_site import form_lane

# The processes that answer are forked from this one, and have what it has.
form_lane.PATIENCE_SECONDS = form_lane.COMMIT_PATIENCE_SECONDS = form_lane.MOST_WAITING_SECONDS = 30.0

if __name__ == "__main__":
    runpy.run_module("qianhai_site.serving", run_name="__main__", alter_sys=True)
