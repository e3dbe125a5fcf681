# ci-cluster: heals drills of this host and clears them away, each by its own script; with "all" also what
# has lost its drill. Prints JSON lines. Arguments: ID|all SECONDS
wanted=$1 seconds=$2

heal_drill() { # ID
  of_drill "$1"
  if [ ! -e "$folder/armed" ] && [ ! -e "$folder/injected" ]; then
    remove_hook
    rm -rf "$folder"
    say cleared 'it was never armed'
    return
  fi
  [ -r "$folder/heal.sh" ] || { say unhealed "its script is gone from $folder"; return; }
  sh "$folder/heal.sh" heal "$seconds" 'failover-drill heal' </dev/null &&
    sh "$folder/heal.sh" disarm </dev/null >/dev/null
}

# A chain without its drill: nobody but us has one of that name.
clear_orphans() {
  for tool in iptables ip6tables; do
    ask "$tool" -w 5 -S | while read -r word name _; do
      case "$word $name" in '-N CICD-'*) ;; *) continue ;; esac
      of_drill "${name#CICD-}"
      [ ! -d "$folder" ] || continue
      if clear_chain "$tool" "$name"; then say cleared "chain $name of $tool"; else say unhealed "chain $name of $tool"; fi
    done
  done
  [ -n "$(ls -A "$drills" 2>/dev/null)" ] || [ -z "$(own_qdiscs)" ] || {
    id=none
    if clear_qdiscs; then say cleared 'netem'; else say unhealed 'netem'; fi
  }
  for file in "$hooks"/ci-cluster-drill-*-boot.service; do
    name=${file##*/ci-cluster-drill-}
    of_drill "${name%-boot.service}"
    [ -d "$folder" ] || [ ! -e "$file" ] || { remove_hook; say cleared "${file##*/}"; }
  done
}

for place in "$drills"/*/; do
  [ -d "$place" ] || continue
  place=${place%/}
  case $wanted in all | "${place##*/}") heal_drill "${place##*/}" ;; esac
done
[ "$wanted" != all ] || clear_orphans
printf '{"drill":"end","id":"","uptimeMs":%s,"detail":""}\n' "$(uptime_ms)"
