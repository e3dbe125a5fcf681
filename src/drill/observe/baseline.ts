import { gatewayHosts, hostsWith } from '../../cluster/members.ts';
import type { ClusterSpec } from '../../config/cluster-spec.ts';
import { ClusterError } from '../../errors.ts';
import { agentOf, readAgents } from '../../health/agents.ts';
import { readFrameworks } from '../../health/frameworks.ts';
import { marathonFramework } from '../../health/marathon.ts';
import { readLeader } from '../../health/operator-api.ts';
import { ask, failed, placeOf, type Sight } from '../../health/sight.ts';
import type { Ports } from '../../ports.ts';
import type { Baseline } from '../recording.ts';
import type { Ms } from '../sample.ts';
import { readTasks } from './probe-marathon.ts';
import { readState } from './probe-state.ts';
import { readJobs } from './read-jobs.ts';
import { awaitSteady, leadersNow } from './steady.ts';

export interface BaselineOptions {
  readonly sight: Sight;
  readonly ports: Pick<Ports, 'clock' | 'signal'>;
  /** Time for the green rounds. */
  readonly waitMs?: Ms | undefined;
}

const rounds = 5;
const defaultWaitMs = 120_000;

/** What there is while all is well. Throws GATE_NOT_REACHED if it is not, or somebody does not tell. */
export async function takeBaseline(options: BaselineOptions): Promise<Baseline> {
  const { sight, waitMs = defaultWaitMs } = options;
  const { steady, unsteady } = await awaitSteady({ ...options, rounds, waitMs });
  if (!steady) throw notSteady(unsteady);
  const leaders = await leadersNow(sight);
  const [{ agents, frameworks, tasks }, apps, jobs] = await Promise.all([
    readMesos(sight, leaders),
    readApps(sight, leaders.marathon),
    readJobs(sight),
  ]);
  if (jobs === undefined) throw notSteady('Jenkins does not tell its jobs');
  const { spec } = sight;
  return {
    ...{ leaders, members: membersOf(spec), agents, frameworks, tasks, apps, jobs },
    gateways: gatewayHosts(spec).map(({ name }) => name),
    controllers: spec.jenkins.map(({ name }) => name),
  };
}

function membersOf(spec: ClusterSpec): Baseline['members'] {
  const names = (role: Parameters<typeof hostsWith>[1]) =>
    hostsWith(spec, role).map(({ name }) => name);
  return {
    zookeeper: names('zookeeper'),
    mesos: names('mesos-master'),
    marathon: names('marathon'),
  };
}

async function readMesos(
  sight: Sight,
  { mesos, marathon }: Baseline['leaders'],
): Promise<Pick<Baseline, 'agents' | 'frameworks' | 'tasks'>> {
  const [agents, frameworks, own, ...lists] = await Promise.all([
    readAgents(sight, mesos),
    readFrameworks(sight, mesos),
    marathonFramework(sight, marathon),
    readLeader(sight, mesos, 'GET_AGENTS'),
    readLeader(sight, mesos, 'GET_FRAMEWORKS'),
    readLeader(sight, mesos, 'GET_TASKS'),
  ]);
  const state = readState(lists);
  if (agents === undefined || frameworks === undefined || state === undefined) {
    throw notSteady('the leading Mesos master does not tell its state');
  }
  if (own === undefined) throw notSteady('Marathon is not registered with Mesos');
  const connected = frameworks.filter(({ connected }) => connected).map(({ id }) => id);
  const controllers = sight.spec.jenkins
    .map(({ framework }) => framework)
    .filter(({ id }) => connected.includes(id));
  const hosts = hostsWith(sight.spec, 'mesos-agent').flatMap((host): [string, string][] => {
    const found = agentOf(sight.spec, host, agents);
    return found === undefined ? [] : [[found.id, host.name]];
  });
  return {
    agents: Object.fromEntries(hosts),
    frameworks: Object.fromEntries([
      ['marathon', own],
      ...controllers.map(({ name, id }) => [name, id] as const),
    ]),
    // Build agents of the plugin come and go by themselves: the builds tell of them.
    tasks: state.tasks.filter((task) => task.startsWith(`${own}/`)),
  };
}

async function readApps(sight: Sight, leader: string | undefined): Promise<readonly string[]> {
  const place = placeOf(sight, leader);
  const { port } = sight.spec.marathon;
  const headers = { accept: 'application/json' };
  const answer =
    place &&
    (await ask(place.remote, place.host, { method: 'GET', path: '/v2/tasks', port, headers }));
  const tasks = answer === undefined || failed(answer) ? undefined : readTasks(answer);
  if (tasks === undefined) throw notSteady('Marathon does not tell its tasks');
  return tasks;
}

function notSteady(why: string): ClusterError {
  return new ClusterError(
    'GATE_NOT_REACHED',
    'the cluster is not steady, so nothing is broken on purpose',
    {
      evidence: [why],
      remedy: 'ci-cluster status shows what is wrong; correct it, then run the same command again.',
    },
  );
}
