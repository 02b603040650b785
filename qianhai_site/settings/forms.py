"""How much may the public forms be used, and what is asked of those who use them? docs/security.md has the reasons."""

from environs import env, validate

# How many proxies stand between visitors and this site, each appending to X-Forwarded-For. 0: the header is not read.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)

# Seconds from showing a form to its sending below which no person can have filled it in.
FORM_MIN_SECONDS = env.float("FORM_MIN_SECONDS", default=1.0)

# Letters that one network (/24 or /48) may cause in an hour, one mailbox may be sent in a day, with one brochure and in
# all, and all forms may cause in an hour, together.
FORM_NETWORK_PER_HOUR = env.int("FORM_NETWORK_PER_HOUR", default=30)
FORM_MAILBOX_PER_DAY = env.int("FORM_MAILBOX_PER_DAY", default=3)
FORM_MAILBOX_ALL_PER_DAY = env.int("FORM_MAILBOX_ALL_PER_DAY", default=12)
FORM_MAILS_PER_HOUR = env.int("FORM_MAILS_PER_HOUR", default=1000)

# The work of the puzzle, for forms whose editor asks for one: each bit doubles it. 16 take a phone a second or two.
FORM_PROOF_BITS = env.int("FORM_PROOF_BITS", default=16)

# Days that what a form's sender said is kept, where the form's own page says nothing else; and what was held back as
# spam and not released. docs/submissions.md, 'Forgetting'.
REQUEST_KEEP_DAYS = env.int("REQUEST_KEEP_DAYS", default=365, validate=validate.Range(min=1, max=36_500))
REQUEST_KEEP_SPAM_DAYS = env.int("REQUEST_KEEP_SPAM_DAYS", default=30, validate=validate.Range(min=1, max=36_500))

# Beacons that one network may have counted within an hour, by each process of the server: of one article and kind, and
# in all.
READS_NETWORK_PER_HOUR = env.int("READS_NETWORK_PER_HOUR", default=60)
READS_NETWORK_ALL_PER_HOUR = env.int("READS_NETWORK_ALL_PER_HOUR", default=1000)
