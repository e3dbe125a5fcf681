#!/bin/sh
[ "$1" = start-foreground ] || { echo "usage: zkServer.sh start-foreground" >&2; exit 1; }
# shellcheck disable=SC2086 -- JVMFLAGS is a list
exec java ${JVMFLAGS:--Xmx1000m} -cp '/conf:/opt/zookeeper/lib/*' \
  org.apache.zookeeper.server.quorum.QuorumPeerMain /conf/zoo.cfg
