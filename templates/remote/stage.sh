# ci-cluster: the steps of one stage on this host. Read by a shell that has $d, a private folder, and
# whose standard input carries the blobs and then stays open: its end is the wish to stop, honoured
# before the next step. Prints one JSON line per event. Data comes as arguments, never as text here.
set -u
LC_ALL=C
export LC_ALL
# What a login may bring along that would change answers, or speak to another Docker Engine.
unset LANGUAGE GREP_OPTIONS TMPDIR DOCKER_HOST DOCKER_CONTEXT DOCKER_API_VERSION DOCKER_TLS_VERIFY
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
umask 022
exec 3<&0 </dev/null
watcher=
# shellcheck disable=SC2154 # $d comes from the shell that reads this
trap 'unwatch; rm -rf "$d"' EXIT
# A connection that is lost shows as a broken pipe at the next line printed.
trap 'exit 141' PIPE
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

missing=
for tool in base64 cat chmod chown cmp cp dirname grep head mkdir mktemp mv rm sleep stat sync tail \
  timeout tr wc; do
  command -v "$tool" >/dev/null 2>&1 || missing="$missing $tool"
done
if [ -n "$missing" ]; then
  printf '{"step":0,"result":"failed","code":"TOOL_MISSING","evidence":"","missing":"%s"}\n' "${missing# }"
  exit 72
fi

# A script that was killed outright could not clean up, and what is private here may be secret.
sweep() {
  for left in /run/ci-cluster.???????? /dev/shm/ci-cluster.???????? /tmp/ci-cluster.???????? \
    /var/tmp/ci-cluster.????????; do
    [ "$(stat -c '%F %u' "$left" 2>/dev/null)" = "directory $(stat -c %u "$d")" ] || continue
    if read -r owner <"$left/owner" && [ ! -d "/proc/$owner" ]; then rm -rf "$left"; fi
  done
} 2>/dev/null
sweep

# blob NAME SIZE: the next SIZE bytes of the input. The folder is private, secrets stay so.
blob() {
  head -c "$2" <&3 >"$d/blob.$1"
  [ "$(wc -c <"$d/blob.$1")" -eq "$2" ] || exit 74
}

watch_input() {
  (
    trap - EXIT
    # What waits for a connection to end must not keep the next run out.
    exec 8<&-
    while read -r _ <&3; do :; done
    : >"$d/stop"
  ) >/dev/null 2>&1 &
  watcher=$!
}

# It writes into the folder: what it writes while that is removed would keep it.
# shellcheck disable=SC2317 # called by the trap
unwatch() {
  [ -n "$watcher" ] || return 0
  kill "$watcher"
  wait "$watcher"
} 2>/dev/null

# emit STEP RESULT [CODE]: the evidence is what the step wrote to stderr, at most 30 lines.
emit() {
  evidence=
  [ "$2" != failed ] || evidence=$(tail -n 30 "$d/err" | tail -c 6000 | base64 -w 0)
  printf '{"step":%s,"result":"%s","code":"%s","evidence":"%s"}\n' "$1" "$2" "${3:-}" "$evidence"
}

# guard FOLDER RECORDS TOKEN RUN: nothing is changed without the lock. `work` is shared for as long as
# this script lives; who takes the lock from a lost run needs it alone. So a script that comes late
# finds another's token, and one that was in time is waited out.
guard() {
  if [ -r "$1/work" ] && exec 8<"$1/work" && flock -s -w 10 8 &&
    grep -qF "\"token\":\"$3\"" "$1/token" 2>/dev/null; then
    records=$2 run=$4
    return
  fi
  cat "$1/token" >"$d/err" 2>/dev/null
  emit 0 failed LOCK_LOST
  exit 76
}

# record EVENT: a line of the journal of this host, on the disk before the step begins. It is a copy
# of the one that the operator has: a full disk does not stop what may be there to clear it.
record() {
  [ -n "${records:-}" ] || return 0
  printf '{"schemaVersion":1,"at":"%s","run":"%s","event":"%s","step":%s}\n' \
    "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$run" "$1" "${told:-null}" >>"$records/journal.ndjson" &&
    { [ "$1" != intent ] || sync "$records/journal.ndjson"; }
} 2>/dev/null

tell() { told=$1; } # JSON string: the next step, in words

