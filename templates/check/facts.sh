# ci-cluster check: what the facts of every command leave out. Prints "key<TAB>value<TAB>..." lines and
# changes nothing. The first line is the clock, at once: how long it took to come back is its error.
# Arguments: pairs of kind and value: name NAME, place FOLDER, image REFERENCE, config REFERENCE (its
# settings, too), registry HOST:PORT (without TLS), client CONTAINER, home FOLDER.
set -u
LC_ALL=C
export LC_ALL
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

fact() {
  line=$1
  shift
  for value in "$@"; do line="$line$(printf '\t%s' "$(printf '%s' "$value" | tr '\t\n\r' '   ')")"; done
  # One write: what runs side by side must not be mixed.
  printf '%s\n' "$line"
}

ask() { timeout -k 2 20 "$@" </dev/null 2>/dev/null; }
has() { command -v "$1" >/dev/null 2>&1; }

fact clock "$(date +%s.%N)"

of_identity() {
  fact hostname "$(uname -n)"
  [ ! -r /etc/machine-id ] || fact machine-id "$(head -c 64 /etc/machine-id)"
  for file in /etc/ssh/ssh_host_*_key.pub; do
    [ -r "$file" ] || continue
    read -r type key _ <"$file"
    sum=$(printf '%s' "$key" | sha256sum)
    fact host-key "$type" "${sum%% *}"
  done
}

of_system() {
  for tool in perl flock setpriv getent systemctl ss; do ! has "$tool" || fact tool "$tool"; done
  ! has systemd-detect-virt || fact container "$(ask systemd-detect-virt --container)"
  [ ! -r /sys/fs/selinux/enforce ] || fact selinux "$(cat /sys/fs/selinux/enforce)"
  # With cat: a sysctl gives its all to the first read, and `read` takes one byte at a time.
  fact ephemeral "$(cat /proc/sys/net/ipv4/ip_local_port_range 2>/dev/null)"
  fact reserved "$(cat /proc/sys/net/ipv4/ip_local_reserved_ports 2>/dev/null)"
}

# What keeps the time, by its process; where none runs, the unit that could.
of_clock() {
  names='systemd-timesyn|chronyd|ntpd|openntpd'
  running=$(cat /proc/[0-9]*/comm 2>/dev/null | grep -xE "$names" | head -n 1)
  [ -z "$running" ] || fact clock-service "$running"
  has systemctl || return 0
  for unit in chrony chronyd systemd-timesyncd ntpsec ntp ntpd openntpd; do
    ask systemctl cat "$unit.service" >/dev/null || continue
    fact clock-unit "$unit.service"
    break
  done
  ! has timedatectl || fact clock-synced "$(ask timedatectl show -p NTPSynchronized --value)"
}

of_docker() {
  if has systemctl && ask systemctl cat docker.service >/dev/null; then fact docker-unit docker.service; fi
  has docker || return 0
  case $(ask docker --version) in *odman*) fact docker-kind podman ;; *) fact docker-kind docker ;; esac
  fact docker-api "$(ask docker version --format '{{.Server.MinAPIVersion}}')"
  fact docker-driver "$(ask docker info --format '{{.Driver}}')"
  fact docker-security "$(ask docker info --format '{{json .SecurityOptions}}')"
  fact docker-swarm "$(ask docker info --format '{{.Swarm.LocalNodeState}}')"
  fact docker-limits "$(ask docker info --format '{{.MemoryLimit}} {{.CPUCfsQuota}}')"
}

# Addresses as libc finds them. A name server that does not answer costs this time for all names.
of_name() { # NAME
  fact name "$1" "$(timeout 6 getent ahostsv4 "$1" 2>/dev/null | cut -d ' ' -f 1 | sort -u | tr '\n' ' ')"
}

