# ci-cluster: arms the dead-man's switch of a drill, reads back that it stands, and breaks nothing.
# Standard input carries heal.sh as it is to lie here. Prints one JSON line.
# Arguments: ID TOKEN SECONDS LIMIT PERIOD DIGEST UNDO...
of_drill "$1"
token=$2 seconds=$3 longest=$4 period=$5 digest=$6
shift 6

refuse() { # TEXT
  [ -z "${made:-}" ] || { remove_hook; rm -rf "$folder"; stop_unit; }
  say refused "$1"
  exit 75
}

stop_unit() { [ ! -e "/run/systemd/transient/$unit.service" ] || ask systemctl stop "$unit.service"; }

need_tools() {
  for tool in base64 cat date flock grep mkdir mv rm sha256sum sleep sync timeout tr; do
    command -v "$tool" >/dev/null 2>&1 || refuse "there is no $tool on this host"
  done
}

# Two at once could take back what belongs to the other.
no_other() {
  for other in "$drills"/*/; do
    [ ! -e "${other}armed" ] || [ -e "${other}healed" ] ||
      refuse "drill $(basename "$other") is not healed yet"
  done
}

write_folder() { # UNDO...
  mkdir -p "$drills" && chmod 0700 "$drills" && mkdir "$folder" || return 1
  made=yes
  cat >"$folder/heal.sh" || return 1
  { [ $# -eq 0 ] || printf '%s\n' "$@"; } >"$folder/undo" && echo end >>"$folder/undo" || return 1
  printf '%s\n' "$longest" >"$folder/longest" || return 1
  now=$((($(uptime_ms) + 999) / 1000))
  write_deadline $((now + seconds)) $((now + longest)) && : >"$folder/ask" &&
    sync "$folder/heal.sh" "$folder/undo" "$folder"
}

# sd_booted(3)
has_systemd() { [ -d /run/systemd/system ]; }

start_by_systemd() {
  has_systemd && command -v systemd-run >/dev/null 2>&1 || return 1
  ask systemd-run --quiet --collect --unit="$unit" --description="ci-cluster: heals drill $id" \
    --property=Restart=on-failure --property=RestartSec=1 --property=StartLimitIntervalSec=0 \
    --property=StandardOutput=null --property=StandardError=null \
    "$(command -v sh)" "$folder/heal.sh" watch "$period" >/dev/null
}

start_by_setsid() {
  command -v setsid >/dev/null 2>&1 || return 1
  # shellcheck disable=SC2016 # expanded by that shell
  setsid sh -c 'exec 7>&- 8>&- 9>&- && cd / && exec sh "$1" watch "$2"' sh "$folder/heal.sh" "$period" \
    </dev/null >/dev/null 2>&1 &
}

# The watcher answers in each round, the first included.
is_answered() {
  tries=50
  while [ ! -e "$folder/answer" ]; do
    [ "$tries" -gt 0 ] || return 1
    tries=$((tries - 1))
    sleep 0.1
  done
}

start_watcher() {
  for watcher in systemd setsid; do
    ! "start_by_$watcher" || ! is_answered || return 0
  done
  return 1
}

# For what outlives a reboot, as the watcher does not. Read at the next boot; no reload needed.
write_hook() {
  hook=false
  has_systemd && [ -d "$hooks" ] || return 0
  mkdir -p "$hooks/multi-user.target.wants" || return 1
  printf '%s\n' '[Unit]' "Description=ci-cluster: heals drill $id after a reboot" 'After=docker.service' \
    "ConditionPathExists=$folder/heal.sh" '' '[Service]' \
    "ExecStart=/bin/sh $folder/heal.sh watch $period" 'Restart=on-failure' 'RestartSec=1' \
    '' '[Install]' 'WantedBy=multi-user.target' >"$hooks/$unit-boot.service" || return 1
  chmod 0644 "$hooks/$unit-boot.service" &&
    ln -s "$hooks/$unit-boot.service" "$hooks/multi-user.target.wants/" && hook=true
}

read_back() {
  sum=$(sha256sum <"$folder/heal.sh")
  [ "${sum%% *}" = "$digest" ] || refuse 'what lies here is not the script that was sent'
  grep -qx end "$folder/undo" || refuse 'the list of what to undo is incomplete'
  read_deadline || refuse 'its deadline cannot be read'
  [ "$boot" = "$(identity)" ] || refuse 'the host was started anew'
  [ "$(uptime_ms)" -lt $((deadline * 1000)) ] || refuse 'its deadline has passed already'
  is_watched || refuse 'its watcher did not stay'
}

need_tools
has_lock "$token" || refuse 'the lock of this host is not ours any more'
no_other
[ ! -e "$folder" ] || refuse 'there is a drill of that name already'
write_folder "$@" 2>/dev/null || refuse "cannot write $folder"
write_hook 2>/dev/null || refuse "cannot write $hooks/$unit-boot.service"
start_watcher || refuse 'neither systemd-run nor setsid can start a watcher that stays'
read_back
if ! : >"$folder/armed" || ! sync "$folder/armed" "$folder"; then refuse "cannot write $folder"; fi
say armed "$watcher" ",\"deadlineMs\":${deadline}000,\"limitMs\":${limit}000,\"hook\":$hook"
