# ci-cluster: what the scripts of a drill on one host have in common; it stands before each of them.
set -u
LC_ALL=C
export LC_ALL
# What a login may bring along that would change answers, or speak to another Docker Engine.
unset LANGUAGE GREP_OPTIONS TMPDIR DOCKER_HOST DOCKER_CONTEXT DOCKER_API_VERSION DOCKER_TLS_VERIFY
PATH=${PATH:-/usr/bin:/bin}:/usr/local/sbin:/usr/sbin:/sbin
umask 077
drills=/var/lib/ci-cluster/drills
hooks=/etc/systemd/system
# Handle of our queueing discipline, by which it is told from those of others.
handle=c1cd:

# shellcheck disable=SC2034 # not every script uses all of them
of_drill() { # ID
  id=$1 folder=$drills/$1 chain=CICD-$1 tag=ci-cluster:drill:$1 unit=ci-cluster-drill-$1
}

# The clock that no fault of ours sets.
uptime_ms() {
  read -r up _ </proc/uptime
  part=${up#*.}
  echo $((${up%.*} * 1000 + ${part#0} * 10))
}

say() { # EVENT TEXT [FIELDS]
  printf '{"drill":"%s","id":"%s","uptimeMs":%s,"detail":"%s"%s}\n' \
    "$1" "$id" "$(uptime_ms)" "$(printf '%s' "$2" | base64 -w 0)" "${3:-}"
}

# What somebody finds who comes too late to look himself.
note() { printf '%s %s\n' "$(uptime_ms)" "$1" >>"$folder/log"; }

# Every call has a deadline: a Docker Engine that hangs must not keep us from all the rest.
ask() { timeout -k 2 20 "$@" </dev/null 2>/dev/null; }

# started PID: when it was, in ticks since the boot; tells a process from a later one with its number.
started() {
  stat=
  { read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 1
  # The name, in brackets, may contain blanks.
  # shellcheck disable=SC2086 # words
  set -- ${stat##*) }
  printf '%s' "${20}"
}

# This run of the system. A container that is a host shares the boot id of its machine, hence the rest.
identity() {
  read -r boot_id </proc/sys/kernel/random/boot_id
  printf '%s-%s' "$boot_id" "$(started 1)"
}

# deadline and limit in seconds of the uptime, and the run of the system that they are valid for.
read_deadline() {
  deadline='' limit='' boot=''
  { read -r deadline limit boot <"$folder/deadline"; } 2>/dev/null
  case $deadline,$limit in *[!0-9,]* | ,* | *,) return 1 ;; esac
}

# Another one is put in its place at once, so that nobody ever reads a half.
write_deadline() { # DEADLINE LIMIT
  printf '%s %s %s\n' "$1" "$2" "$(identity)" >"$folder/deadline.new" &&
    sync "$folder/deadline.new" && mv -f "$folder/deadline.new" "$folder/deadline"
}

# The watcher has its file locked for as long as it lives.
is_watched() {
  [ -d "$folder" ] || return 1
  flock -n -E 75 "$folder/watch" true
  [ $? -eq 75 ]
}

# Injecting and healing exclude each other. Programs that they start have the lock, too: one that
# outlives its script is waited out.
take_lock() { # SECONDS
  [ -d "$folder" ] && exec 9>>"$folder/lock" && flock -w "$1" 9
}

# in_force: the switch would heal what is broken now; else why not.
in_force() {
  why=
  if [ ! -e "$folder/armed" ]; then
    why='the switch is not armed'
  elif [ -e "$folder/healed" ]; then
    why="it was healed already, by $(cat "$folder/healed")"
  elif ! read_deadline; then
    why='its deadline cannot be read'
  elif [ "$boot" != "$(identity)" ]; then
    why='the host was started anew'
  elif [ "$(uptime_ms)" -ge $((deadline * 1000)) ]; then
    why='its deadline has passed'
  elif ! is_watched; then
    why='nobody watches its deadline'
  fi
  [ -z "$why" ]
}

# has_lock TOKEN: nothing is broken without the lock of the run, if there is one.
has_lock() {
  [ -n "$1" ] || return 0
  [ -r /run/ci-cluster/work ] && exec 7</run/ci-cluster/work && flock -s -w 10 7 &&
    grep -qF "\"token\":\"$1\"" /run/ci-cluster/token 2>/dev/null
}

# clear_chain TOOL CHAIN: first what leads there, then its rules, then itself. Rules of others stay.
clear_chain() {
  rules=$(ask "$1" -w 5 -S) || return 1
  printf '%s\n' "$rules" | tr -d '"' | grep -e "^-A .* -j $2\$" | while read -r _ rule; do
    # shellcheck disable=SC2086 # the words of a rule
    ask "$1" -w 5 -D $rule || exit 1
  done || return 1
  ! printf '%s\n' "$rules" | grep -qx -e "-N $2" ||
    { ask "$1" -w 5 -F "$2" && ask "$1" -w 5 -X "$2"; } || return 1
  rules=$(ask "$1" -w 5 -S) || return 1
  ! printf '%s\n' "$rules" | grep -q -e "^-N $2\$" -e " -j $2\$"
}

own_qdiscs() {
  ask tc qdisc show | while read -r _ _ number _ device place _; do
    [ "$number $place" != "$handle root" ] || printf '%s\n' "$device"
  done
}

clear_qdiscs() {
  command -v tc >/dev/null 2>&1 || return 0
  ask tc qdisc show >/dev/null || return 1
  for device in $(own_qdiscs); do ask tc qdisc del dev "$device" root; done
  [ -z "$(own_qdiscs)" ]
}

remove_hook() {
  rm -f "$hooks/multi-user.target.wants/$unit-boot.service" "$hooks/$unit-boot.service"
}
