import { randomBytes } from 'node:crypto';
import { digestOf } from '../../src/adapters/digest.ts';
import { loadTemplates } from '../../src/adapters/files.ts';
import { interrupted } from '../../src/adapters/interrupted.ts';
import { maskOf } from '../../src/adapters/mask.ts';
import { quote } from '../../src/adapters/quote.ts';
import { ClusterError, type ErrorCode } from '../../src/errors.ts';
import type {
  Argv,
  Connector,
  Endpoint,
  HttpAnswer,
  HttpRequest,
  NoAnswer,
  Ports,
  Ran,
  RemoteHost,
  RunOptions,
  ZookeeperSession,
} from '../../src/ports.ts';
import { answerChecks } from './fake-checks.ts';
import { answerDetails } from './fake-details.ts';
import { agentAnswers, idOf } from './fake-agents.ts';
import { answerFacts } from './fake-facts.ts';
import { fakeCaller, fakeJournal } from './fake-journal.ts';
import { openPorts } from './fake-listeners.ts';
import { holdLock, lockStatus } from './fake-lock.ts';
import type { FakeContainer, FakeMachine } from './fake-machine.ts';
import {
  endTask,
  isJenkinsUp,
  jenkinsAnswers,
  marathonAnswers,
  marathonTask,
  type MarathonWorld,
} from './fake-marathon.ts';
import { masterAnswers } from './fake-mesos.ts';
import { fakePool, type FakeFramework, type FakePool, type FakeTask } from './fake-pool.ts';
import { performStage } from './fake-stage.ts';
import { alive, machine, note, partsOfFile, type FakeWorld } from './fake-world.ts';
import { zooLeader, zooServers, zooWord } from './fake-zookeeper.ts';
import { holderOf } from './fake-vip.ts';
import { parseHaproxy, type Backend } from './haproxy-cfg.ts';

export const templates = await loadTemplates(new URL('../../templates/', import.meta.url));

/** The world as the commands see it. */
export function portsOf(world: FakeWorld, signal: AbortSignal): Ports {
  return {
    connector: connectorOf(world),
    clock: world.clock,
    files: {
      read: (path) => {
        const text = world.files.get(path);
        if (text !== undefined) return Promise.resolve(text);
        const remedy = `Look at it with "ls -ld ${path}".`;
        const message = `cannot read ${path}: there is no such file`;
        return Promise.reject(new ClusterError('CONFIG_UNREADABLE', message, { remedy }));
      },
      mode: (path) => Promise.resolve(world.files.has(path) ? 0o600 : undefined),
      list: (path) => Promise.resolve(namesIn(world.files, path)),
      write: (path, text) => {
        world.files.set(path, text);
        return Promise.resolve();
      },
    },
    local: { run: () => Promise.reject(new Error('nothing runs on this machine')) },
    journal: fakeJournal(world.records),
    caller: fakeCaller(),
    templates,
    randomId: () => randomBytes(8).toString('hex'),
    quote,
    digestOf,
    maskOf,
    signal,
  };
}

function connectorOf(world: FakeWorld): Connector {
  const open = new Map<string, RemoteHost>();
  return {
    connect: async (target, signal) => {
      await Promise.resolve();
      if (signal?.aborted === true) throw interrupted(`before connecting to ${target.host}`);
      const refusal = world.cut.get(target.host);
      if (refusal !== undefined) throw refused(target.host, target.address, refusal);
      note(world, `connect ${target.host}`);
      const remote = remoteOf(world, machine(world, target.host));
      open.set(target.host, remote);
      return remote;
    },
    apart: () => connectorOf(world),
    [Symbol.asyncDispose]: async () => {
      for (const remote of open.values()) await remote[Symbol.asyncDispose]();
      open.clear();
    },
  };
}

const refusals: Partial<Record<ErrorCode, string>> = {
  HOST_UNREACHABLE: 'cannot reach',
  HOST_KEY_CHANGED: 'the host key has changed of',
};

function refused(host: string, address: string, code: ErrorCode): ClusterError {
  return new ClusterError(code, `${refusals[code] ?? code} ${host} at ${address}:22`, {
    host,
    remedy: `Check that "ssh ops@${address} true" works.`,
  });
}

