# Rendered by ci-cluster for {{ cluster }}; changes made here are overwritten.
# An archive of the home of Jenkins {{ controller }}. What Jenkins makes again by itself is left out.
# Restore: stop the controller, unpack with "tar -xpzf ARCHIVE -C {{ home }}", start the same or a newer core.
set -eu
umask 077
home={{ home }}
folder={{ folder }}
keep={{ keep }}

mkdir -p "$folder"
exec 9> "$folder/.lock"
flock --nonblock 9 || { echo 'another archive is being made' >&2; exit 75; }

# An archive that filled the disk would take the controller down with it.
used=$(du -sk "$home" | cut -f 1)
free=$(df -Pk "$folder" | awk 'NR == 2 { print $4 }')
[ "$free" -gt "$used" ] || { echo "only $free KiB free in $folder for a home of $used KiB" >&2; exit 1; }

rm -f "$folder"/.new-*
new=$folder/.new-$$
trap 'rm -f "$new"' EXIT
trap 'exit 143' INT TERM
code=0
tar --create --gzip --file "$new" --directory "$home" --warning=no-file-changed --warning=no-file-removed \
  --exclude=./.ci-cluster.lock --exclude=./.owner --exclude=./copy_reference_file.log --exclude=./caches \
  --exclude=./logs --exclude=./tools --exclude=./updates --exclude=./war --exclude=./workspace \
  --exclude='./plugins/*/*' . || code=$?
# 1: a file changed while it was read. Jenkins goes on writing its logs; what it keeps it renames into place.
[ "$code" -le 1 ] || exit "$code"
sync "$new"
mv "$new" "$folder/{{ controller }}-$(date -u +%Y%m%dT%H%M%SZ).tar.gz"
find "$folder" -maxdepth 1 -name '{{ controller }}-*.tar.gz' | sort -r | tail -n "+$((keep + 1))" |
  while read -r old; do rm -f "$old"; done
