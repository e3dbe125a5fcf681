#!/bin/sh
# As in the official image: arguments that begin with -- are Jenkins' own, any other command replaces it.
case "${1:---}" in
  --*) exec node /opt/stand-ins/jenkins.cjs "$@" ;;
  *) exec "$@" ;;
esac
