"""Verifies ES256 signatures (ECDSA on P-256 with SHA-256, FIPS 186-5) with the standard library, which has no elliptic curves.

It only verifies: signature, message and key are public, so its time may depend on them. Do not build signing on it. With packages, use `cryptography`.
"""

import hashlib

# SEC 2, section 2.4.2: the prime of the field, the coefficients of the curve y² = x³ + ax + b, its order, and its generator.
P = 0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF
A = P - 3
B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
G = (0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296, 0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5)


def is_on_curve(point):
    """Whether a pair of coordinates is a point of the curve. The curve has no other subgroup, so every point of it is a valid key."""
    x, y = point
    return 0 <= x < P and 0 <= y < P and (y * y - (x * x * x + A * x + B)) % P == 0


def add(p, q):
    """Adds two points. None is the point at infinity."""
    if p is None or q is None:
        return q if p is None else p
    (px, py), (qx, qy) = p, q
    if px == qx and (py + qy) % P == 0:
        return None
    slope = (3 * px * px + A) * pow(2 * py, -1, P) if p == q else (qy - py) * pow(qx - px, -1, P)
    x = (slope * slope - px - qx) % P
    return x, (slope * (px - x) - py) % P


def multiply(factor, point):
    """Adds a point to itself `factor` times, by doubling."""
    result = None
    while factor:
        if factor & 1:
            result = add(result, point)
        point = add(point, point)
        factor >>= 1
    return result


def verify(key, message, signature):
    """Whether a signature of 64 bytes (r and s, RFC 7518, section 3.4) is one of the message by the key, a point of the curve."""
    if len(signature) != 64 or not is_on_curve(key):
        return False
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    # Zero would make any message valid: CVE-2022-21449.
    if not (0 < r < N and 0 < s < N):
        return False
    digest = int.from_bytes(hashlib.sha256(message).digest(), "big")
    inverse = pow(s, -1, N)
    point = add(multiply(digest * inverse % N, G), multiply(r * inverse % N, key))
    return point is not None and point[0] % N == r
