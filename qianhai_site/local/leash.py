"""How does a process end when the process that started it is killed?

Run by its path, before the command proper: `python -I -S leash.py SIGNAL PARENT USER COMMAND...`.
It asks the kernel to send SIGNAL (a number) when PARENT (a process id) is gone, becomes USER ('-' stays as it is) and
then turns into COMMAND, keeping its process id. The kernel counts the *thread* that started us as the parent: start
leashed commands from a thread that lives as long as they should.

Done here and not by subprocess's preexec_fn, which may deadlock in a process that has threads. Only Linux has such
a request; elsewhere the next start clears up what a killed run has left.
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1  # linux/prctl.h


def main(arguments: list[str]) -> None:
    """Become the command named in `arguments`; see the module's docstring for their order."""
    signal_number, parent, user, *command = arguments
    if user != "-":
        import pwd  # noqa: PLC0415  not on every platform, and needed by root alone

        account = pwd.getpwnam(user)
        os.setgroups([])
        os.setgid(account.pw_gid)
        os.setuid(account.pw_uid)
    # After the change of user, which clears the request: prctl(2).
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, int(signal_number))
        if os.getppid() != int(parent):  # It died before we asked.
            sys.exit(1)
    os.execvp(command[0], command)  # noqa: S606  the command is our own


if __name__ == "__main__":
    main(sys.argv[1:])
