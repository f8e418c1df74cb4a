"""Cookies, content policy and sign-in."""

from csp.constants import NONE, SELF

from shop.environment import env, env_flag
from shop.settings.business import DEMO_MODE, DIGITAL_FILE_MAX_MB, IMPORT_MAX_MB, STRIPE_API_BASE

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/account/"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
# Owners, managers and finance of a merchant and all operators need a second factor; the demo's logins work by password alone.
MFA_REQUIRED = env_flag("MFA_REQUIRED", default=not DEMO_MODE)
MFA_ADAPTER = "accounts.second_factor.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_FORMS = {
    "add_webauthn": "storefront.forms.second_factor.AddPasskeyForm",
    "edit_webauthn": "storefront.forms.second_factor.RenamePasskeyForm",
    "login_webauthn": "storefront.forms.second_factor.SignInByPasskeyForm",
    "authenticate_webauthn": "storefront.forms.second_factor.SecondStepByPasskeyForm",
    "reauthenticate_webauthn": "storefront.forms.second_factor.AgainByPasskeyForm",
}
# allauth limits sign-in, sign-up and reset per address and per account by default. Behind our proxy the address is the one it names.
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if env_flag("BEHIND_PROXY") else 0

HTTPS = env_flag("HTTPS")
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS  # browsers allow passkeys without HTTPS at localhost only
SESSION_ENGINE = "core.sessions"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$"]  # asked from inside, before any proxy
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env_flag("BEHIND_PROXY") else None
# Only where a proxy sets this header itself: a visitor could write anything into it.
COUNTRY_HEADER = env("COUNTRY_HEADER")
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5_000_000
# The largest files that may be sent at once, in millions of bytes, by the name of the address; others take none.
FILES_MAX_MB = {
    "image-search": 20,
    "sell-apply": 11,
    **dict.fromkeys(["review", "own-review-edit", "own-review-add", "complain", "case-act"], 60),
    **dict.fromkeys(["merchant:catalog_product_add", "merchant:catalog_product_change"], 100),
    "merchant:imports": IMPORT_MAX_MB,
    "merchant:digital-files": DIGITAL_FILE_MAX_MB,
    "admin:payments_bankline_import": 5,
    "admin:core_exchangerate_add": 10,
}
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        # A form that leads to the provider's page; under another address of its API it has its pages there too.
        "form-action": [SELF, "https://checkout.stripe.com", *([] if STRIPE_API_BASE == "https://api.stripe.com" else [STRIPE_API_BASE])],
        "frame-ancestors": [NONE],
    },
}
