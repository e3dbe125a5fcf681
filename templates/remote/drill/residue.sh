# ci-cluster: what drills have left on this host, as rows. Defines functions alone, and stands before what
# calls them; nothing is changed by looking.

left() { printf 'residue\t%s\t%s\t%s\n' "$1" "$2" "$3"; } # KIND NAME DETAIL

of_residue() {
  for place in /var/lib/ci-cluster/drills/*/; do
    [ -d "$place" ] || continue
    name=${place%/} state=unfinished
    for mark in armed injected healed; do [ ! -e "$place$mark" ] || state=$mark; done
    left drill "${name##*/}" "$state"
  done
  for tool in iptables ip6tables; do
    command -v "$tool" >/dev/null 2>&1 || continue
    timeout -k 2 10 "$tool" -w 5 -S </dev/null 2>/dev/null | while read -r word name _; do
      case "$word $name" in '-N CICD-'*) left chain "$name" "$tool" ;; esac
    done
  done
  ! command -v tc >/dev/null 2>&1 || timeout -k 2 10 tc qdisc show </dev/null 2>/dev/null |
    while read -r _ kind handle _ device place _; do
      [ "$handle $place" != 'c1cd: root' ] || left qdisc "$device" "$kind $handle"
    done
  for file in /etc/systemd/system/ci-cluster-drill-* /run/systemd/transient/ci-cluster-drill-*; do
    [ ! -e "$file" ] || left unit "${file##*/}" "$file"
  done
}

# Containers of the cluster that stand still, or that Docker would run and does not. Fails where Docker
# does not answer.
of_still_containers() {
  ids=$(timeout -k 2 20 docker ps --all --quiet --filter 'label=io.ci-cluster.service' </dev/null 2>/dev/null) || return 1
  # shellcheck disable=SC2086 # a list of ids
  [ -z "$ids" ] || timeout -k 2 20 docker inspect --format '{{.State.Status}} {{.HostConfig.RestartPolicy.Name}} {{.Name}}' $ids </dev/null 2>/dev/null |
    while read -r status policy name; do
      case $status,$policy in
        paused,*) left paused "${name#/}" "$status" ;;
        running,* | restarting,* | *,no) ;;
        *) left stopped "${name#/}" "$status" ;;
      esac
    done
}

all_residue() {
  LC_ALL=C PATH=${PATH:-/usr/bin:/bin}:/usr/local/sbin:/usr/sbin:/sbin
  export LC_ALL PATH
  unset DOCKER_HOST DOCKER_CONTEXT DOCKER_API_VERSION DOCKER_TLS_VERIFY
  of_residue
  ! command -v docker >/dev/null 2>&1 || of_still_containers || left unknown docker 'Docker does not answer'
  printf 'end\n'
}