function remoteOf(world: FakeWorld, machine: FakeMachine): RemoteHost {
  return {
    name: machine.name,
    run: (argv, options) => {
      const { onRun } = world;
      if (onRun !== undefined) return onRun(machine.name, argv, options);
      if (options.asRoot !== true) throw new Error('everything on a host is done as root');
      return runOn(world, machine, { argv, options });
    },
    http: (request) => Promise.resolve(httpFrom(world, machine, request)),
    exchange: (endpoint, payload) => Promise.resolve(wordFrom(world, endpoint, payload)),
    zookeeper: (endpoint) => sessionFrom(world, machine, endpoint),
    [Symbol.asyncDispose]: () => {
      note(world, `close ${machine.name}`);
      return Promise.resolve();
    },
  };
}

interface Command {
  readonly argv: Parameters<RemoteHost['run']>[0];
  readonly options: RunOptions;
}

/** `find FOLDER … -name PATTERN -printf %T@`: when the files were made. */
function found({ files }: FakeMachine, [, folder = '', ...words]: Argv): Ran {
  const pattern = words[words.indexOf('-name') + 1] ?? '';
  const [head = '', tail = ''] = pattern.split('*');
  const times = [...files]
    .filter(([path]) => path.startsWith(`${folder}/${head}`) && path.endsWith(tail))
    .map(([, { modified }]) => `${modified}.0000000000\n`);
  return { exitCode: 0, signal: undefined, stdout: times.join(''), stderr: '', truncated: false };
}

async function runOn(world: FakeWorld, machine: FakeMachine, command: Command): Promise<Ran> {
  const { argv, options } = command;
  await Promise.resolve();
  if (options.signal?.aborted === true) throw interrupted(`before a run on ${machine.name}`);
  if (options.input?.at(-1) === templates['remote/facts.sh']) {
    note(world, `${machine.name}: facts`);
    const stdout = answerFacts(machine, argv.slice(3), world.clock);
    return { exitCode: 0, signal: undefined, stdout, stderr: '', truncated: false };
  }
  if (options.input?.[0] === templates['remote/details.sh']) {
    note(world, `${machine.name}: details`);
    const stdout = answerDetails(machine, argv.slice(3));
    return { exitCode: 0, signal: undefined, stdout, stderr: '', truncated: false };
  }
  if (options.input?.[0] === templates['remote/lock.sh']) {
    note(world, `${machine.name}: lock`);
    return await holdLock(machine, { ...command, clock: world.clock });
  }
  if (options.input?.[0] === templates['remote/lock-status.sh']) return lockStatus(machine);
  if (argv.at(-1) === '/var/lib/ci-cluster/journal.ndjson') {
    const stdout = machine.journal.map((line) => `${line}\n`).join('');
    return { exitCode: 0, signal: undefined, stdout, stderr: '', truncated: false };
  }
  if (argv[0] === 'find') return found(machine, argv);
  // The lock of a shared home: whoever held it has ended when the fakes are asked.
  if (argv.at(-1)?.endsWith('.ci-cluster.lock') === true) {
    return { exitCode: 0, signal: undefined, stdout: '', stderr: '', truncated: false };
  }
  const { clock, machines } = world;
  const noted = (line: string) => {
    note(world, line);
  };
  const checked = await answerChecks({ clock, machines, templates, log: noted }, machine, command);
  if (checked !== undefined) return checked;
  note(world, `${machine.name}: stage`);
  const library = templates['remote/stage.sh'] ?? '';
  const log = (line: string) => {
    note(world, line);
  };
  return await performStage(machine, { clock: world.clock, library, log }, command);
}

const nothingListens: NoAnswer = { failure: 'refused', detail: 'connection refused' };
const late: NoAnswer = { failure: 'timeout', detail: 'no answer' };
const lost: NoAnswer = { failure: 'unreachable', detail: 'no route to host' };

/** HTTP from a machine to its own loopback, or to any machine's address. */
function httpFrom(
  world: FakeWorld,
  from: FakeMachine,
  request: HttpRequest,
): HttpAnswer | NoAnswer {
  const isOwn = request.address === '127.0.0.1';
  const to = isOwn
    ? from
    : (machineAt(world, request.address) ?? holderOf(alive(world), request.address));
  if (to === undefined || world.off.has(to.name)) return lost;
  const container = [...to.containers.values()].find(
    (candidate) =>
      candidate.status === 'running' &&
      to.docker !== 'absent' &&
      openPorts(candidate).some(
        ({ address, port }) => address === request.address && port === request.port,
      ),
  );
  if (container?.frozen === true) return late;
  const answer =
    container === undefined
      ? jenkinsOn(world, to, request)
      : serve(world, to, { container, request });
  if (answer === undefined) return nothingListens;
  return 'failure' in answer ? answer : { status: 200, headers: {}, body: '', ...answer };
}

