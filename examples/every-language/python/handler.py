import os
import urllib.error
import urllib.request


def handle(event, context):
    said = event.body + b" python"
    following = os.environ.get("next")
    if not following:
        return {"statusCode": 200, "body": said}
    request = urllib.request.Request(following, data=said, headers={"Content-Type": "text/plain"})
    try:
        with urllib.request.urlopen(request) as answer:
            return {"statusCode": answer.status, "body": answer.read()}
    except urllib.error.HTTPError as error:
        return {"statusCode": error.code, "body": error.read()}
