"""Signs in for Schemathesis, so that it gets to see what is behind the sign-in."""

import base64
import hashlib
import json
import os
import threading

import requests
import schemathesis
from requests.auth import HTTPBasicAuth

ORIGIN = os.environ["ORIGIN"]
ACCOUNT = json.loads(os.environ["ACCOUNT"])
SERVICE = json.loads(os.environ["SERVICE"])
VERIFIER = "a-verifier-that-is-long-enough-for-pkce-0123456789"


def access_token():
    digest = hashlib.sha256(VERIFIER.encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")

    def step(path, **members):
        return requests.post(f"{ORIGIN}{path}", data={"client_id": "vestibule", **members}, timeout=10).json()

    begun = step(
        "/oauth/authorize-challenge",
        response_type="code",
        code_challenge=challenge,
        code_challenge_method="S256",
        username=ACCOUNT["name"],
    )
    verified = step(
        "/oauth/authorize-challenge",
        auth_session=begun["auth_session"],
        uc_username=ACCOUNT["name"],
        password=ACCOUNT["password"],
    )
    tokens = step(
        "/oauth/token",
        grant_type="authorization_code",
        code=verified["authorization_code"],
        code_verifier=VERIFIER,
    )
    return tokens["access_token"]


class Session:
    """One that lasts until Schemathesis has ended it, which it does by listing sessions and deleting them."""

    def __init__(self):
        self.lock = threading.Lock()
        self.token = None

    def current(self):
        with self.lock:
            if self.token is None:
                self.token = access_token()
            return self.token

    def ended(self, token):
        with self.lock:
            if self.token == token:
                self.token = None


SESSION = Session()


schemathesis.auth.set_from_requests(HTTPBasicAuth(SERVICE["id"], SERVICE["secret"])).apply_to(path="/oauth/introspect")


@schemathesis.auth(refresh_interval=None, retry_on=[]).apply_to(path_regex="^/api/")
class SignedIn:
    def get(self, case, context):
        return SESSION.current()

    def set(self, case, data, context):
        case.headers = {**(case.headers or {}), "Authorization": f"Bearer {data}"}


@schemathesis.hook
def after_call(context, case, response):
    sent = response.request.headers.get("Authorization", "")
    if response.status_code == 401 and sent.startswith("Bearer "):
        SESSION.ended(sent.removeprefix("Bearer "))
