import platform


def handle(event, context):
    """An OpenFaaS handler: the event is the request, what is returned is the answer."""
    name = event.body.decode().strip() or "world"
    return {"statusCode": 200, "body": f"Hello, {name}! This is Python {platform.python_version()}.\n"}
