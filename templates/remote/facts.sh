# ci-cluster: what is on this host. Prints "key<TAB>value<TAB>..." rows and changes nothing; the first
# is "facts", the last "end" with the number of rows, so that rows lost in other output are missed.
# What drills have left is told by of_residue of drill/residue.sh, which is sent before this.
# Arguments: pairs of kind and value: folder PATH, file PATH, text PATH, image REFERENCE,
# isolation SCRIPT, tasks yes.
set -u
LC_ALL=C
export LC_ALL
# What a login may bring along that would change answers, or ask another Docker Engine.
unset LANGUAGE GREP_OPTIONS DOCKER_HOST DOCKER_CONTEXT DOCKER_API_VERSION DOCKER_TLS_VERIFY
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
label=io.ci-cluster

tab=$(printf '\t')
odd=$(printf '\t\n\r')
fact() {
  row=$1
  shift
  for value in "$@"; do
    case $value in *["$odd"]*) value=$(printf '%s' "$value" | tr '\t\n\r' '   ') ;; esac
    row=$row$tab$value
  done
  printf '%s\n' "$row"
}

# What this script, or later that of the steps, cannot do without; asked by the shell alone.
require_tools() {
  missing=
  for tool in base64 cat chmod chown cmp cp date df dirname du getconf grep head mkdir mktemp mv \
    nice rm sha256sum sleep stat sync tail timeout tr uname wc; do
    command -v "$tool" >/dev/null 2>&1 || missing="$missing $tool"
  done
  [ -n "$missing" ] || return 0
  fact packages "$packages"
  for tool in $missing; do fact missing "$tool"; done
  fact end
  exit 0
}

# Every call has a deadline: a Docker Engine that hangs must not hang the whole run.
ask() { timeout -k 2 20 "$@" </dev/null 2>/dev/null; }

of_release() {
  ID=unknown ID_LIKE='' VERSION_ID='' VERSION_CODENAME=''
  # shellcheck source=/dev/null # variables, as os-release(5) promises
  [ ! -r /etc/os-release ] || . /etc/os-release
  # Each family's manager can be installed on systems of the other.
  case " $ID $ID_LIKE " in
    *' rhel '* | *' fedora '* | *' centos '*) managers='dnf yum apt-get' ;;
    *) managers='apt-get dnf yum' ;;
  esac
  packages=none
  for manager in $managers; do
    ! command -v "$manager" >/dev/null 2>&1 || { packages=${manager%-get}; break; }
  done
}

of_system() {
  fact system "$ID" "$VERSION_ID" "$VERSION_CODENAME" "$ID_LIKE"
  fact packages "$packages"
  fact machine "$(uname -m)" "$(uname -r)" "$(getconf _NPROCESSORS_ONLN)"
  while read -r name kib _; do
    [ "$name" = MemTotal: ] && fact memory "$kib"
  done </proc/meminfo
  case $(stat -fc %T /sys/fs/cgroup 2>/dev/null) in
    cgroup2fs) fact cgroup 2 ;;
    *) fact cgroup 1 ;;
  esac
  fact clock "$(date +%s)"
  for tool in ss ip iptables systemctl flock perl; do
    ! command -v "$tool" >/dev/null 2>&1 || fact tool "$tool"
  done
  of_addresses
}

# IPv4 addresses with their interfaces.
of_addresses() {
  command -v ip >/dev/null 2>&1 || return 0
  ask ip -4 -o address show | while read -r _ interface _ address _; do
    fact address "$interface" "${address%/*}"
  done
}

of_docker() {
  command -v docker >/dev/null 2>&1 || { fact docker absent; return; }
  if ! command -v dockerd >/dev/null 2>&1; then
    case $(ask docker --version) in
      podman*) fact tool podman-docker; fact docker absent; return ;;
    esac
  fi
  # docker version turns tabs into blanks, so its fields are told apart by another sign.
  version=$(ask docker version --format '{{.Server.Version}}|{{.Server.APIVersion}}')
  case $version in
    *'|'*) ;;
    *)
      # A client alone is no engine.
      if command -v dockerd >/dev/null 2>&1; then fact docker stopped; else fact docker absent; fi
      return ;;
  esac
  state=$(ask docker info --format '{{.LiveRestoreEnabled}}|{{.DockerRootDir}}|{{.ContainersRunning}}')
  printf 'docker|running|%s|%s\n' "$version" "$state" | tr '|' '\t'
  root=${state#*|} root=${root%|*}
  # The usual one is asked for on every host, also where Docker is still to come.
  [ "$root" = /var/lib/docker ] || of_folder "$root"
  ids=$(ask docker ps --all --quiet --filter "label=$label.service")
  # shellcheck disable=SC2086 # a list of ids
  [ -z "$ids" ] || ask docker inspect --format 'container{{"\t"}}{{.Id}}{{"\t"}}{{.Name}}{{"\t"}}{{index .Config.Labels "io.ci-cluster.cluster"}}{{"\t"}}{{index .Config.Labels "io.ci-cluster.service"}}{{"\t"}}{{index .Config.Labels "io.ci-cluster.fingerprint"}}{{"\t"}}{{.State.Status}}{{"\t"}}{{.State.ExitCode}}{{"\t"}}{{.RestartCount}}{{"\t"}}{{.Created}}{{"\t"}}{{.State.StartedAt}}{{"\t"}}{{.Config.Image}}' $ids
}

