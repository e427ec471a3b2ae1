"""Whether a request comes from somebody who knows the secret, and was not sent before."""
import hashlib
import hmac
import os
import re
import time

MAX_AGE_SECONDS = 5 * 60
SIGNATURE = "X-Hub-Signature-256"
TIMESTAMP = "X-Webhook-Timestamp"


class Refused(Exception):
    pass


def check(body, headers, secret, now=None):
    """Raises Refused unless the signature is right. `body` is what was sent, byte for byte.

    GitHub signs the body. A sender with a timestamp signs it too, as `TIMESTAMP.BODY`: if the signature did not cover the
    timestamp, whoever sends an old message again would just write a new one on it.
    """
    signature = headers.get(SIGNATURE)
    if signature is None:
        raise Refused("the header %s is missing" % SIGNATURE)
    timestamp = headers.get(TIMESTAMP)
    if timestamp is None and os.environ.get("require_timestamp") == "true":
        raise Refused("the header %s is missing" % TIMESTAMP)
    signed = body if timestamp is None else timestamp.encode("latin-1", "replace") + b"." + body
    expected = "sha256=" + hmac.new(secret, signed, hashlib.sha256).hexdigest()
    # `==` would end at the first character that differs, and the time it takes would tell how many were right.
    if not hmac.compare_digest(expected.encode(), signature.encode("latin-1", "replace")):
        raise Refused("the signature does not match")
    if timestamp is not None:
        check_age(timestamp, time.time() if now is None else now)


def check_age(timestamp, now):
    """In both directions: a clock that is wrong must not make a message good for ever."""
    if not re.fullmatch(r"[0-9]{1,12}", timestamp):
        raise Refused("%s is not a number of seconds since 1970" % TIMESTAMP)
    if abs(now - int(timestamp)) > MAX_AGE_SECONDS:
        raise Refused("the message is older than %d minutes, or from the future" % (MAX_AGE_SECONDS // 60))
