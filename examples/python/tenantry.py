"""All that the backend needs of tenantry: who is calling, may they do this, and how much do they use."""

import base64
import functools
import json
import os
import re
import threading
import time
import urllib.error
import urllib.request

import p256

URL = os.environ.get("TENANTRY_URL", "http://localhost:3000")
ISSUER = os.environ.get("TENANTRY_ISSUER", URL)
KEY = os.environ.get("TENANTRY_KEY", "")


class Refusal(Exception):
    """An answer for the caller of this backend."""

    def __init__(self, status, code, detail):
        super().__init__(detail)
        self.status, self.code, self.detail = status, code, detail


class Keys:
    """The public keys that verify access tokens, by their ids. They are fetched when they are needed, and kept."""

    def __init__(self):
        self._keys, self._fetched, self._lock = {}, float("-inf"), threading.Lock()

    def get(self, kid):
        with self._lock:
            # Anybody can send a token with an invented id, so that an unknown one causes at most one request in 30 seconds.
            age = time.monotonic() - self._fetched
            if age > 300 or (kid not in self._keys and age > 30):
                with urllib.request.urlopen(f"{URL}/.well-known/jwks.json", timeout=5) as response:
                    keys = json.load(response)["keys"]
                self._keys = {key["kid"]: point_of(key) for key in keys if key["kty"] == "EC" and key["crv"] == "P-256"}
                self._fetched = time.monotonic()
            return self._keys.get(kid)


def decode(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def point_of(key):
    return tuple(int.from_bytes(decode(key[coordinate]), "big") for coordinate in ("x", "y"))


keys = Keys()
# A verification takes some ten milliseconds, and a client sends a token many times.
is_signed = functools.lru_cache(maxsize=1000)(p256.verify)


def verify_token(authorization):
    """Returns the claims of an access token. The signature, issuer, audience and expiry are verified here, without a call."""
    match = re.fullmatch(r"(?i:bearer) (([\w-]+)\.([\w-]+))\.([\w-]+)", authorization or "", re.ASCII)
    if match is None:
        raise Refusal(401, "authentication_required", "Send an access token.")
    signed, header, payload, signature = match.groups()
    try:
        header, claims, signature = json.loads(decode(header)), json.loads(decode(payload)), decode(signature)
        # The algorithm is ours to choose, never that of the token (RFC 8725, section 3.1).
        typed = header["alg"] == "ES256" and header["typ"] == "at+jwt" and isinstance(header["kid"], str)
        meant = claims["iss"] == ISSUER and claims["aud"] == "tenantry" and claims["exp"] > time.time()
        named = isinstance(claims["sub"], str) and isinstance(claims["sid"], str)
    except (ValueError, TypeError, KeyError):
        typed = meant = named = False
    key = keys.get(header["kid"]) if typed and meant and named else None
    if key is None or not is_signed(key, signed.encode(), signature):
        raise Refusal(401, "invalid_access_token", "Sign in again.")
    return claims


def post(path, organization_id, body, idempotency_key=None):
    """Sends a request with the service key, in an organization. A repetition with the same key has no second effect, so it is safe."""
    headers = {"X-API-Key": KEY, "X-Tenant-ID": organization_id, "Content-Type": "application/json"}
    if idempotency_key is not None:
        headers["Idempotency-Key"] = idempotency_key
    request = urllib.request.Request(f"{URL}/api/v1{path}", json.dumps(body).encode(), headers)
    for attempt in (1, 2, 3):
        try:
            with urllib.request.urlopen(request, timeout=5) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            problem = json.load(error)
            # The quota and the organization concern the user. Everything else is a mistake of this backend, or of its key.
            if error.code in (402, 404):
                raise Refusal(error.code, problem["code"], problem["detail"]) from None
            if error.code != 503 or attempt == 3:
                raise RuntimeError(f"{path} answered {error.code} {problem['code']}: {problem['detail']}") from None
        except OSError:
            if attempt == 3:
                raise
        time.sleep(0.2 * attempt)


def check_access(claims, organization_id, permission, address):
    """Asks whether the user may do something in the organization now: membership, permission, session and allow-list."""
    check = {"userId": claims["sub"], "sessionId": claims["sid"], "permission": permission, "address": address}
    [decision] = post("/access/checks", organization_id, {"checks": [check]})["data"]
    if not decision["allowed"]:
        status = {"session_ended": 401, "session_timed_out": 401, "organization_not_found": 404}.get(decision["code"], 403)
        raise Refusal(status, decision["code"], decision["reason"])


def consume(organization_id, meter, quantity, work_id):
    """Takes units of a meter, or refuses with 402. The units of one `work_id` are taken once."""
    return post("/usage/consume", organization_id, {"meter": meter, "quantity": quantity}, work_id)


def release(organization_id, meter, quantity, work_id):
    return post("/usage/release", organization_id, {"meter": meter, "quantity": quantity}, work_id)
