"""What does one machine need to run, try and test the site without any set-up?"""


class LocalError(Exception):
    """Something stops the local run; the message is one line that also says how to mend it."""
