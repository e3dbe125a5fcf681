# ci-cluster: log lines of containers on this host. It gets its own text as $script, and as arguments
# MODE TAIL LIMIT TEXT, then KEY KIND NAME SINCE for each source. A line of a log is printed as
# "KEY <tab> TIMESTAMP TEXT", what happens to a source as "! <tab> KEY <tab> EVENT". With the mode
# "follow" it goes on until its standard input ends.
set -u
LC_ALL=C
export LC_ALL
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
tab=$(printf '\t')

say() { printf '!\t%s\t%s\n' "$1" "$2"; } # KEY EVENT

# state_of KIND NAME: id, start and whether it runs; nothing where there is no such container.
state_of() {
  form='{{.Id}} {{.State.StartedAt}} {{.State.Running}}'
  case $1 in
    app) form="$form "'{{.Name}} {{json .Config.Env}}' && state_of_task "$2" ;;
    *) docker inspect --type container --format "$form" "$2" 2>/dev/null ;;
  esac
}

# Marathon tells every task the id of its app (1.10), and Mesos names the container (1.12). The newest
# comes first, but one that runs is meant before one that ended.
state_of_task() { # APP
  found=
  ids=$(docker ps --all --quiet --filter 'name=^/?mesos-')
  # shellcheck disable=SC2086 # a list of ids
  [ -z "$ids" ] || docker inspect --format "$form" $ids 2>/dev/null | {
    while read -r id started running name env; do
      case $name in *.executor) continue ;; esac
      case $env in *"\"MARATHON_APP_ID=$1\""*) ;; *) continue ;; esac
      [ -n "$found" ] && [ "$running" != true ] || found="$id $started $running"
      [ "$running" != true ] || break
    done
    printf '%s' "$found"
  }
}

logs_of() { # ID SINCE OPTION...
  id=$1 since=$2
  shift 2
  docker logs --timestamps --tail "$tail" ${since:+--since "$since"} "$@" "$id" 2>&1
}

matching() { # OPTION...
  if [ -n "$text" ]; then grep -a -F "$@" -e "$text"; else cat; fi
}

once() { # KEY KIND NAME SINCE
  state=$(state_of "$2" "$3")
  if [ -z "$state" ]; then
    say "$1" absent
  else
    logs_of "${state%% *}" "$4" | matching | tail -c "$limit" | sed "s/^/$1$tab/"
  fi
}

# Lines of several sources come through one pipe: only short writes stay in one piece there (PIPE_BUF).
short() { sed -u -e 's/^\(.\{3800\}\)..*/\1…/' -e "s/^/$1$tab/"; } # KEY

follow() { # KEY KIND NAME SINCE
  before=unknown since=$4
  while :; do
    state=$(state_of "$2" "$3")
    if [ "$state" != "$before" ]; then
      tell "$1" "$before" "$state"
    fi
    case $state in
      # Gone, or ended and read to its end.
      '' | "$before") ;;
      *)
        logs_of "${state%% *}" "$since" --follow | matching --line-buffered | short "$1"
        # What was written while nobody read; lines that come twice are known by their time.
        since=$(($(date +%s) - 5)) tail=all
        ;;
    esac
    before=$state
    [ -z "$state" ] || before="${state% *} false"
    sleep 1
  done
}

tell() { # KEY BEFORE NOW
  was=${2%% *} is=${3%% *}
  case $was:$is in
    unknown:?*) ;;
    *:) say "$1" absent ;;
    :?*) say "$1" started ;;
    "$is:$is") [ "${2% *}" = "${3% *}" ] || say "$1" restarted ;;
    *) say "$1" replaced ;;
  esac
}

each_source() { # FUNCTION KEY KIND NAME SINCE ...
  call=$1
  shift
  while [ $# -ge 4 ]; do
    if [ "$call" = once ]; then "$call" "$1" "$2" "$3" "$4"; else "$call" "$1" "$2" "$3" "$4" & fi
    shift 4
  done
  wait
}

if ! command -v docker >/dev/null 2>&1; then
  echo 'there is no docker on this host' >&2
  exit 69
fi
mode=$1
if [ "$mode" = follow ]; then
  docker ps --quiet >/dev/null || exit 69
  # A process group of its own, so that nothing is left behind at the end.
  exec 3<&0 </dev/null
  shift
  # shellcheck disable=SC2016,SC2154 # the text of this script, for another shell
  setsid sh -c 'script=$1; shift; eval "$script"' sh "$script" following "$@" 3<&- &
  group=$!
  (
    while read -r _ <&3; do :; done
    kill -s TERM -- "-$group"
  ) >/dev/null 2>&1 &
  watcher=$!
  trap 'kill -s TERM -- "-$group" "$watcher" 2>/dev/null' EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
  wait "$group"
  exit 0
fi
tail=$2 limit=$3 text=$4
shift 4
if [ "$mode" = following ]; then
  each_source follow "$@"
else
  docker ps --quiet >/dev/null || exit 69
  each_source once "$@"
fi
