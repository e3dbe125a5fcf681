#!/bin/sh
# boot.sh BASE ADDRESS: the first process of a throw-away host, in mount and process namespaces of its
# own. Its root is in memory; what is this machine's is mounted read-only. Prints "up", then waits.
set -eu
base=$1 address=$2 root=/mnt
mount -t tmpfs -o mode=0755 host "$root"
cd "$root"
mkdir usr machine machine/bin machine/sbin programs stubs etc run tmp var var/lib var/log root srv opt proc dev sys
mkdir -p sys/fs/cgroup var/tmp var/lib/dpkg fake/filter/own fake/containers fake/images fake/units
chmod 1777 tmp var/tmp
mount --bind "$base/usr" usr
mount --bind /usr/bin machine/bin
mount --bind /usr/sbin machine/sbin
for folder in lib lib64 lib32 libexec share; do
  [ ! -d "/usr/$folder" ] || mount --bind "/usr/$folder" "usr/$folder"
done
mount -t tmpfs -o mode=0755 local usr/local
mkdir usr/local/bin usr/local/sbin
for folder in programs stubs; do mount --bind "$base/$folder" "$folder"; done
for folder in usr machine/bin machine/sbin programs stubs; do mount -o remount,ro,bind "$folder"; done
for folder in bin sbin lib lib64 lib32; do
  [ ! -e "/usr/$folder" ] || ln -s "usr/$folder" "$folder"
done
rm -f sbin && ln -s usr/bin sbin
for device in null zero full random urandom tty; do
  : >"dev/$device"
  mount --bind "/dev/$device" "dev/$device"
done
ln -s /proc/self/fd dev/fd
mount -t proc processes proc
mkdir -p etc/systemd/system etc/apt etc/alternatives
mount --bind /etc/alternatives etc/alternatives
for file in passwd group nsswitch.conf ld.so.cache; do cp "/etc/$file" "etc/$file"; done
printf 'ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\n' >etc/os-release
printf '127.0.0.1 localhost\n' >etc/hosts
# Alike on all machines and in all runs, but not on two hosts of one run.
printf '%s' "$address" | md5sum | { read -r sum _; printf '%s\n' "$sum"; } >etc/machine-id
printf '%s\n' "$address" >fake/address
: >fake/filter/INPUT && : >fake/filter/FORWARD && : >fake/filter/OUTPUT
for program in programs/*; do
  case ${program##*/} in
    docker | dockerd) ;;
    *) ln -s "/$program" "usr/local/bin/${program##*/}" ;;
  esac
done
# The first process of a namespace is the parent of all orphans and has to bury them: sh does.
exec chroot "$root" /bin/sh -c 'echo up; while :; do sleep 3600; done'