function machineAt(world: FakeWorld, address: string): FakeMachine | undefined {
  return [...world.machines.values()].find((machine) => machine.address === address);
}

/** A running world as the services see it. */
function serving(world: FakeWorld): MarathonWorld {
  const { mesos, apps, clock, deployments, refusal } = world;
  const log = (line: string) => {
    note(world, line);
  };
  const jenkins = (appId: string) => world.jenkins.get(appId.replace(/^.*\/jenkins-/, ''));
  const tasksOn = (machine: FakeMachine) => tasksOnMachine(world, machine);
  const endTasksOn = (machine: FakeMachine) => {
    endTasksOnMachine(world, machine);
  };
  const common = { machines: alive(world), mesos, apps, clock, deployments, refusal };
  return { ...common, log, jenkins, tasksOn, endTasksOn };
}

/** Tasks of Marathon that are there, and build agents of the plugin. */
function tasksOnMachine(world: FakeWorld, machine: FakeMachine): readonly FakeTask[] {
  const agentId = idOf(machine);
  const kept = [...world.apps].flatMap(([id, app]) =>
    app.machine === machine
      ? [{ id: marathonTask(id), frameworkId: 'f1', agentId, state: 'TASK_RUNNING' }]
      : [],
  );
  const { name: cluster } = partsOfFile(world);
  const launched = [...world.jenkins].flatMap(([name, jenkins]) =>
    jenkins.tasks(`${cluster ?? ''}-jenkins-${name}`),
  );
  return [...kept, ...launched.filter((task) => task.agentId === agentId)];
}

function endTasksOnMachine(world: FakeWorld, machine: FakeMachine): void {
  for (const [id, app] of world.apps) if (app.machine === machine) endTask(serving(world), id);
  for (const jenkins of world.jenkins.values()) {
    if (jenkins.agentId === idOf(machine)) jenkins.kill();
  }
}

/** Marathon, the controllers that are up, and what nobody uses any more. */
function poolOf(world: FakeWorld): FakePool {
  const { name: cluster, jenkins: controllers } = partsOfFile(world);
  const connected = { active: true, connected: true };
  const own = Object.entries(controllers ?? {}).flatMap(([name, controller]): FakeFramework[] => {
    const isThere =
      controller?.buildAgents !== undefined && isJenkinsUp(serving(world), `/ci/jenkins-${name}`);
    const id = `${cluster ?? ''}-jenkins-${name}`;
    const isIn = !world.mesos.disconnected.has(id);
    return isThere ? [{ id, name: `jenkins-${name}`, active: isIn, connected: isIn }] : [];
  });
  const left = world.mesos.frameworks;
  const tasks = own.flatMap(
    ({ id, name }) => world.jenkins.get(name.replace('jenkins-', ''))?.tasks(id) ?? [],
  );
  return fakePool({
    frameworks: [{ id: 'f1', name: 'marathon', ...connected }, ...own, ...left],
    tasks: () => [...tasks, ...world.mesos.tasks],
    agents: [{ id: 'S-a1', hostname: machine(world, 'a1').address, cpus: 4, mem: 6500 }],
  });
}

function masterOf(world: FakeWorld, at: FakeMachine, request: HttpRequest): Partial<HttpAnswer> {
  const pool = poolOf(world);
  const answer = masterAnswers({ ...serving(world), pool }, at, request);
  for (const id of pool.ended) {
    note(world, `${at.name}: TEARDOWN ${id}`);
    const { frameworks } = world.mesos;
    const index = frameworks.findIndex((framework) => framework.id === id);
    if (index !== -1) frameworks.splice(index, 1);
  }
  return answer;
}

function jenkinsOn(world: FakeWorld, machine: FakeMachine, request: HttpRequest) {
  return jenkinsAnswers(serving(world), machine, request);
}

interface Serving {
  readonly container: FakeContainer;
  readonly request: HttpRequest;
}

function serve(
  world: FakeWorld,
  machine: FakeMachine,
  { container, request }: Serving,
): Partial<HttpAnswer> | NoAnswer {
  switch (container.labels.get('io.ci-cluster.service')) {
    case 'mesos-master':
      return masterOf(world, machine, request);
    case 'mesos-agent':
      return agentAnswers(tasksOnMachine(world, machine), request);
    case 'marathon':
      return marathonAnswers(serving(world), machine, request);
    case 'gateway':
      return throughGateway(world, machine, { container, request });
    default:
      return { failure: 'closed', detail: 'no HTTP there' };
  }
}

