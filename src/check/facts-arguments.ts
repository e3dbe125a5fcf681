import type { ClusterSpec, Host } from '../config/cluster-spec.ts';
import type { Facts } from '../plan/facts.ts';
import type { PlanInput } from '../plan/observed.ts';
import { imagesOf } from '../plan/prepare-host.ts';
import { eligibleHosts } from '../services/jenkins.ts';

/** Arguments of `check/facts.sh` for a host. */
export function checkFactsArguments(
  input: PlanInput,
  host: Host,
  facts: Pick<Facts, 'docker'>,
): readonly string[] {
  const { spec } = input;
  const images = imagesOf(input, host);
  return [
    // Before the images, which are asked for with them.
    ...pairs('registry', spec.docker.insecureRegistries),
    ...pairs('name', namesToAsk(spec)),
    ...pairs('image', images),
    ...pairs(
      'config',
      images.filter((image) => readsVariables(spec).includes(image)),
    ),
    ...pairs('place', placesOf(input, host, facts)),
    ...(host.roles.includes('mesos-agent') ? ['client', 'ci-mesos-agent'] : []),
    ...pairs('home', homesOn(spec, host)),
  ];
}

function pairs(kind: string, values: readonly string[]): string[] {
  return values.flatMap((value) => [kind, value]);
}

/** Names of the hosts, and those that people and build agents use for Jenkins. */
function namesToAsk(spec: ClusterSpec): string[] {
  const urls = spec.jenkins.map((controller) => urlName(controller.url));
  return [
    ...new Set([...spec.hosts.map(({ name }) => name), ...urls.filter((name) => !isAddress(name))]),
  ];
}

export function urlName(url: string): string {
  return new URL(url).hostname;
}

export function isAddress(name: string): boolean {
  return /^\d+(?:\.\d+){3}$/.test(name) || name.startsWith('[');
}

/** Images whose programs take variables for flags. */
function readsVariables({ images }: ClusterSpec): readonly string[] {
  return [images.mesosMaster, images.mesosAgent, images.marathon];
}

/** Folders with state, and where Docker keeps images. */
function placesOf(
  { spec }: Pick<PlanInput, 'spec'>,
  host: Host,
  { docker }: Pick<Facts, 'docker'>,
): string[] {
  const root = docker.kind === 'running' ? docker.rootFolder : '/var/lib/docker';
  return [...new Set([spec.folders.data, root, ...homesOn(spec, host)])];
}

export function homesOn(spec: ClusterSpec, host: Host): string[] {
  return spec.jenkins
    .filter((controller) => eligibleHosts(spec, controller).some(({ name }) => name === host.name))
    .map(({ home }) => home.path);
}
