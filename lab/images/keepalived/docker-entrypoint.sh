#!/bin/sh
# A container that Docker starts again still has these, with the process ids that it has now, and
# keepalived would take itself for another one (2.2).
rm -f /run/keepalived.pid /run/vrrp.pid /run/checkers.pid /run/bfd.pid /run/keepalived/*.pid
exec keepalived "$@"
