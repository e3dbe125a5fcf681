#!/bin/sh
set -e
if [ "$(id -u)" = 0 ]; then
  chown -R zookeeper:zookeeper /data /datalog /logs
  exec setpriv --reuid=zookeeper --regid=zookeeper --init-groups -- "$0" "$@"
fi
# As in the official image: an id that is there stays, whatever the variable says.
[ -f /data/myid ] || echo "${ZOO_MY_ID:-1}" > /data/myid
if [ ! -f /conf/zoo.cfg ]; then
  cat > /conf/zoo.cfg <<CFG
dataDir=/data
dataLogDir=/datalog
tickTime=2000
initLimit=5
syncLimit=2
clientPort=2181
CFG
fi
exec "$@"
