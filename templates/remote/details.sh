# ci-cluster: what a plan is about to replace on this host. Prints "key<TAB>value<TAB>..." rows and
# changes nothing; the first is "details", the last "end" with the number of rows.
# Arguments: pairs of kind and value: file PATH, container NAME, image REFERENCE.
set -u
LC_ALL=C
export LC_ALL
unset LANGUAGE GREP_OPTIONS DOCKER_HOST DOCKER_CONTEXT DOCKER_API_VERSION DOCKER_TLS_VERIFY
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

# Of one file, and of all together: what is longer than that is told by its size alone.
file_limit=65536
room=1048576

ask() { timeout -k 2 20 "$@" </dev/null 2>/dev/null; }

# A path that is there is one of a file that is written anew, never of a secret.
of_file() {
  [ -f "$1" ] || return 0
  size=$(wc -c <"$1")
  if [ "$size" -gt "$file_limit" ] || [ "$size" -gt "$room" ]; then
    printf 'file\t%s\t%s\n' "$1" "$((size))"
    return
  fi
  room=$((room - size))
  printf 'file\t%s\t%s\t%s\n' "$1" "$((size))" "$(base64 -w 0 <"$1")"
}

# Docker's JSON has no tabs and no newlines.
of_container() {
  found=$(ask docker inspect --type container --format '{"image":{{json .Config.Image}},"imageId":{{json .Image}},"command":{{json .Config.Cmd}},"env":{{json .Config.Env}},"binds":{{json .HostConfig.Binds}},"capabilities":{{json .HostConfig.CapAdd}},"pid":{{json .HostConfig.PidMode}},"network":{{json .HostConfig.NetworkMode}},"restart":{{json .HostConfig.RestartPolicy.Name}},"security":{{json .HostConfig.SecurityOpt}}}' "$1")
  [ -n "$found" ] || return 0
  printf 'container\t%s\t%s\n' "$1" "$found"
  of_image "$(ask docker inspect --type container --format '{{.Image}}' "$1")"
}

of_image() {
  found=$(ask docker image inspect --format '{"id":{{json .Id}},"digests":{{json .RepoDigests}},"command":{{json .Config.Cmd}},"env":{{json .Config.Env}}}' "$1")
  [ -z "$found" ] || printf 'image\t%s\t%s\n' "$1" "$found"
}

look() {
  printf 'details\t1\n'
  while [ $# -ge 2 ]; do
    case $1 in
      file) of_file "$2" ;;
      container) of_container "$2" ;;
      image) of_image "$2" ;;
    esac
    shift 2
  done
  printf 'end\n'
}

look "$@" | {
  rows=0
  while IFS= read -r row; do
    [ "$row" != end ] || { printf 'end\t%s\n' "$rows"; exit 0; }
    printf '%s\n' "$row"
    rows=$((rows + 1))
  done
  exit 1
}
