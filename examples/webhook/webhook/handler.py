import json

from signature import Refused, check

SECRET = "/var/openfaas/secrets/webhook-secret"


def handle(event, context):
    # Read for each call: it lies in memory, and a new value is there within two seconds.
    with open(SECRET, "rb") as file:
        secret = file.read().strip()
    if not secret:
        # Everybody can sign with an empty key.
        print("the secret webhook-secret is empty; nothing is accepted")
        return answer(500, {"error": "the receiver is not set up"})
    try:
        check(event.body, event.headers, secret)
    except Refused as refused:
        print("refused:", refused)
        return answer(401, {"error": str(refused)})
    kind = event.headers.get("X-GitHub-Event", "none")
    received(kind, event.headers.get("Content-Type", ""), event.body)
    return answer(200, {"received": kind, "bytes": len(event.body)})


def received(kind, content_type, body):
    """Here is the place for what shall happen. Senders wait a few seconds only, so hand on what takes longer."""
    about = ""
    if content_type.startswith("application/json"):
        try:
            about = json.loads(body)["repository"]["full_name"]
        except (ValueError, KeyError, TypeError):
            pass
    print("event:", kind, about, len(body), "bytes")


def answer(status, value):
    return {"statusCode": status, "headers": {"Content-Type": "application/json"}, "body": json.dumps(value) + "\n"}
