# ci-cluster: takes back what one drill did to this host. Lies with the drill, and needs nothing that the
# fault could have taken: no network, no names, no other machine.
#   heal.sh watch PERIOD     waits for the deadline, then heals; until somebody has healed or disarmed
#   heal.sh heal SECONDS BY  heals now, and tries for so long until all is as it was
#   heal.sh renew SECONDS    puts the deadline off to so long from now, never beyond its limit
#   heal.sh await SECONDS    waits until somebody has healed
#   heal.sh disarm           takes away the watcher and everything of the drill

# The status of a container, or "gone"; fails where Docker does not answer.
status_of() { # CONTAINER
  ask docker inspect --type container --format '{{.State.Status}}' "$1" ||
    { ask docker version >/dev/null && echo gone; }
}

undo_unpause() { # CONTAINER
  status=$(status_of "$1") || return 1
  [ "$status" = paused ] || return 0
  note "docker unpause $1"
  ask docker unpause "$1" >/dev/null
  status=$(status_of "$1") && [ "$status" != paused ]
}

# One that restarts is Docker's to start.
undo_start() { # CONTAINER
  status=$(status_of "$1") || return 1
  case $status in
    running | restarting) return 0 ;;
    gone) note "$1 does not exist any more"; return 1 ;;
  esac
  note "docker start $1"
  ask docker start "$1" >/dev/null
  status=$(status_of "$1") || return 1
  case $status in running | restarting) ;; *) return 1 ;; esac
}

# Only where a chain was begun; the file tells for which of iptables and ip6tables.
undo_chain() {
  [ -e "$folder/families" ] || return 0
  read -r tools <"$folder/families"
  result=0
  for tool in $tools; do clear_chain "$tool" "$chain" || result=1; done
  return "$result"
}

undo_qdisc() { clear_qdiscs; }

# The wall clock goes back to where it would be by now, and then belongs to its service again.
undo_clock() {
  [ -e "$folder/clock" ] || return 0
  read -r wall mono run units <"$folder/clock"
  if [ "$run" = "$(identity)" ] && [ ! -e "$folder/clock-set" ]; then
    target=$((wall + $(uptime_ms) - mono))
    off=$(($(date +%s%3N) - target))
    if [ "${off#-}" -ge 1000 ]; then
      note "date is off by $off ms"
      ask date -u -s "@$((target / 1000)).$(printf '%03d' $((target % 1000)))" >/dev/null || return 1
      off=$(($(date +%s%3N) - wall - $(uptime_ms) + mono))
      [ "${off#-}" -lt 1000 ] || return 1
    fi
    # From here on somebody else may set it.
    : >"$folder/clock-set"
  fi
  for service in $units; do
    ask systemctl start "$service"
    ask systemctl is-active --quiet "$service" || return 1
  done
}

undo_docker() {
  ! ask docker version >/dev/null || return 0
  note 'systemctl start docker'
  timeout -k 2 60 systemctl start docker </dev/null >/dev/null 2>&1
  ask docker version >/dev/null
}

# All of them, also where one fails; a list without its end is none.
heal_once() {
  failed='' complete=''
  while read -r kind name; do
    case $kind in
      unpause | start | chain | qdisc | clock | docker) "undo_$kind" "$name" || failed="$failed, $kind $name" ;;
      end) complete=yes ;;
      *) failed="$failed, $kind $name" ;;
    esac
  done <"$folder/undo"
  [ "$complete" = yes ] || failed="$failed, the list of what to undo is incomplete"
  failed=${failed#, }
  [ -z "$failed" ]
}

heal() { # SECONDS BY
  failed='another script works on it'
  take_lock "$1" || return 1
  until=$(($(uptime_ms) + $1 * 1000))
  while ! heal_once; do
    [ "$(uptime_ms)" -lt "$until" ] || return 1
    sleep 0.2
  done
  [ -e "$folder/healed" ] || {
    note "healed by $2" &&
      printf '%s at %s ms\n' "$2" "$(uptime_ms)" >"$folder/healed.new" &&
      mv -f "$folder/healed.new" "$folder/healed"
  }
}