# Address, process and container of everything that listens. The last 64 hex digits in a process'
# cgroup are its own container, even when this host is a container itself.
of_listeners() {
  command -v ss >/dev/null 2>&1 || return 0
  ask ss -ltnpH | while read -r _ _ _ local _ users; do
    process=${users#*\"}
    pid=${users#*pid=}
    pid=${pid%%,*}
    container=
    case $pid in
      '' | *[!0-9]*) pid= ;;
      *) container=$(grep -oE '[0-9a-f]{64}' "/proc/$pid/cgroup" 2>/dev/null | tail -n 1) ;;
    esac
    fact listener "$local" "${process%%\"*}" "$pid" "$container"
  done
}

of_folder() {
  place=$1
  while [ ! -d "$place" ]; do place=$(dirname "$place"); done
  free=$(df -Pk "$place" | { read -r _; read -r _ _ _ available _; printf '%s' "$available"; })
  if [ -d "$1" ]; then
    fact folder "$1" "$free" "$(stat -c '%a' "$1")" "$(stat -c '%u' "$1")" "$(stat -c '%g' "$1")"
  else
    fact folder "$1" "$free"
  fi
}

of_file() {
  [ -f "$1" ] || return 0
  sum=$(sha256sum <"$1")
  fact file "$1" "${sum%% *}" "$(stat -c '%a' "$1")" "$(stat -c '%u' "$1")" "$(stat -c '%g' "$1")" "$(stat -c '%Y' "$1")"
}

of_text() { [ ! -f "$2" ] || fact text "$1" "$(base64 -w 0 <"$2")"; }

of_image() { fact image "$1" "$(ask docker image inspect --format '{{.Id}}' "$1")"; }

# Docker's default bridge, and what the script says of the rules that keep its containers in bounds.
of_isolation() { # SCRIPT
  fact bridge "$(ask docker network inspect --format '{{index .Options "com.docker.network.bridge.name"}}' bridge)"
  [ ! -f "$1" ] || fact isolation "$(ask sh "$1" check)"
}

# Disk use of each task that Mesos runs in Docker: writable layer and sandbox, in KiB, or "?" where it
# could not be counted, or not within five seconds for all of them together.
of_tasks() {
  ids=$(ask docker ps --quiet --filter 'name=^/?mesos-')
  until=$(($(date +%s) + 5))
  # shellcheck disable=SC2086 # a list of ids
  [ -z "$ids" ] || ask docker inspect --format '{{.Name}}|{{.GraphDriver.Data.UpperDir}}|{{range .Mounts}}{{if eq .Destination "/mnt/mesos/sandbox"}}{{.Source}}{{end}}{{end}}' $ids |
    while IFS='|' read -r name layer sandbox; do
      # Executors have containers of their own, with the sandbox of their task.
      case $name in *.executor) continue ;; esac
      fact task "${name#/}" "$(disk_use "$layer" "$sandbox")"
    done
}

# Files that a build removes meanwhile make du complain, and count for nothing.
disk_use() { # LAYER SANDBOX
  left=$((until - $(date +%s)))
  [ "$left" -gt 0 ] || { printf '?'; return; }
  timeout "$left" nice -n 19 du -skx -- "$1" "$2" 2>/dev/null | {
    read -r layer _ && read -r sandbox _ && printf '%s' $((layer + sandbox)) || printf '?'
  }
}

look() {
  fact facts 1
  of_release
  require_tools
  of_system
  of_docker
  of_listeners
  ! command -v of_residue >/dev/null || of_residue
  of_text identity /etc/ci-cluster/cluster.json
  of_text daemon.json /etc/docker/daemon.json
  of_text last-run /var/lib/ci-cluster/last-run
  while [ $# -ge 2 ]; do
    case $1 in
      folder) of_folder "$2" ;;
      file) of_file "$2" ;;
      text) of_text "$2" "$2" ;;
      image) of_image "$2" ;;
      isolation) of_isolation "$2" ;;
      tasks) of_tasks ;;
    esac
    shift 2
  done
  fact end
}

look "$@" | {
  rows=0
  while IFS= read -r row; do
    [ -n "$row" ] || continue
    [ "$row" != end ] || { fact end "$rows"; exit 0; }
    printf '%s\n' "$row"
    rows=$((rows + 1))
  done
  exit 1
}
