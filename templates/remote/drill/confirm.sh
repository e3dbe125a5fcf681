# ci-cluster: looks whether the fault of a drill is in effect on this host, until it is or the time is over.
# Changes nothing. Prints one JSON line. Arguments: ID SECONDS KIND [CONTAINER|SECONDS]
of_drill "$1"
seconds=$2 kind=$3 target=${4:-}

inspect() { ask docker inspect --type container --format "$1" "$target"; }

# Whether the process that the container had before is gone, and which one it has now.
is_gone() {
  read -r pid since <"$folder/process" || return 1
  evidence="PID $pid still runs"
  [ "$(started "$pid")" != "$since" ] || return 1
  evidence="PID $pid is gone"
}

by_kill() {
  is_gone || return 1
  now=$(inspect '{{.State.Pid}}')
  case $now in
    '') ;;
    0 | "$pid") evidence="$evidence; the container does not run" ;;
    *) evidence="$evidence; the container runs as PID $now" ;;
  esac
}

by_stop() {
  is_gone || return 1
  status=$(inspect '{{.State.Status}}')
  evidence="$evidence; the container is $status"
  [ "$status" = exited ]
}

by_restart() {
  is_gone || return 1
  now=$(inspect '{{.State.Pid}}')
  evidence="$evidence; the container runs as PID $now"
  [ "${now:-0}" -gt 1 ] && [ "$now" != "$pid" ]
}

# Docker's word alone is not enough: the kernel says whether the process stands still.
by_pause() {
  read -r pid since <"$folder/process" || return 1
  evidence='Docker does not say that it is paused'
  [ "$(inspect '{{.State.Paused}}')" = true ] || return 1
  evidence="PID $pid is gone"
  [ "$(started "$pid")" = "$since" ] || return 1
  evidence="PID $pid runs, although Docker says that it is paused"
  frozen "$pid" || return 1
  evidence="PID $pid is frozen ($proof)"
}

# By the freezer of cgroups, version 1 or 2; where that is out of sight, by the state of the process:
# D (version 1) or T.
frozen() { # PID
  proof=
  while IFS=: read -r _ controllers way; do
    case ,$controllers, in
      *,freezer,*) file=/sys/fs/cgroup/freezer$way/freezer.state ;;
      ,,) file=/sys/fs/cgroup$way/cgroup.events ;;
      *) continue ;;
    esac
    [ -r "$file" ] || continue
    proof=$(grep -x -e FROZEN -e 'frozen 1' "$file") && return 0
    [ "$controllers" = '' ] || return 1
  done <"/proc/$1/cgroup"
  proof=$(grep -o '^State:.[DT]' "/proc/$1/status" | tr '\t' ' ')
  [ -n "$proof" ]
}

# What our rules have dropped; those that return are not counted.
by_rules() {
  count=0
  { read -r families <"$folder/families"; } 2>/dev/null || families=
  for tool in $families; do
    for one in $(ask "$tool" -w 5 -L "$chain" -nvx | while read -r packets _ verdict _; do
      [ "$verdict" != DROP ] || printf '%s\n' "$packets"
    done); do count=$((count + one)); done
  done
  evidence="$count packets dropped"
  [ "$count" -gt 0 ]
}

by_delay() {
  count=0
  for one in $(ask tc -s qdisc show | grep -A 1 '^qdisc netem c1ce: ' | grep -o 'bytes [0-9]* pkt' | tr -dc '0-9\n'); do
    count=$((count + one))
  done
  evidence="$count packets delayed"
  [ "$count" -gt 0 ]
}

by_clock() {
  read -r wall mono _ <"$folder/clock" || return 1
  off=$(($(date +%s%3N) - wall - $(uptime_ms) + mono))
  evidence="the clock is off by $off ms"
  rest=$((off - target * 1000))
  [ "${rest#-}" -lt 2000 ]
}

by_dockerd() {
  read -r pid since <"$folder/dockerd" || return 1
  evidence="dockerd still runs as PID $pid"
  [ "$(started "$pid")" != "$since" ] || return 1
  evidence="dockerd (PID $pid) is gone; no other one answers yet"
  ask docker version >/dev/null || return 1
  evidence="dockerd (PID $pid) is gone; another one answers"
}

by_reboot() {
  evidence='the host still runs as before'
  [ "$(cat "$folder/run")" != "$(identity)" ] || return 1
  evidence='the host was started anew'
}

in_effect() {
  case $kind in
    kill | stop | restart | pause | delay) "by_$kind" ;;
    cut) by_rules ;;
    clock-step) by_clock ;;
    restart-docker) by_dockerd ;;
    reboot) by_reboot ;;
  esac
} 2>/dev/null

evidence='nothing was injected'
until=$(($(uptime_ms) + seconds * 1000))
while ! in_effect; do
  if [ "$(uptime_ms)" -ge "$until" ]; then
    say unconfirmed "$evidence"
    exit 1
  fi
  sleep 0.1
done
say confirmed "$evidence"