of_own_name() {
  own=$(uname -n)
  fact own-name "$(timeout 6 getent ahostsv4 "$own" 2>/dev/null | cut -d ' ' -f 1 | sort -u | tr '\n' ' ')"
  # Only a line that has no other name than its own may be changed: "127.0.1.1 m1.example.com m1".
  [ ! -r /etc/hosts ] || while read -r address names; do
    case $address in 127.0.1.*) ;; *) continue ;; esac
    for name in $names; do
      case $name in "$own" | "$own".*) ;; '#'*) break ;; *) continue 2 ;; esac
    done
    fact hosts-line "$address" "$names"
  done </etc/hosts
}

# Device and kind of file system where the folder is or would be, room and inodes on it.
of_place() { # FOLDER
  place=$1
  while [ ! -d "$place" ]; do place=$(dirname "$place"); done
  room=$(df -Pk "$place" | { read -r _; read -r _ total _ free _; printf '%s %s' "$total" "$free"; })
  inodes=$(df -Pi "$place" | { read -r _; read -r _ total _ free _; printf '%s %s' "$total" "$free"; })
  fact place "$1" "$(stat -c %d "$place")" "$(stat -f -c %T "$place")" \
    "${room% *}" "${room#* }" "${inodes% *}" "${inodes#* }"
}

# Not "join": some versions of the client hand it a list of another type than it takes (20.10).
of_image() { # REFERENCE
  found=$(ask docker image inspect --format '{{.Id}}|{{.Size}}|{{.Architecture}}|{{range .RepoDigests}}{{.}} {{end}}' "$1")
  if [ -n "$found" ]; then
    printf 'image|%s|%s\n' "$1" "$found" | tr '|' '\t'
  elif has docker; then
    of_registry "$1"
  fi
}

# Whether a registry has an image that the host has not. The client asks, not the engine: mirrors of
# the engine are not seen, so a "no" for want of a connection is no proof.
of_registry() { # REFERENCE
  insecure=
  case " $registries " in *" ${1%%/*} "*) insecure=--insecure ;; esac
  # shellcheck disable=SC2086 # an option or nothing
  if why=$(DOCKER_CLI_EXPERIMENTAL=enabled timeout -k 2 20 docker manifest inspect $insecure "$1" 2>&1 >/dev/null </dev/null); then
    fact pull "$1" yes ''
  else
    case $why in
      *'no such manifest'* | *'manifest unknown'* | *'not found'*) fact pull "$1" no "$why" ;;
      *) fact pull "$1" unknown "${why:-no answer within 20 s}" ;;
    esac
  fi
}

of_config() { # REFERENCE
  config=$(ask docker image inspect --format '{{json .Config}}' "$1")
  # An empty line where there is no such image.
  [ -z "$config" ] || fact config "$1" "$(printf '%s' "$config" | base64 -w 0)"
}

# Whether the Docker client inside the Mesos agent gets along with the engine outside.
of_client() { # CONTAINER
  [ -n "$(ask docker ps --quiet --filter "name=^/?$1\$" --filter status=running)" ] || return 0
  why=$(timeout -k 2 20 docker exec "$1" docker version --format '{{.Client.APIVersion}} {{.Server.APIVersion}}' 2>&1 </dev/null)
  fact client "$?" "$why"
}

# One thing in the home that is not Jenkins'.
of_home() { # FOLDER
  [ -d "$1" ] || return 0
  fact home "$1" "$(timeout 10 find "$1" -maxdepth 1 ! -uid 1000 2>/dev/null | head -n 1)"
}

of_identity
of_system
of_clock
of_docker
of_own_name
registries=''
while [ $# -ge 2 ]; do
  case $1 in
    # Side by side, for each may wait for somebody else.
    name) of_name "$2" & ;;
    image) of_image "$2" & ;;
    registry) registries="$registries $2" ;;
    place) of_place "$2" ;;
    config) of_config "$2" ;;
    client) of_client "$2" ;;
    home) of_home "$2" ;;
  esac
  shift 2
done
wait
fact end
