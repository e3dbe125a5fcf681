import type { Facts, Listener } from '../../plan/facts.ts';
import { servicesOf } from '../../plan/prepare-host.ts';
import { renderInput } from '../../plan/service-work.ts';
import { eligibleHosts } from '../../services/jenkins.ts';
import { eachSeen, type Check } from '../check.ts';
import { failing, passed, skipped } from '../check-result.ts';
import type { Scene, Seen } from '../scene.ts';

export const portsFree: Check = {
  name: 'PORTS_FREE',
  title: 'its ports are free, or ours',
  why: 'Services share the network of the host. On a port that somebody else has, a container starts and ends again, for ever.',
  severity: 'fail',
  remedy: 'Stop the other program, or give the service another port.',
  judge: eachSeen((seen, scene) => {
    if (!seen.facts.tools.has('ss')) {
      return skipped('the host has no "ss" to tell', 'sudo apt-get install iproute2');
    }
    const needs = needsOf(seen, scene);
    const taken = needs.flatMap((need) => takenBy(seen, need));
    if (taken.length === 0) return passed(`${needs.length} ports`);
    const ports = taken.map(({ port }) => `sport = :${port}`).join(' or ');
    const remedy = `See who with sudo ss -ltnp '${ports}'; stop it, or give the service another port.`;
    return failing(taken.map(({ told }) => told).join('; '), remedy);
  }),
};

interface Need {
  readonly port: number;
  readonly who: string;
  /** Mesos gives it to a task. */
  readonly ofMesos: boolean;
}

export function needsOf(
  { host }: Pick<Seen, 'host'>,
  { spec, input }: Pick<Scene, 'spec' | 'input'>,
): readonly Need[] {
  const ofServices = servicesOf(spec, host)
    .map((service) => service.container(renderInput(input, host)))
    .flatMap(({ name, listens, opensLater }) =>
      [...listens, ...opensLater].map((port) => ({ port, who: name, ofMesos: false })),
    );
  const ofJenkins = spec.jenkins
    .filter((controller) => eligibleHosts(spec, controller).some(({ name }) => name === host.name))
    .flatMap(({ name, port, agentPort }) =>
      [port, agentPort].map((one) => ({ port: one, who: `Jenkins ${name}`, ofMesos: true })),
    );
  return [...ofServices, ...ofJenkins];
}

function takenBy(
  { host, facts }: Seen,
  { port, who, ofMesos }: Need,
): { port: number; told: string }[] {
  const inTheWay = ['0.0.0.0', '*', '::', '127.0.0.1', host.address];
  const other = facts.listeners.find(
    (listener) =>
      listener.port === port &&
      inTheWay.includes(listener.address) &&
      !isOurs(listener, facts, ofMesos),
  );
  if (other === undefined) return [];
  const { process, pid } = other;
  const name = process === '' ? 'somebody' : `${process} (process ${pid})`;
  return [{ port, told: `${port} is taken by ${name}, ${who} needs it` }];
}

/** Containers outlive a stopped Docker Engine (live-restore), and then nobody can tell their names. */
function isOurs({ container }: Listener, { containers, docker }: Facts, ofMesos: boolean): boolean {
  if (container === '') return false;
  // Tasks have no label of ours; and Mesos hands out no port twice.
  return ofMesos || docker.kind !== 'running' || containers.some(({ id }) => id === container);
}
