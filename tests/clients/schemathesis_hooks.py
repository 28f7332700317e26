"""Gives Schemathesis requests that the server takes, and counts the answers.

What it makes up itself is mostly refused: a code, a token or a sign-in exists only after another request. So every few
examples, one that the document allows is given values that exist; everything else stays as it was made.
"""

import atexit
import collections
import itertools
import json
import os
import pathlib
import threading

import schemathesis
from requests.auth import HTTPBasicAuth

from person import CLIENT, ORIGIN, VERIFIER, Key, Person

SERVICE = json.loads(os.environ["SERVICE"])
ADA, JOAN = (Person(account) for account in json.loads(os.environ["ACCOUNTS"]))
KEY = Key()
# Of the examples of each operation that the document allows.
EVERY = 20
EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
PAGE = {"Origin": ORIGIN, "X-Vestibule": "1"}

# One lasts until Schemathesis ends it, which it does by listing sessions and deleting them.
LOCK = threading.Lock()
SESSION = {"token": None}

TURNS = collections.defaultdict(itertools.count)
ANSWERS = collections.defaultdict(collections.Counter)


def current():
    with LOCK:
        if SESSION["token"] is None:
            SESSION["token"] = ADA.tokens()["access_token"]
        return SESSION["token"]


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


def signed_in(case, turn):
    """By token, by cookie and by a bound token, in turn."""
    if turn % 3 == 0:
        return bearer(current())
    if turn % 3 == 1:
        return {"Cookie": ADA.cookie(), **PAGE}
    token = ADA.tokens(KEY)["access_token"]
    path = case.operation.path
    return {"Authorization": f"DPoP {token}", "DPoP": KEY.proof(case.operation.method.upper(), path, token)}


def challenge(case, turn):
    case.body = ADA.credentials()


def token(case, turn):
    form = {"client_id": CLIENT, "code_verifier": VERIFIER}
    if turn % 3 == 0:
        case.body = {**form, "grant_type": "authorization_code", "code": ADA.code()}
    elif turn % 3 == 1:
        case.headers = {"Cookie": ADA.cookie(), **PAGE}
        case.body = {"client_id": CLIENT, "grant_type": EXCHANGE, "audience": SERVICE["id"]}
    else:
        refresh_token = ADA.tokens()["refresh_token"]
        case.body = {**form, "grant_type": "refresh_token", "refresh_token": refresh_token}


def revoke(case, turn):
    tokens = ADA.tokens()
    case.body = {"client_id": CLIENT, "token": tokens["access_token" if turn % 2 == 0 else "refresh_token"]}


def introspect(case, turn):
    case.body = {"token": current()}


def begin_session(case, turn):
    case.headers = {**PAGE}
    case.body = {"code": ADA.code(), "code_verifier": VERIFIER}


def end_session(case, turn):
    case.headers = {"Cookie": ADA.cookie(), **PAGE}


def user(case, turn):
    case.headers = signed_in(case, turn)


def end_one(case, turn):
    token = ADA.tokens()["access_token"]
    case.headers = bearer(token)
    case.path_parameters = {"id": ADA.other_session(token)}


def change_password(case, turn):
    case.headers = bearer(JOAN.tokens()["access_token"])
    case.body = {"current_password": JOAN.password, "new_password": JOAN.next_password()}


def set_device(case, turn):
    case.headers = signed_in(case, turn)
    case.body = {"preferred_device": "desk-phone"}


def set_routing(case, turn):
    case.headers = bearer(ADA.with_auto_pilot())
    case.body = {"route_calls_to_cell": turn % 2 == 0}


GENUINE = {
    "POST /oauth/authorize-challenge": challenge,
    "POST /oauth/token": token,
    "POST /oauth/revoke": revoke,
    "POST /oauth/introspect": introspect,
    "POST /api/session": begin_session,
    "DELETE /api/session": end_session,
    "GET /api/me": user,
    "GET /api/sessions": user,
    "DELETE /api/sessions/{id}": end_one,
    "PUT /api/me/password": change_password,
    "PUT /api/me/preferred-device": set_device,
    "PUT /api/me/route-calls-to-cell": set_routing,
}


schemathesis.auth.set_from_requests(HTTPBasicAuth(SERVICE["id"], SERVICE["secret"])).apply_to(path="/oauth/introspect")


@schemathesis.auth(refresh_interval=None, retry_on=[]).apply_to(path_regex="^/api/")
class SignedIn:
    def get(self, case, context):
        return current()

    def set(self, case, data, context):
        case.headers = {**(case.headers or {}), **bearer(data)}


@schemathesis.hook
def before_call(context, case, kwargs):
    label = case.operation.label
    is_allowed = case.meta is not None and case.meta.generation.mode.is_positive
    if label in GENUINE and is_allowed:
        turn = next(TURNS[label])
        if turn % EVERY == 0:
            GENUINE[label](case, turn // EVERY)


@schemathesis.hook
def after_call(context, case, response):
    label = case.operation.label
    # Other methods are tried at the same address.
    if response.request.method == case.operation.method.upper():
        ANSWERS[label][response.status_code] += 1
    sent = response.request.headers.get("Authorization", "")
    with LOCK:
        if response.status_code == 401 and sent == f"Bearer {SESSION['token']}":
            SESSION["token"] = None
    if label == "PUT /api/me/password" and response.status_code == 204:
        JOAN.changed_password()


@atexit.register
def write_answers():
    pathlib.Path(os.environ["ANSWERS"]).write_text(json.dumps(ANSWERS))
