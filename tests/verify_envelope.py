#!/usr/bin/env python3
"""A second, independent check of a signed certificate: verify_envelope.py FILE KEYS

Needs python3 and its package `cryptography`. Ends with 0 (right), 1 (wrong) or 2 (cannot tell).
"""
import base64, hashlib, json, sys

TYPE = "application/vnd.akashi.certificate+json"


def verify(envelope, keys):  # the payload and the key that signed it; ValueError says what is wrong
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    if envelope.get("payloadType") != TYPE:
        raise ValueError("not an envelope of a certificate")
    payload = base64.b64decode(envelope["payload"], validate=True)
    signed = b"DSSEv1 %d %s %d %s" % (len(TYPE), TYPE.encode(), len(payload), payload)
    known = {}
    for key in keys["keys"]:
        public = base64.b64decode(key["public_key"], validate=True)
        if key["algorithm"] == "Ed25519" and hashlib.sha256(public).hexdigest()[:16] == key["keyid"]:
            known[key["keyid"]] = (key, public)
    signer = None
    for signature in envelope["signatures"]:
        if signature["keyid"] in known:
            key, public = known[signature["keyid"]]
            try:
                sig = base64.b64decode(signature["sig"], validate=True)
                Ed25519PublicKey.from_public_bytes(public).verify(sig, signed)
            except InvalidSignature:
                raise ValueError("the signature does not fit the bytes")
            signer = signer or key
    if signer is None:
        raise ValueError("no known key signed this")
    if not json.loads(payload)["number"].endswith(signer["surety"]):
        raise ValueError("signed with the key of another surety")
    return payload, signer


def main():
    try:
        import cryptography  # noqa: F401
        envelope, keys = (json.load(open(path, "rb")) for path in sys.argv[1:3])
    except (ImportError, OSError, ValueError) as error:
        print("cannot tell:", error)
        return 2
    try:
        payload, key = verify(envelope, keys)
    except (ValueError, KeyError, TypeError) as error:
        print("WRONG:", error)
        return 1
    print("right:", json.loads(payload)["number"], "key", key["keyid"], hashlib.sha256(payload).hexdigest())
    return 0


if __name__ == "__main__":
    sys.exit(main())