# step NUMBER FUNCTION ARGUMENT...: the function sets result, and code where it knows better.
step() {
  number=$1
  shift
  if [ -e "$d/stop" ]; then
    emit "$number" stopped
    exit 75
  fi
  emit "$number" started
  record intent
  result=changed code=STEP_FAILED
  if "$@" >"$d/out" 2>"$d/err"; then
    record "$result"
    emit "$number" "$result"
    return
  fi
  record failed
  ! grep -qi 'no space left on device' "$d/err" || code=DISK_FULL
  emit "$number" failed "$code"
  exit 1
}

# need TOOL: for what only some steps use; fails the step with its name.
need() {
  ! command -v "$1" >/dev/null 2>&1 || return 0
  code=TOOL_MISSING
  echo "$1" >&2
  return 1
}

# Docker answers within this or the step fails; a pull may take longer.
docker() { timeout -k 5 "${docker_seconds:-120}" docker "$@" </dev/null; }

write_file() { # BLOB PATH MODE UID GID
  if [ -d "$2" ]; then
    echo "$2 is a folder, a file belongs there" >&2
    return 1
  fi
  if cmp -s "$d/blob.$1" "$2" && [ "$(stat -c '%a %u %g' "$2")" = "${3#0} $4 $5" ]; then
    result=unchanged
    return 0
  fi
  # Of a script that was killed outright.
  rm -f "$(dirname "$2")"/.ci-cluster.????????
  new=$(mktemp "$(dirname "$2")/.ci-cluster.XXXXXXXX") || return 1
  if cat "$d/blob.$1" >"$new" && chown "$4:$5" "$new" && chmod "$3" "$new" &&
    cmp -s "$d/blob.$1" "$new" && sync "$new" && mv -fT "$new" "$2"; then
    return 0
  fi
  rm -f "$new"
  return 1
}

ensure_folder() { # PATH MODE UID GID
  if [ "$(stat -c '%F %a %u %g' "$1" 2>/dev/null)" = "directory ${2#0} $3 $4" ]; then
    result=unchanged
    return 0
  fi
  mkdir -p "$1" && chown "$3:$4" "$1" && chmod "$2" "$1"
}

claim_host() { # BLOB PATH ID
  if [ -e "$2" ] && ! grep -qF "\"id\": \"$3\"" "$2"; then
    code=FOREIGN_HOST
    cat "$2" >&2
    return 1
  fi
  mkdir -p "$(dirname "$2")" && write_file "$1" "$2" 0644 0 0
}

wait_for_docker() {
  tries=60
  while [ "$tries" -gt 0 ]; do
    ! docker_seconds=5 docker version >/dev/null 2>&1 || return 0
    sleep 1
    tries=$((tries - 1))
  done
  echo 'Docker did not answer within 60 s after its start' >&2
  systemctl --no-pager --lines 0 status docker >&2
  journalctl --no-pager --unit docker --lines 15 >&2
  return 1
}

install_docker() { # MANAGER PACKAGE...
  need systemctl || return 1
  code=DOCKER_INSTALL_FAILED
  if ! command -v dockerd >/dev/null 2>&1; then
    if [ $# -eq 1 ]; then
      echo 'there is no dockerd on this host any more' >&2
      return 1
    fi
    # What a package starts must not keep the next run out; package managers have locks of their own.
    case $1 in
      apt) shift && install_by_apt "$@" || return 1 ;;
      *) install_by_dnf "$@" || return 1 ;;
    esac 8<&-
  fi
  timeout 90 systemctl enable --now docker >&2 && wait_for_docker
}

install_by_apt() { # PACKAGE...
  export DEBIAN_FRONTEND=noninteractive
  timeout -k 10 300 apt-get -q -o DPkg::Lock::Timeout=240 update >&2 || return 1
  timeout -k 10 900 apt-get -q -y -o DPkg::Lock::Timeout=240 \
    -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold \
    install --no-install-recommends "$@" >&2
}

# dnf and yum read the lists of their repositories anew when these are old, and wait for each other.
install_by_dnf() { # MANAGER PACKAGE...
  manager=$1
  shift
  timeout -k 10 900 "$manager" -q -y install "$@" >&2 || return 1
  command -v dockerd >/dev/null 2>&1 && command -v docker >/dev/null 2>&1 && return 0
  echo "after the installation of $* there is still no docker and dockerd" >&2
  return 1
}

