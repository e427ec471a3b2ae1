"""Lets a function of OpenFaaS's python3-flask template answer: its handle(req) is given the body as text, and returns what a Flask view may."""
import os

from flask import Flask, request

from handler import handle

app = Flask(__name__)
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
RAW = os.environ.get("RAW_BODY", "").lower() == "true"


@app.route("/", defaults={"path": ""}, methods=METHODS)
@app.route("/<path:path>", methods=METHODS)
def answer(path):
    given = handle(request.get_data(as_text=not RAW))
    return "" if given is None else given
