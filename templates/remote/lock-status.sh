# ci-cluster: who holds the lock of this host. Prints one JSON line and changes nothing: it does not even
# try the lock, which could refuse somebody who wants it at that moment. Argument: FOLDER
set -u
LC_ALL=C
export LC_ALL

# Which process has the file open under that number; /proc/locks does not tell in a container.
has_open() { # FILE NUMBER
  place=$(stat -c %d:%i "$1" 2>/dev/null) || return 1
  stat -Lc %d:%i /proc/[0-9]*/fd/"$2" 2>/dev/null | grep -qxF "$place"
}

tell() { # STATE FILE
  printf '{"lock":"%s","detail":"%s"}\n' "$1" "$(base64 -w 0 "$2" 2>/dev/null)"
}

if [ -s "$1/token" ] && has_open "$1/lock" 9; then
  tell held "$1/token"
elif has_open "$1/work" 8; then
  tell busy "$1/token.last"
else
  tell free /dev/null
fi
