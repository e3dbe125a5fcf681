#!/bin/sh
exec java -Dorg.slf4j.simpleLogger.defaultLogLevel=error -Dorg.slf4j.simpleLogger.logFile=System.err -cp '/conf:/opt/zookeeper/lib/*' \
  org.apache.zookeeper.ZooKeeperMain "$@"
