#!/bin/sh
# base.sh FOLDER STUBS PROGRAMS: what all throw-away hosts have in common, made once: the programs of
# this machine without those that would change it, and stand-ins for some of them.
set -eu
base=$1 stubs=$2 programs=$3
mkdir -p "$base/usr/bin" "$base/usr/local" "$base/stubs" "$base/programs"
for folder in sbin bin; do
  find "/usr/$folder" -mindepth 1 -maxdepth 1 -printf "/machine/$folder/%f\n" |
    xargs ln -sf -t "$base/usr/bin"
done
cd "$base/usr/bin"
rm -f docker* dockerd* containerd* runc systemctl journalctl systemd* iptables* ip6tables* nft ss ip
rm -f apt* dpkg* haproxy keepalived sudo sshd ssh reboot shutdown poweroff halt timedatectl mv
for folder in lib lib64 lib32 libexec share; do
  [ ! -d "/usr/$folder" ] || mkdir -p "$base/usr/$folder"
done
cp "$stubs/iptables" "$base/stubs/"
cp "$programs"/* "$base/programs/"
chmod -R a+rx "$base"