# A daemon with running containers is only told to reload: live-restore and registries take effect,
# log limits with its next restart. An idle one is restarted. A refused file is taken back.
configure_docker() { # BLOB
  config=/etc/docker/daemon.json
  mkdir -p /etc/docker || return 1
  # Only Docker 23 and later can be asked beforehand.
  if dockerd --help 2>/dev/null | grep -q -e --validate; then
    dockerd --validate --config-file "$d/blob.$1" >&2 || return 1
  fi
  cp -p "$config" "$d/daemon.json" 2>/dev/null
  write_file "$1" "$config" 0644 0 0 || return 1
  systemctl is-active --quiet docker || return 0
  if [ -n "$(docker ps --quiet)" ]; then
    timeout 60 systemctl reload docker && return 0
    restore_docker_config
    return 1
  fi
  systemctl reset-failed docker 2>/dev/null
  timeout 90 systemctl restart docker && wait_for_docker && return 0
  restore_docker_config
  systemctl reset-failed docker
  timeout 90 systemctl restart docker >&2
  return 1
}

restore_docker_config() {
  if [ -e "$d/daemon.json" ]; then cp -p "$d/daemon.json" "$config"; else rm -f "$config"; fi
}

pull_image() { # IMAGE
  if docker image inspect "$1" >/dev/null 2>&1; then
    result=unchanged
    return 0
  fi
  code=IMAGE_MISSING
  docker_seconds=900 docker pull --quiet "$1" >&2
}

# The unit applies the rules now and before each start of Docker; what counts is what the script finds
# afterwards.
isolate_builds() { # UNIT SCRIPT
  if ! command -v systemctl >/dev/null 2>&1; then
    echo 'there is no systemd on this host: the rules would be gone after its next reboot' >&2
    return 1
  fi
  if timeout 60 systemctl daemon-reload >&2 && timeout 60 systemctl enable "$1" >&2 &&
    timeout 90 systemctl restart "$1" >&2; then
    ! why=$(timeout 30 sh "$2" check 2>&1) || return 0
    printf 'the rules are not in force, %s\n' "$why" >&2
    return 1
  fi
  journalctl --no-pager --unit "$1" --lines 10 >&2
  return 1
}

enable_timer() { # UNIT
  if ! command -v systemctl >/dev/null 2>&1; then
    echo 'there is no systemd on this host to make archives by time' >&2
    return 1
  fi
  timeout 60 systemctl daemon-reload >&2 && timeout 60 systemctl enable "$1" >&2 &&
    timeout 60 systemctl restart "$1" >&2
}

status_of() { docker inspect --type container --format "$2" "$1" 2>/dev/null; }

# A crash between the renaming and the new start left the old container aside: take it back first, or
# keep it where the new one is there.
take_back() { # NAME
  [ -n "$(status_of "$1.previous" '{{.Id}}')" ] || return 0
  if [ -n "$(status_of "$1" '{{.Id}}')" ]; then
    keep_previous "$1"
  else
    docker rename "$1.previous" "$1"
  fi
}

fingerprint_of() { status_of "$1" '{{index .Config.Labels "io.ci-cluster.fingerprint"}}'; }

# The container before stays for a way back, stopped; only one, and none with the same definition.
keep_previous() { # NAME
  if [ "$(fingerprint_of "$1.previous")" = "$(fingerprint_of "$1")" ]; then
    docker rm --force "$1.previous" >/dev/null
    return
  fi
  if [ -n "$(status_of "$1.before" '{{.Id}}')" ]; then
    docker rm --force "$1.before" >/dev/null || return 1
  fi
  docker rename "$1.previous" "$1.before"
}

