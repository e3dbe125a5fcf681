# ci-cluster: breaks one thing on this host, while the switch of its drill is armed. Prints one JSON line.
# Arguments: ID TOKEN PORTS KIND ARGUMENT...; PORTS are those of SSH, besides what this host tells itself.
#   kill|stop|pause|restart CONTAINER, cut RULE..., delay MS JITTER ADDRESS..., clock-step SECONDS,
#   restart-docker, reboot
# A second time it does nothing that the first time did.
of_drill "$1"
token=$2 ports=$3 kind=$4
shift 4

# end EVENT TEXT: unsupported is what this host can never do; failed may have begun.
end() {
  say "$1" "$2"
  exit 75
}

need() { command -v "$1" >/dev/null 2>&1 || end unsupported "there is no $1 on this host"; }

# What was there before, written once: a second attempt must not take its own work for it.
remember() { # NAME TEXT
  [ -e "$folder/$1" ] || { printf '%s\n' "$2" >"$folder/$1.new" && sync "$folder/$1.new" && mv -f "$folder/$1.new" "$folder/$1"; }
}

recall() { cat "$folder/$1" 2>/dev/null; }

inspect() { ask docker inspect --type container --format "$1" "$2"; } # FORMAT CONTAINER

# The process of the container, if it is one of that container and of nobody else.
remember_process() { # CONTAINER
  [ ! -e "$folder/process" ] || return 0
  pid=$(inspect '{{.State.Pid}}' "$1") || end failed "Docker does not tell of $1"
  container=$(inspect '{{.Id}}' "$1")
  case $pid in '' | 0 | 1 | *[!0-9]*) end failed "$1 has no process" ;; esac
  [ "${#container}" -eq 64 ] || end failed "Docker does not tell the id of $1"
  grep -qF "$container" "/proc/$pid/cgroup" 2>/dev/null || end failed "process $pid is not one of $1"
  remember process "$pid $(started "$pid")" || end failed "cannot write $folder"
}

is_there() { [ "$(started "$pid")" = "$since" ]; }

kill_process() {
  remember_process "$1"
  read -r pid since <"$folder/process"
  ! is_there || kill -KILL "$pid"
}

stop() {
  remember_process "$1"
  timeout -k 2 90 docker stop "$1" </dev/null >/dev/null 2>&1 || end failed "docker stop $1 failed"
}

pause() {
  remember_process "$1"
  [ "$(inspect '{{.State.Paused}}' "$1")" = true ] || ask docker pause "$1" >/dev/null ||
    end failed "docker pause $1 failed"
}

restart() {
  remember_process "$1"
  read -r pid since <"$folder/process"
  ! is_there || timeout -k 2 90 docker restart "$1" </dev/null >/dev/null 2>&1 ||
    end failed "docker restart $1 failed"
}

# Ports at which this host is reached by SSH: of the connection that brought this, whatever sudo left of
# its environment, and of whatever sshd listens on.
ssh_ports() {
  # shellcheck disable=SC2086 # words
  printf '%s\n' 22 $ports
  pid=$$
  while [ "${pid:-0}" -gt 1 ]; do
    tr '\0' '\n' <"/proc/$pid/environ" | grep -a '^SSH_CONNECTION=' | while read -r _ _ _ port; do
      printf '%s\n' "$port"
    done
    pid=$(grep '^PPid:' "/proc/$pid/status" | tr -dc '0-9')
  done 2>/dev/null
  ! command -v ss >/dev/null 2>&1 || ask ss -ltnpH | grep '"sshd"' | while read -r _ _ _ local _; do
    printf '%s\n' "${local##*:}"
  done
}

# Rules come as words: the family (4 or *), then what iptables takes.
fill() { # TOOL RULE...
  tool=$1
  shift
  for port in $safe; do
    for side in --dport --sport; do
      ask "$tool" -w 5 -A "$chain" -m comment --comment "$tag" -p tcp "$side" "$port" -j RETURN || return 1
    done
  done
  # Neighbours that are not found take the way in along.
  [ "$tool" = iptables ] || for type in 135 136; do
    ask "$tool" -w 5 -A "$chain" -m comment --comment "$tag" -p ipv6-icmp --icmpv6-type "$type" -j RETURN || return 1
  done
  for rule in "$@"; do
    case $tool$rule in ip6tables4*) continue ;; esac
    # shellcheck disable=SC2086 # words
    ask "$tool" -w 5 -A "$chain" -m comment --comment "$tag" ${rule#??} || return 1
  done
}

# DOCKER-USER: what containers on a bridge send and get passes neither INPUT nor OUTPUT.
lead_there() { # TOOL
  for from in INPUT OUTPUT DOCKER-USER; do
    ask "$1" -w 5 -S "$from" >/dev/null || { [ "$from" = DOCKER-USER ] && continue; return 1; }
    ask "$1" -w 5 -I "$from" 1 -m comment --comment "$tag" -j "$chain" || return 1
  done
}

