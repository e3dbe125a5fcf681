import type { CheckName } from '../config/check-names.ts';
import { ClusterError } from '../errors.ts';
import type { Ports, RemoteHost } from '../ports.ts';
import type { Report } from '../run/events.ts';
import type { Look } from '../run/look.ts';
import { parseCheckFacts } from './check-facts.ts';
import { clockWatch, type ClockReading } from './clock-reading.ts';
import { checkFactsArguments } from './facts-arguments.ts';
import { checkHomeLocks } from './home-lock.ts';
import { flowsBetween, isHeld, type Listening } from './matrix.ts';
import { tryFromHere, type Outside } from './outside.ts';
import type { Scene, Seen } from './scene.ts';
import { tryPorts } from './try-ports.ts';

export type GatherPorts = Pick<Ports, 'clock' | 'dial' | 'randomId' | 'signal' | 'templates'>;

interface Gathering {
  readonly look: Look;
  readonly ports: GatherPorts;
  readonly report: Report;
}

/** Pulling is not asked for, but registries and name servers that hang are. */
const factsDeadlineMs = 180_000;

/** Asks the hosts, beyond what every command knows, for what the checks want that are not off. */
export async function gather(gathering: Gathering): Promise<Scene> {
  const { look, ports, report } = gathering;
  const { spec } = look.input;
  const isOn = (name: CheckName) => spec.checks[name] !== 'off';
  report({ kind: 'note', text: 'asking the hosts what the checks want to know' });
  const clocks = new Map<string, ClockReading>();
  const [seen, forwarding] = await Promise.all([
    seenHosts(gathering, clocks),
    isOn('SSH_FORWARDING') ? askForwarding(look) : new Map<string, string | undefined>(),
  ]);
  const matrixOn = isOn('PORT_MATRIX') || isOn('CONTROL_PORTS_OUTSIDE');
  const open: Openings = matrixOn ? await tryOpenings(gathering, seen) : {};
  const locks = isOn('JENKINS_HOME_LOCK');
  const homeLocks = locks ? await checkHomeLocks(spec, look.sight.remotes, ports) : [];
  const { input, missing } = look;
  const { matrix, outside } = open;
  return { ...{ spec, input, missing, seen, forwarding, clocks }, matrix, outside, homeLocks };
}

async function seenHosts(
  { look, ports }: Gathering,
  clocks: Map<string, ClockReading>,
): Promise<readonly Seen[]> {
  const { input, sight } = look;
  const asked = input.spec.hosts.map(async (host): Promise<Seen[]> => {
    const facts = input.observed.facts.get(host.name);
    const remote = sight.remotes.get(host.name);
    if (facts === undefined || remote === undefined) return [];
    const args = checkFactsArguments(input, host, facts);
    const watch = clockWatch(ports.clock);
    const answer = await askFacts(remote, args, { ports, onLine: watch.onLine });
    if (watch.seen.reading !== undefined) clocks.set(host.name, watch.seen.reading);
    return [{ host, facts, ...answer }];
  });
  return (await Promise.all(asked)).flat();
}

interface Asking {
  readonly ports: GatherPorts;
  readonly onLine: (line: string) => void;
}

/** One host's trouble with this is told by the checks that miss the answer. */
async function askFacts(
  remote: RemoteHost,
  args: readonly string[],
  { ports, onLine }: Asking,
): Promise<Pick<Seen, 'extra' | 'why'>> {
  const script = ports.templates['check/facts.sh'] ?? '';
  try {
    const ran = await remote.run(['sh', '-c', script, 'facts.sh', ...args], {
      ...{ deadlineMs: factsDeadlineMs, signal: ports.signal, asRoot: true, onLine },
    });
    return { extra: parseCheckFacts(ran.stdout) };
  } catch (error) {
    if (error instanceof ClusterError && error.code === 'INTERRUPTED') throw error;
    if (!(error instanceof Error)) throw error;
    return { extra: undefined, why: `no answer to the questions of the checks: ${error.message}` };
  }
}

/** Nothing listens on port 1; what matters is who says so. */
async function askForwarding({ sight }: Look): Promise<ReadonlyMap<string, string | undefined>> {
  const asked = [...sight.remotes].map(async ([host, remote]) => {
    const answer = await remote.exchange({ address: '127.0.0.1', port: 1 }, '', 5000);
    const isRefused = typeof answer !== 'string' && answer.failure === 'forwarding-refused';
    return [host, isRefused ? answer.detail : undefined] as const;
  });
  return new Map(await Promise.all(asked));
}

type Openings = Pick<Partial<Scene>, 'matrix' | 'outside'>;

async function tryOpenings(
  { look, ports, report }: Gathering,
  seen: readonly Seen[],
): Promise<Openings> {
  const { spec } = look.input;
  const flows = flowsBetween(spec, seen);
  report({ kind: 'note', text: `trying ${flows.length} connections between the hosts` });
  const found: { outside?: Outside | undefined } = {};
  const { remotes } = look.sight;
  const listening = new Map<string, Listening>();
  const matrix = await tryPorts({ flows, seen, remotes, ports, listening }, async () => {
    found.outside = await tryFromHere(spec, ports, (host, port) => {
      const place = seen.find((one) => one.host.name === host);
      if (place === undefined) return false;
      const state = listening.get(`${place.host.address}:${port}`)?.kind;
      return state === 'test' || isHeld(place, port);
    });
  });
  return { matrix, outside: found.outside };
}
