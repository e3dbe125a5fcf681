# ci-cluster: what is on this host. Prints "key<TAB>value<TAB>..." lines and changes nothing.
# Arguments: pairs of kind and value: folder PATH, file PATH, text PATH, image REFERENCE,
# isolation SCRIPT, tasks yes.
set -u
LC_ALL=C
export LC_ALL
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
label=io.ci-cluster

fact() {
  printf '%s' "$1"
  shift
  for value in "$@"; do printf '\t%s' "$(printf '%s' "$value" | tr '\t\n\r' '   ')"; done
  printf '\n'
}

# Every call has a deadline: a Docker Engine that hangs must not hang the whole run.
ask() { timeout -k 2 20 "$@" </dev/null 2>/dev/null; }

of_system() {
  (
    ID=unknown VERSION_ID='' VERSION_CODENAME=''
    # shellcheck source=/dev/null # variables, as os-release(5) promises
    [ -r /etc/os-release ] && . /etc/os-release
    fact system "$ID" "$VERSION_ID" "$VERSION_CODENAME"
  )
  fact machine "$(uname -m)" "$(uname -r)" "$(getconf _NPROCESSORS_ONLN)"
  while read -r name kib _; do
    [ "$name" = MemTotal: ] && fact memory "$kib"
  done </proc/meminfo
  case $(stat -fc %T /sys/fs/cgroup 2>/dev/null) in
    cgroup2fs) fact cgroup 2 ;;
    *) fact cgroup 1 ;;
  esac
  fact clock "$(date +%s)"
  if command -v apt-get >/dev/null 2>&1; then fact packages apt; else fact packages none; fi
  for tool in ss iptables systemctl; do
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
  # docker version turns tabs into blanks, so its fields are told apart by another sign.
  version=$(ask docker version --format '{{.Server.Version}}|{{.Server.APIVersion}}')
  case $version in
    *'|'*) ;;
    *) fact docker stopped; return ;;
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

fact facts 1
of_system
of_docker
of_listeners
of_text identity /etc/ci-cluster/cluster.json
of_text daemon.json /etc/docker/daemon.json
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
