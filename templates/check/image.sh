# Asks an image on a host what it is made of. Nothing of it stays but the image itself.
# Usage: sh image.sh IMAGE PART    (as root)
# Prints lines of "name value"; what could not be asked has no line.
set -u
image=$1 part=$2
name=ci-cluster-contract-$$

docker image inspect "$image" > /dev/null 2>&1 || docker pull --quiet "$image" > /dev/null 2>&1 || {
  echo "missing $(docker pull --quiet "$image" 2>&1 | tail -n 1)"
  exit 0
}
# A client that is cut off leaves its container running.
try() {
  timeout 60 docker run --rm --name "$name" --network none "$@" 2> /dev/null
  docker rm --force "$name" > /dev/null 2>&1
}
ask() {
  try --entrypoint "$1" "$image" sh -c "$2" | head -n 1
}
say() {
  [ -z "$2" ] || echo "$1 $2"
}

say config "$(docker image inspect --format '{{json .Config}}' "$image")"
# Jenkins' Mesos plugin hands over its whole command as one argument.
say one-argument "$(try "$image" 'echo one; echo argument' | tr '\n' ' ')"
# shellcheck disable=SC2016 # the shell in the image expands it
tools='for tool in java git flock setpriv docker; do command -v "$tool" > /dev/null 2>&1 && printf "%s " "$tool"; done;
for file in /usr/bin/tini /usr/local/bin/jenkins.sh; do [ -x "$file" ] && printf "%s " "$file"; done; echo'
# Without `env` as entry point, an image that swallows its command could not be asked at all.
say tools "$(ask env "$tools")"
say java "$(ask env 'java -version 2>&1 | grep -v ^Picked | head -n 1')"
# shellcheck disable=SC2016 # the shell in the image expands it
say core "$(ask env 'printf %s "${JENKINS_VERSION-}"')"
say plugins "$(ask env 'cat /usr/share/jenkins/ref/plugins.txt 2> /dev/null | grep -v "^ *#" | tr "\n" " "')"
say user "$(ask env 'id -u')"
say host-api "$(docker version --format '{{.Server.MinAPIVersion}} {{.Server.APIVersion}}' 2> /dev/null)"
# Whoever has the socket is root on the host: only the image that will have it anyway.
[ "$part" != mesos-agent ] || say client-api "$(try --volume /var/run/docker.sock:/var/run/docker.sock \
  --entrypoint env "$image" docker version --format '{{.Client.APIVersion}}' | head -n 1)"