# start_container NAME FINGERPRINT REPLACE PORTS GRACE docker run ...
# On the host's network the old one must go before the new one can listen. It is set aside until the
# new one serves, comes back if that fails, and is kept as NAME.before if not.
start_container() {
  name=$1 fingerprint=$2 replace=$3 ports=$4 grace=$5
  shift 5
  need ss || return 1
  take_back "$name" || return 1
  now=$(status_of "$name" '{{index .Config.Labels "io.ci-cluster.fingerprint"}} {{.State.Status}}')
  if [ "$replace" = no ] && [ "$now" = "$fingerprint running" ]; then
    result=unchanged
    return 0
  fi
  if [ -n "$now" ] && ! set_aside "$name" "$grace"; then
    start_again "$name" >/dev/null
    return 1
  fi
  code=CONTAINER_EXITED
  if "$@" >/dev/null && serves "$name" "$ports"; then
    # Left aside by a failure here, it is kept by the next run.
    [ -z "$now" ] || keep_previous "$name"
    return 0
  fi
  last_words "$name"
  docker rm --force "$name" >/dev/null 2>&1
  [ -z "$now" ] || ! bring_back "$name" >/dev/null || echo "the $name that ran before is back" >&2
  return 1
}

set_aside() { # NAME GRACE
  docker update --restart no "$1" >/dev/null &&
    docker stop --time "$2" "$1" >/dev/null &&
    docker rename "$1" "$1.previous"
}

bring_back() { docker rename "$1.previous" "$1" && start_again "$1"; } # NAME

start_again() { docker update --restart unless-stopped "$1" && docker start "$1"; } # NAME

# take_back_container NAME FINGERPRINT PORTS GRACE: the kept container serves again, and the one that
# served until now is kept in its place.
take_back_container() {
  name=$1 fingerprint=$2 ports=$3 grace=$4
  take_back "$name" || return 1
  now=$(status_of "$name" '{{index .Config.Labels "io.ci-cluster.fingerprint"}} {{.State.Status}}')
  if [ "$now" = "$fingerprint running" ]; then
    result=unchanged
    return 0
  fi
  # A run that was cut off had swapped them already.
  if [ "${now% *}" = "$fingerprint" ]; then
    start_again "$name" >/dev/null || return 1
    code=CONTAINER_EXITED
    serves "$name" "$ports" || { last_words "$name"; return 1; }
    return 0
  fi
  if [ "$(fingerprint_of "$name.before")" != "$fingerprint" ]; then
    echo "no such container is kept as $name.before" >&2
    return 1
  fi
  if [ -n "$now" ] && ! set_aside "$name" "$grace"; then
    start_again "$name" >/dev/null
    return 1
  fi
  code=CONTAINER_EXITED
  if docker rename "$name.before" "$name" && start_again "$name" >/dev/null && serves "$name" "$ports"; then
    [ -z "$now" ] || keep_previous "$name"
    return 0
  fi
  last_words "$name"
  docker update --restart no "$name" >/dev/null
  docker stop --time "$grace" "$name" >/dev/null
  docker rename "$name" "$name.before"
  [ -z "$now" ] || ! bring_back "$name" >/dev/null || echo "the $name that ran before is back" >&2
  return 1
}

last_words() { docker logs --tail 20 "$1" >&2 2>&1; } # NAME

# serves NAME PORTS: runs, was not restarted, and listens on every port. Ends early when it exits; a
# JVM on a busy host takes minutes.
serves() {
  tries=720
  while [ "$tries" -gt 0 ]; do
    case $(status_of "$1" '{{.State.Status}} {{.RestartCount}}') in
      'running 0') ! listens "$2" || return 0 ;;
      *)
        echo "$1 exited with code $(status_of "$1" '{{.State.ExitCode}}'); its last lines:" >&2
        return 1
        ;;
    esac
    sleep 0.25
    tries=$((tries - 1))
  done
  echo "$1 runs but does not listen on port $2 after 3 min; its last lines:" >&2
  return 1
}

listens() { # PORTS, separated by commas
  for port in $(printf '%s' "$1" | tr ',' ' '); do
    [ -n "$(ss -ltnH "sport = :$port")" ] || return 1
  done
}

remove_container() { # NAME
  if [ -z "$(status_of "$1" '{{.Id}}')" ]; then
    result=unchanged
    return 0
  fi
  docker update --restart no "$1" >/dev/null
  docker stop --time 30 "$1" >/dev/null && docker rm "$1" >/dev/null
}

# The same definition, with what it reads at its start; nothing is kept aside, it is the same one.
restart_container() { # NAME PORTS GRACE
  docker restart --time "$3" "$1" >/dev/null || return 1
  code=CONTAINER_EXITED
  serves "$1" "$2" && return 0
  last_words "$1"
  return 1
}

