"""Which programs say of themselves that they are robots?"""

import re

# 'Cubot' is a make of telephone.
_ROBOTS = re.compile(
    r"(?<!cu)bot\b|bot/|crawl|spider|slurp|scanner|preview|prefetch|headless|phantomjs|curl|wget|python|perl|ruby"
    r"|java/|go-http|okhttp|libwww|http-?client|axios|node-fetch|facebookexternalhit|whatsapp|telegram|imageproxy"
    r"|barracuda|proofpoint|mimecast|symantec|sophos|trendmicro|forcepoint|fireeye|safelinks|lighthouse|pingdom"
    r"|googleother|google-|mediapartners|ia_archiver|archive\.org|puppeteer|playwright|selenium|uptime|monitor",
    re.IGNORECASE,
)


def names_a_robot(program: str) -> bool:
    """Say whether `program`, a User-Agent (RFC 9110, 10.1.5), is empty or that of a robot, scanner or tool."""
    return not program or _ROBOTS.search(program) is not None
