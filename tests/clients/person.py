"""Somebody who signs in, request by request."""

import base64
import hashlib
import os
import secrets

import requests
from joserfc import jwt
from joserfc.jwk import ECKey

ORIGIN = os.environ["ORIGIN"]
CLIENT = "vestibule"
VERIFIER = "a-verifier-that-is-long-enough-for-pkce-0123456789"


def sha256(text):
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")


CHALLENGE = sha256(VERIFIER)


def post(path, headers=None, **members):
    data = {"client_id": CLIENT, **members}
    return requests.post(f"{ORIGIN}{path}", data=data, headers=headers, timeout=10).json()


class Key:
    """What a client that knows DPoP (RFC 9449) has."""

    def __init__(self):
        self.key = ECKey.generate_key("P-256")

    def proof(self, method, path, token=None):
        nonce = requests.get(f"{ORIGIN}/.well-known/oauth-authorization-server", timeout=10).headers["DPoP-Nonce"]
        public = {name: self.key.as_dict(private=False)[name] for name in ("kty", "crv", "x", "y")}
        header = {"typ": "dpop+jwt", "alg": "ES256", "jwk": public}
        claims = {"jti": secrets.token_urlsafe(), "htm": method, "htu": f"{ORIGIN}{path}", "iat": 0, "nonce": nonce}
        return jwt.encode(header, claims if token is None else {**claims, "ath": sha256(token)}, self.key)


class Person:
    def __init__(self, account):
        self.name = account["name"]
        self.password = account["password"]
        self.other_password = self.password[::-1]

    def credentials(self):
        """The credentials step of a sign-in that has just begun."""
        begun = post(
            "/oauth/authorize-challenge",
            response_type="code",
            code_challenge=CHALLENGE,
            code_challenge_method="S256",
            username=self.name,
            phone_number="+4915112345678",
        )
        return {"auth_session": begun["auth_session"], "uc_username": self.name, "password": self.password}

    def code(self):
        return post("/oauth/authorize-challenge", **self.credentials())["authorization_code"]

    def tokens(self, key=None):
        headers = None if key is None else {"DPoP": key.proof("POST", "/oauth/token")}
        members = {"grant_type": "authorization_code", "code": self.code(), "code_verifier": VERIFIER}
        return post("/oauth/token", headers, **members)

    def with_auto_pilot(self):
        """An access token of a session in which calls can be routed to the cell number."""
        token = self.tokens()["access_token"]
        headers = {"Authorization": f"Bearer {token}"}
        body = {"preferred_device": "auto-pilot"}
        requests.put(f"{ORIGIN}/api/me/preferred-device", json=body, headers=headers, timeout=10).raise_for_status()
        return token

    def cookie(self):
        """A session of the page, as the browser would send it."""
        body = {"code": self.code(), "code_verifier": VERIFIER}
        headers = {"Origin": ORIGIN, "X-Vestibule": "1"}
        session = requests.post(f"{ORIGIN}/api/session", json=body, headers=headers, timeout=10)
        return "; ".join(f"{name}={value}" for name, value in session.cookies.items())

    def other_session(self, token):
        """The id of a session besides the one of the token."""
        self.tokens()
        headers = {"Authorization": f"Bearer {token}"}
        sessions = requests.get(f"{ORIGIN}/api/sessions", headers=headers, timeout=10).json()["sessions"]
        return next(session["id"] for session in sessions if not session["current"])

    def next_password(self):
        return self.other_password

    def changed_password(self):
        self.password, self.other_password = self.other_password, self.password
