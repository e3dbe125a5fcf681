# bash completion for ci-cluster
#   ci-cluster completion bash > ~/.local/share/bash-completion/completions/ci-cluster
_ci_cluster() {
  local line files='' current=${COMP_WORDS[COMP_CWORD]}
  local program=${COMP_WORDS[0]/#\~/$HOME}
  local words=("${COMP_WORDS[@]:1:COMP_CWORD}")
  COMPREPLY=()
  while IFS= read -r line; do
    case $line in
      :files) files=yes ;;
      *) COMPREPLY+=("${line%%$'\t'*}") ;;
    esac
  done < <("$program" __complete -- "${words[@]}" 2>/dev/null)
  [ -n "$files" ] || return 0
  [ "$current" != = ] || current=
  compopt -o filenames 2>/dev/null
  while IFS= read -r line; do
    COMPREPLY+=("$line")
  done < <(compgen -f -- "$current")
}
complete -F _ci_cluster ci-cluster
