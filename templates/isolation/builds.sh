#!/bin/sh
# Rendered by ci-cluster for {{ cluster }}; changes made here are overwritten.
# Builds, which are containers on Docker's bridge, do not reach the control ports of the cluster.
#   builds.sh apply    puts the rules in force; there is no moment without them in between
#   builds.sh check    prints "in force", or why they are not
#   builds.sh remove   takes the rules away
# IPv4 only. Rules of others are left as they are.
set -u
LC_ALL=C
export LC_ALL
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
bridge={{ bridge }}
prefix=CI-CLUSTER-BUILDS
# In memory, as the rules are.
record=/run/ci-cluster-builds
wanted_by=/etc/systemd/system/docker.service.wants/{{ unit }}

ipt() { iptables -w 10 "$@"; }

fill() { # CHAIN
  ipt -A "$1" -m conntrack --ctstate RELATED,ESTABLISHED -j RETURN || return 1
{%- for rule in rules %}
  ipt -A "$1" {{ rule }} -j DROP || return 1
{%- endfor %}
  ipt -A "$1" -j RETURN
}

# Packets for other hosts pass FORWARD, which leads to Docker's DOCKER-USER; those for an address of
# this host pass INPUT, which Docker leaves alone.
entries='INPUT DOCKER-USER'

# jumps FROM CHAIN: rules that lead from one to the other, as -D takes them.
jumps() {
  printf '%s\n' "$all" | grep -e "^-A $1 .*-j $2\$" | while read -r _ rule; do
    printf '%s\n' "$rule"
  done
}

in_use() { # CHAIN
  for from in $entries; do [ -n "$(jumps "$from" "$1")" ] || return 1; done
}

exists() { printf '%s\n' "$all" | grep -qx -e "-N $1"; }

drop() { # CHAIN: with all that leads to it
  for from in $entries; do
    jumps "$from" "$1" | while read -r rule; do
      # shellcheck disable=SC2086 # the words of a rule
      ipt -D $rule || exit 1
    done || return 1
  done
  ! exists "$1" || { ipt -F "$1" && ipt -X "$1"; }
}

# Two chains take turns: the new one is complete before anything leads to it, and the old one stays
# until everything leads to the new one.
apply() {
  all=$(ipt -S) || return 1
  new=$prefix-A old=$prefix-B
  ! in_use "$new" || new=$prefix-B old=$prefix-A
  # Docker keeps a chain of this name as it finds it (20.10 to 28), so that it may be made before
  # Docker starts: no build runs a moment without rules after a reboot.
  exists DOCKER-USER || ipt -N DOCKER-USER || return 1
  drop "$new" && ipt -N "$new" && fill "$new" || return 1
  for from in $entries; do ipt -I "$from" 1 -i "$bridge" -j "$new" || return 1; done
  drop "$old" || return 1
  sum=$(signature "$new") || return 1
  printf '%s %s\n' "$new" "$sum" >"$record.new" && mv -f "$record.new" "$record"
}

# What is in force, and by which script: iptables prints rules in its own way, which depends on its
# version, so they are compared with what it printed when they were applied.
signature() { # CHAIN
  listing=$(ipt -S "$1") || return 1
  { cat "$0" && printf '%s\n' "$listing"; } | sha256sum
}

# Nothing ahead of the jump lets a packet from the bridge through.
comes_first() { # FROM CHAIN
  printf '%s\n' "$all" | grep -e "^-A $1 " | {
    while read -r _ _ rule; do
      [ "$rule" != "-i $bridge -j $2" ] || exit 0
      case " $rule" in
        *' ! -i '* | *" -i $bridge "*) ;;
        *' -i '*) continue ;;
      esac
      case $rule in *'-j ACCEPT'* | *'-j RETURN'* | *'-g '*) exit 1 ;; esac
      target=${rule##*-j }
      ! printf '%s\n' "$all" | grep -q -e "^-A ${target%% *} .*-j ACCEPT" || exit 1
    done
    exit 1
  }
}

not() {
  printf '%s\n' "$1"
  exit 1
}

check() {
  command -v iptables >/dev/null 2>&1 || not 'there is no iptables'
  [ -L "$wanted_by" ] || not 'they would be missing after the next reboot ({{ unit }} is not enabled)'
  [ -r "$record" ] || not 'they were not applied since the last reboot'
  read -r chain sum <"$record"
  [ "$(signature "$chain")" = "$sum" ] || not 'they are not those of the cluster file'
  all=$(ipt -S) || not 'iptables does not answer'
  for from in $entries; do
    comes_first "$from" "$chain" || not "$from does not lead to them, or lets builds through before"
  done
  printf '%s\n' "$all" | grep -qx -e '-A FORWARD -j DOCKER-USER' ||
    not 'Docker does not use this iptables: FORWARD does not lead to DOCKER-USER'
  echo 'in force'
}

remove() {
  all=$(ipt -S) && drop "$prefix-A" && drop "$prefix-B" && rm -f "$record"
}

case ${1:-} in
  apply | check | remove) "$1" ;;
  *) echo "usage: $0 apply|check|remove" >&2; exit 2 ;;
esac
