# ci-cluster: holds the lock of this host for one run. Read by a shell whose standard input then carries
# the holder (one line of JSON) and after it one byte per message. The lock is given back at the end of
# that input, or when no byte came for SECONDS. Prints one JSON line per event.
# Arguments: FOLDER RECORDS TOKEN RUN SECONDS
set -u
LC_ALL=C
export LC_ALL
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
umask 022
folder=$1 records=$2 token=$3 run=$4 seconds=$5
own=no begun=no result=gone
trap 'give_back' EXIT
trap 'exit 141' PIPE
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

say() { # EVENT TEXT
  printf '{"lock":"%s","detail":"%s"}\n' "$1" "$(printf '%s' "$2" | base64 -w 0)"
}

now() { date -u +%Y-%m-%dT%H:%M:%SZ; }

# record EVENT FIELDS: a line of the journal of this host. It is a copy: a full disk stops no run.
record() {
  (
    umask 077
    printf '{"schemaVersion":1,"at":"%s","run":"%s","event":"%s",%s}\n' "$(now)" "$run" "$1" "$2" \
      >>"$records/journal.ndjson"
  ) && sync "$records/journal.ndjson"
}

is_ours() { grep -qF "\"token\":\"$token\"" "$folder/token" 2>/dev/null; }

# shellcheck disable=SC2317 # called by the trap
give_back() {
  [ "$own" = yes ] || return 0
  [ "$begun" = no ] || record end "\"result\":\"$result\"" 2>/dev/null
  ! is_ours || mv -f "$folder/token" "$folder/token.last"
}

# refuse FILE EVENT: who has it, as far as that is written; a holder writes it right after it got the lock.
refuse() {
  tries=10
  while [ ! -s "$1" ] && [ "$tries" -gt 0 ]; do
    sleep 0.1
    tries=$((tries - 1))
  done
  say "$2" "$(cat "$1" 2>/dev/null)"
  exit 75
}

unable() {
  say unable "$1"
  exit 73
}

# Only root may open these files: whoever can open one could lock it.
make_files() {
  mkdir -p "$folder" && chmod 0755 "$folder" && (
    umask 077
    : >>"$folder/lock"
    : >>"$folder/work"
  )
}

# A file that was deleted after we opened it locks nobody out.
is_there() {
  [ "$(stat -Lc %d:%i /proc/self/fd/9 2>/dev/null)" = "$(stat -c %d:%i "$folder/lock" 2>/dev/null)" ]
}

# A script of a holder that lost its lock may still run: it has `work`, and is waited out.
take() {
  exec 9<>"$folder/lock" 8<>"$folder/work"
  flock -n -x 9 || refuse "$folder/token" held
  is_there || refuse "$folder/token" held
  flock -n -x 8 || refuse "$folder/$(newest)" busy
  write_token 2>/dev/null || unable "cannot write $folder/token"
  own=yes
  # No stage script of ours has run yet; from now on each takes `work` for itself.
  exec 8>&-
}

write_token() {
  if printf '{"token":"%s",%s\n' "$token" "${holder#\{}" >"$folder/token.new" &&
    mv -f "$folder/token.new" "$folder/token"; then
    return 0
  fi
  rm -f "$folder/token.new"
  return 1
}

# A holder that could not say goodbye left its token, any other has put it away.
newest() { if [ -s "$folder/token" ]; then echo token; else echo token.last; fi; }

# The run is about to change something: others who looked before that must look again.
begin() {
  mkdir -p "$records" || return 1
  shorten
  if ! printf '%s\n' "$run" >"$records/last-run.new" ||
    ! mv -f "$records/last-run.new" "$records/last-run"; then
    rm -f "$records/last-run" "$records/last-run.new"
    return 1
  fi
  record begin "\"holder\":$holder"
}

# The journal keeps its last thousand lines.
shorten() {
  [ -f "$records/journal.ndjson" ] || return 0
  [ "$(wc -l <"$records/journal.ndjson")" -gt 2000 ] || return 0
  (
    umask 077
    tail -n 1000 "$records/journal.ndjson" >"$records/journal.new"
  ) && mv -f "$records/journal.new" "$records/journal.ndjson"
}

hear() { # BYTE
  if ! is_there || ! is_ours; then
    say lost "its files in $folder are gone, or another's"
    exit 76
  fi
  case $1 in
    '?') say alive '' ;;
    '!')
      begun=yes
      if why=$(begin 2>&1); then say begun ''; else say begun "$why"; fi
      ;;
    '+') result='done' ;;
    '-') result=failed ;;
  esac
}

IFS= read -r holder || exit 74
command -v flock >/dev/null 2>&1 || unable flock
why=$(make_files 2>&1) || unable "$why"
take
say taken "$(cat "$records/last-run" 2>/dev/null)"
# Nobody but this shell may keep the lock: it would outlive it.
while byte=$(exec 9>&- && exec timeout -k 2 "$seconds" head -c 1) && [ -n "$byte" ]; do
  hear "$byte"
done
exit 0
