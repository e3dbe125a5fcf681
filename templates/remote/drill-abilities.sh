# ci-cluster: which faults a drill could cause on this host. Prints "key<TAB>value<TAB>..." rows; the first
# is "abilities", the last "end" with the number of rows. Changes nothing: packet filters and delays are
# tried in a network namespace that ends with the attempt.
# Arguments: FOLDER, where drills keep their records.
set -u
LC_ALL=C
export LC_ALL
unset DOCKER_HOST DOCKER_CONTEXT DOCKER_API_VERSION DOCKER_TLS_VERIFY
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
drills=$1
label=io.ci-cluster.service
count=0
tab=$(printf '\t')

fact() {
  line=$1
  shift
  for value in "$@"; do line="$line$(printf '\t%s' "$(printf '%s' "$value" | tr '\t\n\r' '   ')")"; done
  count=$((count + 1))
  printf '%s\n' "$line"
}

has() { command -v "$1" >/dev/null 2>&1; }
ask() { timeout -k 2 10 "$@" </dev/null 2>/dev/null; }

# attempt KEY COMMAND: yes, or no with what was said last.
attempt() {
  key=$1
  shift
  if ! has unshare; then
    fact "$key" unknown 'no unshare to try it apart'
  elif ! has "$1"; then
    fact "$key" no "no $1"
  elif said=$(timeout -k 2 10 unshare -n "$@" </dev/null 2>&1); then
    fact "$key" yes ''
  else
    fact "$key" no "$(printf '%s\n' "$said" | grep -v '^ *$' | head -n 1)"
  fi
}

# The wall clock and the one that never jumps, side by side.
of_time() {
  read -r uptime _ </proc/uptime
  fact clock "$(date +%s.%N)" "$uptime"
}

of_network() {
  attempt iptables iptables -w 5 -A OUTPUT -m comment --comment ci-cluster -j DROP
  attempt ip6tables ip6tables -w 5 -A OUTPUT -m comment --comment ci-cluster -j DROP
  attempt statistic iptables -w 5 -A OUTPUT -m statistic --mode random --probability 0.5 -j DROP
  attempt netem tc qdisc add dev lo root netem delay 1ms
  ! has iptables || fact filter "$(ask iptables --version)"
}

# "docker pause" needs the freezer of the kernel.
of_freezer() {
  if [ "$(stat -fc %T /sys/fs/cgroup 2>/dev/null)" = cgroup2fs ]; then
    set -- /sys/fs/cgroup/*/cgroup.freeze
    if [ -e "$1" ]; then fact freezer yes ''; else fact freezer no 'no cgroup.freeze'; fi
  elif [ -d /sys/fs/cgroup/freezer ]; then
    fact freezer yes ''
  else
    fact freezer no 'the freezer cgroup is not mounted'
  fi
}

of_system() {
  if [ -d /run/systemd/system ] && has systemd-run; then fact timer systemd-run; fi
  ! has setsid || fact timer setsid
  has systemd-detect-virt || return 0
  fact container "$(ask systemd-detect-virt --container)"
}

of_containers() {
  has docker || return 0
  ids=$(ask docker ps --quiet --filter "label=$label")
  # shellcheck disable=SC2086 # a list of ids
  [ -z "$ids" ] || ask docker inspect --format '{{.Name}}|{{.HostConfig.RestartPolicy.Name}}|{{.HostConfig.PidMode}}' $ids |
    tr '|' '\t' | sed "s|^/|container-of$tab|"
}

of_drills() {
  for one in "$drills"/*/; do
    [ -d "$one" ] || continue
    if [ -e "$one/healed" ]; then state=healed; else state=armed; fi
    fact drill "$(basename "$one")" "$state"
  done
}

fact abilities 1
of_time
of_network
of_freezer
of_system
containers=$(of_containers)
if [ -n "$containers" ]; then
  printf '%s\n' "$containers"
  count=$((count + $(printf '%s\n' "$containers" | wc -l)))
fi
of_drills
fact end "$count"
