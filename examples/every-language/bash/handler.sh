#!/bin/sh
# Standard input is the body, what is printed is the answer.
said="$(cat) bash"
if [ -z "$next" ]; then
  printf '%s' "$said"
else
  # By standard input: a text that begins with @ would be taken for the name of a file.
  printf '%s' "$said" | curl --silent --show-error --fail-with-body --header 'Content-Type: text/plain' --data-binary @- "$next"
fi
