"""Authlib, as it comes, against a running server; prints what was seen to work, one line each.

Authlib has no DPoP: its tokens are Bearer tokens.
"""

import json
import sys

import requests
from authlib.common.security import generate_token
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata, get_well_known_url
from joserfc import jwt
from joserfc.jwk import KeySet


def seen(what):
    print(what, flush=True)


def discover(origin):
    url = get_well_known_url(origin, external=True, suffix="oauth-authorization-server")
    metadata = AuthorizationServerMetadata(requests.get(url, timeout=10).json())
    # Authlib's own checks demand https of every endpoint: those are not for a server on this machine.
    for name in ("response_types_supported", "grant_types_supported", "code_challenge_methods_supported"):
        getattr(metadata, f"validate_{name}")()
    assert metadata["issuer"] == origin
    seen("discovery")
    return metadata


def authorization_code(metadata, client_id, verifier, account):
    """The sign-in by hand: no library knows the Authorization Challenge Endpoint yet."""

    def step(**members):
        return requests.post(metadata["authorization_challenge_endpoint"], data=members, timeout=10).json()

    begun = step(
        response_type="code",
        client_id=client_id,
        code_challenge=create_s256_code_challenge(verifier),
        code_challenge_method="S256",
        username=account["name"],
    )
    verified = step(
        auth_session=begun["auth_session"], uc_username=account["name"], password=account["password"]
    )
    return verified["authorization_code"]


def main():
    given = json.load(sys.stdin)
    metadata = discover(given["origin"])
    verifier = generate_token(64)
    code = authorization_code(metadata, given["client"], verifier, given["account"])

    session = OAuth2Session(given["client"], token_endpoint_auth_method="none", code_challenge_method="S256")
    token = session.fetch_token(metadata["token_endpoint"], code=code, code_verifier=verifier)
    assert token["token_type"] == "Bearer" and token["expires_in"] == 600, token
    seen("redemption")

    me = session.get(f"{given['origin']}/api/me")
    assert me.json()["username"] == given["account"]["name"], me.text
    seen("resource")

    keys = KeySet.import_key_set(requests.get(metadata["jwks_uri"], timeout=10).json())
    decoded = jwt.decode(token["access_token"], keys, algorithms=["ES256"])
    assert decoded.header["typ"] == "at+jwt" and decoded.claims["iss"] == given["origin"], decoded
    seen("signature")

    fresh = session.refresh_token(metadata["token_endpoint"], refresh_token=token["refresh_token"])
    assert fresh["refresh_token"] != token["refresh_token"]
    seen("refresh")

    for method in metadata["introspection_endpoint_auth_methods_supported"]:
        service = OAuth2Session(given["service"], given["secret"], token_endpoint_auth_method=method)
        told = service.introspect_token(metadata["introspection_endpoint"], token=fresh["access_token"]).json()
        assert told["active"] and told["sub"] == decoded.claims["sub"], told
    seen("introspection")

    answer = session.revoke_token(metadata["revocation_endpoint"], token=fresh["refresh_token"])
    assert answer.status_code == 200, answer.text
    told = service.introspect_token(metadata["introspection_endpoint"], token=fresh["access_token"]).json()
    assert told == {"active": False}, told
    seen("revocation")

    try:
        session.refresh_token(metadata["token_endpoint"], refresh_token=fresh["refresh_token"])
    except OAuthError as error:
        assert error.error == "invalid_grant", error
        seen("the end")


main()
