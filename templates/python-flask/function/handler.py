def handle(req):
    """handle a request to the function
    Args:
        req (str): request body; `from flask import request` for the rest
    """
    return req