# A deadline that nobody can read has passed; so has one of before the last boot.
has_passed() {
  read_deadline && [ "$boot" = "$(identity)" ] || return 0
  [ "$(uptime_ms)" -ge $((deadline * 1000)) ]
}

watch() { # PERIOD
  exec 8>>"$folder/watch" || exit 1
  # Who only looks has it for a moment.
  flock -w 2 8 || exit 0
  printf '%s\n' "$$" >"$folder/pid"
  told=
  while [ -d "$folder" ] && [ ! -e "$folder/healed" ]; do
    [ ! -e "$folder/ask" ] || mv -f "$folder/ask" "$folder/answer"
    if has_passed; then fire || sleep "$1"; else sleep "$1"; fi 8>&-
  done
  [ ! -e "$folder/healed" ] || remove_hook
  exit 0
}

fire() {
  [ -n "$told" ] || note 'the deadline has passed'
  told=yes
  (heal 1 'the switch' || { complain; exit 1; })
}

complain() {
  [ "$failed" != "$(cat "$folder/failed" 2>/dev/null)" ] || return 0
  note "not healed: $failed"
  printf '%s\n' "$failed" >"$folder/failed"
}

renew() { # SECONDS
  take_lock 5 || { say refused 'another script works on it'; exit 75; }
  in_force || { say refused "$why"; exit 75; }
  next=$(($(uptime_ms) / 1000 + $1))
  [ "$next" -le "$limit" ] || next=$limit
  [ "$next" -le "$deadline" ] || write_deadline "$next" "$limit" || { say refused 'its deadline cannot be written'; exit 75; }
  read_deadline
  say renewed '' ",\"deadlineMs\":${deadline}000,\"limitMs\":${limit}000"
}

await() { # SECONDS
  until=$(($(uptime_ms) + $1 * 1000))
  while [ ! -e "$folder/healed" ]; do
    if [ "$(uptime_ms)" -ge "$until" ]; then
      say unhealed "nobody healed it within $1 s"
      exit 1
    fi
    sleep 0.1
  done
  say healed "$(cat "$folder/healed")"
}

# What was broken must have been healed; what was not may be left at any time.
disarm() {
  take_lock 10 || { say refused 'another script works on it'; exit 75; }
  if [ -e "$folder/injected" ] && [ ! -e "$folder/healed" ]; then
    say refused 'it is not healed'
    exit 75
  fi
  pid=
  { read -r pid <"$folder/pid"; } 2>/dev/null
  remove_hook
  rm -rf "$folder"
  stop_watcher
  rmdir "$drills" 2>/dev/null
  if [ -e "$folder" ] || [ -e "$hooks/$unit-boot.service" ]; then
    say refused "$folder could not be removed"
    exit 1
  fi
  say disarmed ''
}

# It would end by itself, as its folder is gone.
stop_watcher() {
  [ ! -e "/run/systemd/transient/$unit.service" ] || ask systemctl stop "$unit.service"
  [ -z "$pid" ] || ! tr '\0' ' ' <"/proc/$pid/cmdline" | grep -qF "$folder/heal.sh" || kill "$pid"
} 2>/dev/null

trap 'exit 143' TERM
place=$(CDPATH='' cd -- "$(dirname -- "$0")" 2>/dev/null && pwd) || exit 72
of_drill "${place##*/}"
case ${1:-} in
  watch) watch "$2" ;;
  heal)
    if heal "$2" "$3"; then say healed "$(cat "$folder/healed")"; else say unhealed "$failed"; exit 1; fi ;;
  renew) renew "$2" ;;
  await) await "$2" ;;
  disarm) disarm ;;
  *) exit 64 ;;
esac