# The chain is complete before anything leads to it.
cut() { # RULE...
  need iptables
  families=iptables
  ! ask ip6tables -w 5 -S >/dev/null || families="$families ip6tables"
  remember families "$families" || end failed "cannot write $folder"
  safe=$(ssh_ports | sort -u)
  for each in $families; do
    if ! { clear_chain "$each" "$chain" && ask "$each" -w 5 -N "$chain" && fill "$each" "$@" && lead_there "$each"; }; then
      end failed "$each did not take the rules of $chain"
    fi
  done
}

# A discipline that somebody has chosen would not come back by itself.
delay() { # MS JITTER ADDRESS...
  need tc
  need ip
  clear_qdiscs || end failed 'tc does not answer'
  ms=$1 jitter=$2
  shift 2
  devices=
  for address in "$@"; do
    device=$(ask ip -o route get "$address" | grep -o ' dev [^ ]*')
    device=${device##* }
    [ -n "$device" ] || end failed "there is no way to $address"
    [ "$device" != lo ] || continue
    case " $devices " in *" $device "*) ;; *) slow_down "$device"; devices="$devices $device" ;; esac
    ask tc filter add dev "$device" parent "$handle" protocol ip u32 match ip dst "$address/32" flowid "${handle}4" ||
      end failed "tc did not take the filter for $address"
  done
}

slow_down() { # DEVICE
  ask tc qdisc show dev "$1" | grep -q '^qdisc [a-z_]* 0: root' ||
    end unsupported "$1 has a queueing discipline that somebody chose"
  if ! ask tc qdisc add dev "$1" root handle "$handle" prio bands 4 ||
    ! ask tc qdisc add dev "$1" parent "${handle}4" handle c1ce: netem delay "${ms}ms" "${jitter}ms"; then
    clear_qdiscs
    end unsupported 'the kernel of this host has no netem'
  fi
}

# The clock of a container is that of its machine, and of all others there.
clock_step() { # SECONDS
  ! is_container || end unsupported 'this host is a container: its clock belongs to the machine'
  if [ ! -e "$folder/clock" ]; then
    units=
    for service in chrony chronyd systemd-timesyncd ntp ntpd ntpsec openntpd; do
      ! ask systemctl is-active --quiet "$service" || units="$units $service"
    done
    remember clock "$(date +%s%3N) $(uptime_ms) $(identity)$units" || end failed "cannot write $folder"
  fi
  read -r wall mono _ units <"$folder/clock"
  for service in $units; do
    ask systemctl stop "$service" || end failed "$service does not stop"
  done
  target=$((wall + $1 * 1000 + $(uptime_ms) - mono))
  ask date -u -s "@$((target / 1000)).$(printf '%03d' $((target % 1000)))" >/dev/null ||
    end failed 'date does not set the clock'
}

is_container() {
  [ -e /run/systemd/container ] || [ -e /.dockerenv ] || [ -e /run/.containerenv ] ||
    tr '\0' '\n' </proc/1/environ 2>/dev/null | grep -qa '^container='
}

docker_pid() {
  for file in /run/docker.pid /var/run/docker.pid; do
    [ ! -r "$file" ] || { cat "$file"; return; }
  done
  ask systemctl show --property MainPID --value docker
}

restart_docker() {
  need systemctl
  dockerd=$(docker_pid)
  remember dockerd "$dockerd $(started "$dockerd")" || end failed "cannot write $folder"
  timeout -k 2 90 systemctl restart docker </dev/null >/dev/null 2>&1 ||
    end failed 'systemctl restart docker failed'
}

# After the answer: the connection goes first.
reboot_later() {
  remember run "$(identity)" || end failed "cannot write $folder"
  sync
  setsid sh -c 'exec 7>&- 9>&-; sleep 1; systemctl reboot || reboot' </dev/null >/dev/null 2>&1 &
}

begin() {
  take_lock 5 || end refused 'another script works on it'
  has_lock "$token" || end refused 'the lock of this host is not ours any more'
  in_force || end refused "$why"
  remember injected "$kind $*" || end failed "cannot write $folder"
  [ "$(recall injected)" = "$kind $*" ] || end refused "another fault was injected: $(recall injected)"
  stretch
}

# The longest time is counted from here.
stretch() {
  [ ! -e "$folder/done" ] || return 0
  read -r seconds <"$folder/longest" || end failed "cannot read $folder/longest"
  write_deadline "$deadline" $((($(uptime_ms) + 999) / 1000 + seconds)) || end failed "cannot write $folder"
}

begin "$@"
before=$(uptime_ms)
if [ ! -e "$folder/done" ]; then
  case $kind in
    kill) kill_process "$1" ;;
    clock-step) clock_step "$1" ;;
    restart-docker) restart_docker ;;
    reboot) reboot_later ;;
    stop | pause | restart | cut | delay) "$kind" "$@" ;;
    *) end refused "no fault is called $kind" ;;
  esac
  remember 'done' "$before $(uptime_ms)"
fi
read -r before after <"$folder/done"
note "injected $kind $*"
say injected "$kind $*" ",\"beforeMs\":$before,\"afterMs\":$after"
