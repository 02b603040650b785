"""Which headers, cookies and content policies protect visitors and editors?"""

from django.utils.csp import CSP
from environs import env, validate

VIDEO_HOSTS = ["https://www.youtube-nocookie.com", "https://player.vimeo.com", "https://player.bilibili.com"]

# Public pages: no inline script or style, no nonce, so that one answer serves every visitor and any cache.
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "frame-src": [CSP.SELF, *VIDEO_HOSTS],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}
# The admin: Wagtail 8's date widgets emit bare <script> elements, which a nonce in the policy would block.
ADMIN_CSP = {
    **SECURE_CSP,
    "script-src": [CSP.SELF, CSP.UNSAFE_INLINE],
    "style-src": [CSP.SELF, CSP.UNSAFE_INLINE],
    "img-src": [CSP.SELF, "data:", "blob:"],
    "worker-src": [CSP.SELF, "blob:"],
    "frame-ancestors": [CSP.SELF],
}
# A public page as the editor shows it, in a frame beside the form.
PREVIEW_CSP = {**SECURE_CSP, "frame-ancestors": [CSP.SELF]}
# Paths that answer under ADMIN_CSP.
ADMIN_CSP_PATHS = ("/admin/",)

X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

# Wrong passwords that are looked at, of log-ins, private pages and documents: within 15 minutes from one network (/24
# or /48) for one account, and for all of them; within an hour from all networks for one account. docs/security.md
PASSWORD_ATTEMPTS = env.int("PASSWORD_ATTEMPTS", default=10, validate=validate.Range(min=1))
PASSWORD_ATTEMPTS_NETWORK = env.int("PASSWORD_ATTEMPTS_NETWORK", default=60, validate=validate.Range(min=1))
PASSWORD_ATTEMPTS_ACCOUNT = env.int("PASSWORD_ATTEMPTS_ACCOUNT", default=100, validate=validate.Range(min=1))
# Letters that lead to a new password of the admin: to one mailbox within six hours, and asked for from one network
# within an hour.
PASSWORD_RESETS = env.int("PASSWORD_RESETS", default=3, validate=validate.Range(min=1))
PASSWORD_RESETS_NETWORK = env.int("PASSWORD_RESETS_NETWORK", default=20, validate=validate.Range(min=1))

# Who bears it may read /metrics; without it the address does not exist.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
