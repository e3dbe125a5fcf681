# fish completion for ci-cluster
#   ci-cluster completion fish > ~/.config/fish/completions/ci-cluster.fish
function __ci_cluster_complete
    set -l before (commandline -opc)
    set -l current (commandline -ct)
    for line in ($before[1] __complete -- $before[2..-1] "$current" 2>/dev/null)
        if test "$line" = ':files'
            __fish_complete_path (string replace -r -- '^--[\w-]+=' '' "$current")
        else
            echo $line
        end
    end
end
complete -c ci-cluster -f -a '(__ci_cluster_complete)'