remove_file() { # PATH
  if [ ! -e "$1" ] && [ ! -L "$1" ]; then
    result=unchanged
    return 0
  fi
  rm -f -- "$1"
}

# ours PATH ID: the claim of this host is that of the cluster.
ours() { [ -f "$1" ] && grep -qF "\"id\": \"$2\"" "$1"; }

# What is mounted below the folder is not deleted, and fails the step; a path needs two names at least.
remove_folder() { # FOLDER CLAIM ID
  if [ ! -e "$1" ]; then
    result=unchanged
    return 0
  fi
  if ! ours "$2" "$3"; then
    code=FOREIGN_HOST
    echo "$2 does not say that this host belongs to the cluster; $1 is left as it is" >&2
    return 1
  fi
  case $1 in
    */../* | */.. | *//* | */) echo "$1 is no path to delete" >&2; return 1 ;;
    /?*/?*) ;;
    *) echo "$1 is no path to delete" >&2; return 1 ;;
  esac
  rm -rf --one-file-system -- "$1" && return 0
  # A disk that is mounted right there keeps its folder.
  [ -d "$1" ] && [ -z "$(ls -A "$1")" ]
}

disable_unit() { # UNIT
  if ! command -v systemctl >/dev/null 2>&1 || ! systemctl cat "$1" >/dev/null 2>&1; then
    result=unchanged
    return 0
  fi
  timeout 90 systemctl disable --now "$1" >&2
}

remove_tasks() {
  ids=$(docker ps --all --quiet --filter 'name=^/?mesos-') || return 1
  if [ -z "$ids" ]; then
    result=unchanged
    return 0
  fi
  # Some end by themselves when others do, and are gone before their turn.
  # shellcheck disable=SC2086 # a list of ids
  docker stop --time 60 $ids >/dev/null
  # shellcheck disable=SC2086 # a list of ids
  docker rm --force $ids >/dev/null
  [ -z "$(docker ps --all --quiet --filter 'name=^/?mesos-')" ]
}

release_builds() { # UNIT SCRIPT
  [ ! -f "$2" ] || timeout 60 sh "$2" remove >&2 || return 1
  disable_unit "$1" && result=changed
}

start_unit() { # UNIT
  timeout 90 systemctl enable "$1" >&2
  if systemctl is-active --quiet "$1"; then
    result=unchanged
    return 0
  fi
  if timeout 90 systemctl start "$1" >&2 && systemctl is-active --quiet "$1"; then return 0; fi
  journalctl --no-pager --unit "$1" --lines 10 >&2
  return 1
}

# Written in place: in a container /etc/hosts is a mount, which cannot be replaced by another file.
correct_hosts_line() { # FROM TO NAME...
  from=$1 to=$2
  shift 2
  hosts=/etc/hosts
  if ! awk -v from="$from" -v to="$to" -v names="$*" '
    { line = $0; sub(/#.*/, ""); own = $2; for (i = 3; i <= NF; i++) own = own " " $i }
    $1 == from && own == names { print to " " names; found = 1; next }
    { print line }
    END { exit !found }' "$hosts" >"$d/hosts"; then
    result=unchanged
    return 0
  fi
  cp -p "$hosts" "$hosts.before-ci-cluster" && cat "$d/hosts" >"$hosts"
}

reserve_ports() { # PORT...
  own=/etc/sysctl.d/60-ci-cluster-ports.conf
  now=$(cat /proc/sys/net/ipv4/ip_local_reserved_ports) || return 1
  list=$now
  for port in "$@"; do list=${list:+$list,}$port; done
  printf '# Written by ci-cluster: ports of services.\nnet.ipv4.ip_local_reserved_ports = %s\n' "$list" >"$d/ports" &&
    cat "$d/ports" >"$own" && chmod 0644 "$own" && sysctl -q -p "$own" >&2
}

release_host() { # CLAIM ID
  if [ ! -e "$1" ]; then
    result=unchanged
    return 0
  fi
  if ! ours "$1" "$2"; then
    code=FOREIGN_HOST
    cat "$1" >&2
    return 1
  fi
  rm -f -- "$1" || return 1
  rmdir -- "$(dirname "$1")" 2>/dev/null
  return 0
}
