# Rendered by ci-cluster; changes made here are overwritten.
# The fence of a controller's home: whoever holds the lock may write, nobody else starts. The lock
# belongs to this process and lives on in what it becomes (tini and Java inherit descriptor 9), so it
# ends with them and with nothing else. Exit codes: 75 held by another controller, 74 no use of the home.
set -u
home=${JENKINS_HOME:-/var/jenkins_home}
lock=$home/.ci-cluster.lock
holder=$home/.ci-cluster.holder

refuse() { # CODE TEXT
  printf 'ci-cluster: %s\n' "$2" >&2
  exit "$1"
}

command -v flock >/dev/null || refuse 74 'the image has no flock (Debian: util-linux)'
(: >>"$lock") 2>/dev/null ||
  refuse 74 "cannot write to $home as uid $(id -u): the folder must belong to uid 1000"
# For writing: over NFS the lock is one of fcntl(2), which wants that.
exec 9>>"$lock"
flock -n 9
case $? in
  0) ;;
  1) refuse 75 "$home is in use by another controller: $(head -n 1 "$holder" 2>/dev/null || echo unknown)" ;;
  *) refuse 74 "cannot lock $lock: the file system of the home must know locks" ;;
esac

# For people, and for the message above; the lock itself is what counts.
printf 'host %s, task %s, since %s\n' \
  "${HOST:-unknown}" "${MESOS_TASK_ID:-unknown}" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" \
  >"$holder.new" && mv -f "$holder.new" "$holder"

# What the entry point of the official image does; a command of Marathon replaces it.
[ ! -x /usr/bin/tini ] || exec /usr/bin/tini -- /usr/local/bin/jenkins.sh
exec /usr/local/bin/jenkins.sh
