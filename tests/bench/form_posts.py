"""How many forms a second are taken, whatever the mail server does, beside a bare Django view that keeps one row?

The real site with its worker, on a server that writes before it says so; a mail server of ours in turn healthy, down,
hung and slow, and a worker that is held.
"""

import itertools
import statistics
import sys
from contextlib import ExitStack

from qianhai_site.local import LocalError
from tests.bench.forms import CONNECTIONS, HELD, Posts, Round
from tests.bench.mail_states import SLOW_SECONDS, STATES

# Short rounds by turns, each state first once: what else the machine does hits all alike.
ROUNDS, POSTS = 4, 128
# A bare row is quick: so many more are measured for as long.
BARE_POSTS = 800
# The quicker peer (bakerydemo by gunicorn, on a database that writes before it says so as well) took so many forms a
# second, without mail and with a mail server that answers at once, and a bare Django view with default middleware gave
# so many answers, in the same quarter of an hour. What is left of such figures on another machine is their ratio.
BEST_PEER, BEST_PEER_WITH_MAIL, BARE_THEN = 138, 116, 12_800
TIMES = 5


def bench() -> int:
    """Print what was measured; return 0. Raises LocalError where the site runs already or a form is lost."""
    with ExitStack() as stack:
        it = Posts(stack)
        print(f"{it.form}, {POSTS} forms a round, {ROUNDS} rounds, {CONNECTIONS} connections; {it.durable}")
        it.round("healthy", POSTS)
        it.bare_round(200)
        found: dict[str, list[Round]] = {state: [] for state in (*STATES, HELD, "bare")}
        pages_a_second = []
        letters = 0
        for number in range(ROUNDS):
            first = number % len(STATES)
            for state in (*STATES[first:], *STATES[:first]):
                found[state].append(it.round(state, POSTS))
                letters += it.sent() if state == "healthy" else 0
            found[HELD].append(it.round(HELD, POSTS))
            found["bare"].append(it.bare_round(BARE_POSTS))
            pages_a_second.append(it.bare_answers())
        print(f"{'':52}{'forms/s':>10}{'p50 ms':>9}{'p99 ms':>9}{'of healthy':>12}")
        rates = {name: _rate(rounds) for name, rounds in found.items()}
        lines = {
            "healthy": f"mail server healthy ({letters} letters left meanwhile)",
            "down": "down: refuses connections",
            "hung": "hung: takes connections, says nothing",
            "slow": f"slow: {SLOW_SECONDS:g} s for each word",
            HELD: "no letter is sent: the worker is held",
            "bare": "bare Django view, default middleware, one row",
        }
        for name, words in lines.items():
            times = sorted(itertools.chain.from_iterable(it.times for it in found[name]))
            hundredths = statistics.quantiles(times, n=100)
            share = rates[name] / rates["healthy"]
            print(f"{words:52}{rates[name]:10.0f}{hundredths[49]:9.1f}{hundredths[98]:9.1f}{share:12.2f}", flush=True)
        # Each round against the healthy one beside it.
        shares = {
            state: statistics.median(
                it.rate / well.rate for it, well in zip(found[state], found["healthy"], strict=True)
            )
            for state in STATES
        }
        healthy = rates["healthy"]
        said = ", ".join(f"{state} {shares[state]:.2f}" for state in STATES[1:])
        print(f"\nagainst healthy, middle of the rounds: {said}   goal 0.95 at least")
        print(f"healthy / the bare view that keeps one row           {healthy / rates['bare']:8.3f}")
        bare = statistics.median(pages_a_second)
        print(f"bare Django view, default middleware, a page         {bare:8.0f} answers/s")
        print(f"{TIMES} x what the best peer took of such a view, beside ours:")
        for words, rate, state in (
            ("with an instant mail server, healthy", BEST_PEER_WITH_MAIL, "healthy"),
            ("without mail, the worker held", BEST_PEER, HELD),
        ):
            goal, ours = TIMES * rate / BARE_THEN, rates[state] / bare
            print(f"  {words:51}{goal:8.4f}{ours:9.4f}, {TIMES * ours / goal:.1f} x")
    return 0


def _rate(rounds: list[Round]) -> float:
    """Return the forms a second of all rounds together."""
    return sum(len(it.times) for it in rounds) / sum(len(it.times) / it.rate for it in rounds)


if __name__ == "__main__":
    try:
        sys.exit(bench())
    except LocalError as error:
        sys.exit(str(error))
