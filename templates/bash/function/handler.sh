#!/bin/sh
# Reads the request's body from standard input; what it prints is the answer.
body=$(cat)
echo "Hello, shell. You said: $body"