/** As HAProxy does it: the first server whose check succeeds gets the request. */
function throughGateway(
  world: FakeWorld,
  machine: FakeMachine,
  { container, request }: Serving,
): Partial<HttpAnswer> | NoAnswer {
  const config = parseHaproxy(container.seen.get('/usr/local/etc/haproxy/haproxy.cfg') ?? '');
  const frontend = config.frontends.find(({ binds }) =>
    binds.some(({ address, port }) => address === request.address && port === request.port),
  );
  const backend = config.backends.find(({ name }) => name === frontend?.backend);
  const server = backend?.servers.find((candidate) => isUp(world, machine, { backend, candidate }));
  const added = headersOf(frontend?.lines ?? []);
  if (server === undefined) return { status: 503, headers: added };
  const { address, port } = server;
  const answer = httpFrom(world, machine, { ...request, address, port });
  return 'failure' in answer ? answer : { ...answer, headers: { ...answer.headers, ...added } };
}

function headersOf(lines: readonly string[]): Record<string, string> {
  const set = lines.flatMap((line): [string, string][] => {
    const found = /^http-after-response set-header (\S+) (\S+)$/.exec(line);
    return found ? [[found[1] ?? '', found[2] ?? '']] : [];
  });
  return Object.fromEntries(set);
}

interface Checked {
  readonly backend: Backend;
  readonly candidate: Backend['servers'][number];
}

function isUp(world: FakeWorld, from: FakeMachine, { backend, candidate }: Checked): boolean {
  const { method, path, body } = backend.check ?? { method: 'GET', path: '/', body: '' };
  const answer = httpFrom(world, from, {
    ...{ address: candidate.address, port: candidate.port, deadlineMs: 3000, body },
    ...{ method: method as 'GET', path, headers: { 'content-type': 'application/json' } },
  });
  return 'status' in answer && (backend.check === undefined || answer.status === backend.expect);
}

function wordFrom(world: FakeWorld, endpoint: Endpoint, word: string): string | NoAnswer {
  const servers = zooServers(alive(world).values());
  const own = servers.find(({ member }) => isAt(member, endpoint));
  if (own === undefined) return machineAt(world, endpoint.address) ? nothingListens : lost;
  return own.container.frozen ? late : zooWord(word, own, servers);
}

function isAt(member: { clientAddress: string; clientPort: number }, at: Endpoint): boolean {
  return member.clientAddress === at.address && member.clientPort === at.port;
}

async function sessionFrom(
  world: FakeWorld,
  machine: FakeMachine,
  endpoint: Endpoint,
): Promise<ZookeeperSession> {
  await Promise.resolve();
  const servers = zooServers(alive(world).values());
  const own = servers.find(({ member }) => isAt(member, endpoint));
  if (own === undefined || own.container.frozen || zooLeader(servers) === undefined) {
    throw new ClusterError('GATE_NOT_REACHED', `ZooKeeper on ${machine.name} does not serve`, {
      remedy: 'ci-cluster status',
    });
  }
  return {
    read: (path) => Promise.resolve(world.znodes.get(path)),
    children: (path) => Promise.resolve(childrenOf(world.znodes, path)),
    create: (path, content) => {
      if (world.znodes.has(path)) return Promise.resolve(false);
      note(world, `${machine.name}: create znode ${path}`);
      world.znodes.set(path, content);
      return Promise.resolve(true);
    },
    append: (path, content) => {
      if (world.znodes.has(path)) return Promise.resolve(false);
      world.znodes.set(path, content);
      return Promise.resolve(true);
    },
    remove: (path) => Promise.resolve(world.znodes.delete(path)),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

function namesIn(files: ReadonlyMap<string, string>, folder: string): string[] {
  const below = [...files.keys()].filter((path) => path.startsWith(`${folder}/`));
  return below.map((path) => path.slice(folder.length + 1)).filter((name) => !name.includes('/'));
}

function childrenOf(znodes: ReadonlyMap<string, string>, path: string): string[] {
  const below = [...znodes.keys()].filter((key) => key.startsWith(`${path}/`));
  return [...new Set(below.map((key) => key.slice(path.length + 1).split('/')[0] ?? ''))];
}
