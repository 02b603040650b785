"""How do requests leave for other systems: how long may a webhook take, and how often may the API be read?"""

import ipaddress

from environs import env

# Seconds that one attempt at a webhook takes at most, from looking up the name to the receiver's answer.
WEBHOOK_SECONDS = env.float("WEBHOOK_SECONDS", default=15.0)
# Networks (CIDR) of our own that webhooks may go to beside the public internet.
WEBHOOK_NETWORKS: list[str] = env.list("WEBHOOK_NETWORKS", default=[])
for _network in WEBHOOK_NETWORKS:
    ipaddress.ip_network(_network)  # raises ValueError at the start rather than at the first webhook
# Reads by one token within a minute.
API_READS_PER_MINUTE = env.int("API_READS_PER_MINUTE", default=120)
