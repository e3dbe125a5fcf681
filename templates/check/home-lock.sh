# One side of the test of a shared home: hold a lock on a file in it, or try to get it.
# Usage: sh home-lock.sh hold|try|clean HOME NONCE    (as root; works as uid 1000)
# Prints one word: held, free, refused, missing, unwritable, no-tools.
set -u
action=$1 home=$2 nonce=$3
file=$home/.ci-cluster-check-$nonce

for tool in flock setpriv; do
  command -v "$tool" > /dev/null || { echo no-tools; exit 0; }
done
[ -d "$home" ] || { echo missing; exit 0; }
as_jenkins() { setpriv --reuid 1000 --regid 1000 --clear-groups "$@"; }

case $action in
  clean)
    as_jenkins rm -f "$file"
    echo free
    ;;
  *)
    # shellcheck disable=SC2016 # the inner shell expands it
    as_jenkins sh -c ': >> "$1"' sh "$file" 2> /dev/null || { echo unwritable; exit 0; }
    # Held until our stdin closes: by the other side, or with the connection.
    [ "$action" = hold ] && hold='echo held; cat > /dev/null' || hold='echo free'
    as_jenkins flock --exclusive --nonblock --conflict-exit-code 75 "$file" sh -c "$hold"
    [ $? -ne 75 ] || echo refused
    ;;
esac
