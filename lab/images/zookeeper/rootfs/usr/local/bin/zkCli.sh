#!/bin/sh
exec java -Dorg.slf4j.simpleLogger.defaultLogLevel=error -cp '/conf:/opt/zookeeper/lib/*' \
  org.apache.zookeeper.ZooKeeperMain "$@"
