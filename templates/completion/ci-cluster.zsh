#compdef ci-cluster
# zsh completion for ci-cluster
#   ci-cluster completion zsh > "${fpath[1]}/_ci-cluster"
_ci_cluster() {
  local line text files=''
  local -a candidates
  while IFS= read -r line; do
    if [[ $line == ':files' ]]; then
      files=yes
    else
      text=${line#*$'\t'}
      candidates+=("${${line%%$'\t'*}//:/\\:}:$text")
    fi
  done < <("${~words[1]}" __complete -- "${(@Q)words[2,CURRENT]}" 2>/dev/null)
  (( ${#candidates} == 0 )) || _describe 'ci-cluster' candidates
  [[ -z $files ]] || _files
}
if [[ ${funcstack[1]-} == _ci-cluster ]]; then
  _ci_cluster "$@"
else
  compdef _ci_cluster ci-cluster
fi
