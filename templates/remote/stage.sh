# ci-cluster: the steps of one stage on this host. Read by a shell that has $d, a private folder, and
# whose standard input carries the blobs and then stays open: its end is the wish to stop, honoured
# before the next step. Prints one JSON line per event. Data comes as arguments, never as text here.
set -u
LC_ALL=C
export LC_ALL
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
umask 022
exec 3<&0 </dev/null
watcher=
# shellcheck disable=SC2154 # $d comes from the shell that reads this
trap 'rm -rf "$d"; [ -z "$watcher" ] || kill "$watcher" 2>/dev/null' EXIT
# A connection that is lost shows as a broken pipe at the next line printed.
trap 'exit 141' PIPE
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# blob NAME SIZE: the next SIZE bytes of the input. The folder is private, secrets stay so.
blob() {
  head -c "$2" <&3 >"$d/blob.$1"
  [ "$(wc -c <"$d/blob.$1")" -eq "$2" ] || exit 74
}

watch_input() {
  (
    trap - EXIT
    while read -r _ <&3; do :; done
    : >"$d/stop"
  ) >/dev/null 2>&1 &
  watcher=$!
}

# emit STEP RESULT [CODE]: the evidence is what the step wrote to stderr, at most 30 lines.
emit() {
  evidence=
  [ "$2" != failed ] || evidence=$(tail -n 30 "$d/err" | tail -c 6000 | base64 -w 0)
  printf '{"step":%s,"result":"%s","code":"%s","evidence":"%s"}\n' "$1" "$2" "${3:-}" "$evidence"
}

# step NUMBER FUNCTION ARGUMENT...: the function sets result, and code where it knows better.
step() {
  number=$1
  shift
  if [ -e "$d/stop" ]; then
    emit "$number" stopped
    exit 75
  fi
  emit "$number" started
  result=changed code=STEP_FAILED
  if "$@" >"$d/out" 2>"$d/err"; then
    emit "$number" "$result"
    return
  fi
  ! grep -qi 'no space left on device' "$d/err" || code=DISK_FULL
  emit "$number" failed "$code"
  exit 1
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

install_docker() { # PACKAGE...
  code=DOCKER_INSTALL_FAILED
  if ! command -v dockerd >/dev/null 2>&1; then
    export DEBIAN_FRONTEND=noninteractive
    timeout -k 10 300 apt-get -q -o DPkg::Lock::Timeout=240 update >&2 || return 1
    timeout -k 10 900 apt-get -q -y -o DPkg::Lock::Timeout=240 \
      -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold \
      install --no-install-recommends "$@" >&2 || return 1
  fi
  timeout 90 systemctl enable --now docker >&2 && wait_for_docker
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

# A crash between the renaming and the new start left the old container aside: take it back first.
take_back() { # NAME
  [ -n "$(status_of "$1.previous" '{{.Id}}')" ] || return 0
  if [ -n "$(status_of "$1" '{{.Id}}')" ]; then
    docker rm --force "$1.previous" >/dev/null
  else
    docker rename "$1.previous" "$1"
  fi
}

# start_container NAME FINGERPRINT REPLACE PORTS GRACE docker run ...
# On the host's network the old one must go before the new one can listen. It is kept aside until
# the new one serves, and comes back if that fails.
start_container() {
  name=$1 fingerprint=$2 replace=$3 ports=$4 grace=$5
  shift 5
  take_back "$name" || return 1
  now=$(status_of "$name" '{{index .Config.Labels "io.ci-cluster.fingerprint"}} {{.State.Status}}')
  if [ "$replace" = no ] && [ "$now" = "$fingerprint running" ]; then
    result=unchanged
    return 0
  fi
  if [ -n "$now" ] && ! set_aside "$name" "$grace"; then
    docker update --restart unless-stopped "$name" >/dev/null && docker start "$name" >/dev/null
    return 1
  fi
  code=CONTAINER_EXITED
  if "$@" >/dev/null && serves "$name" "$ports"; then
    [ -z "$now" ] || docker rm "$name.previous" >/dev/null
    return 0
  fi
  docker logs --tail 20 "$name" >&2 2>&1
  docker rm --force "$name" >/dev/null 2>&1
  [ -z "$now" ] || ! bring_back "$name" >/dev/null || echo "the $name that ran before is back" >&2
  return 1
}

set_aside() { # NAME GRACE
  docker update --restart no "$1" >/dev/null &&
    docker stop --time "$2" "$1" >/dev/null &&
    docker rename "$1" "$1.previous"
}

bring_back() { # NAME
  docker rename "$1.previous" "$1" && docker update --restart unless-stopped "$1" && docker start "$1"
}

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
  docker logs --tail 20 "$1" >&2 2>&1
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

# A folder that something is mounted on, or that is not below three names, is not deleted.
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
    /*/*/../* | */.. | *//*) echo "$1 is no path to delete" >&2; return 1 ;;
    /*/*) ;;
    *) echo "$1 is no path to delete" >&2; return 1 ;;
  esac
  rm -rf --one-file-system -- "$1"
}

disable_unit() { # UNIT
  if ! command -v systemctl >/dev/null 2>&1 || ! systemctl cat "$1" >/dev/null 2>&1; then
    result=unchanged
    return 0
  fi
  timeout 90 systemctl disable --now "$1" >&2
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
  rm -f -- "$1"
}
