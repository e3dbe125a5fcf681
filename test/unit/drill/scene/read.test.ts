import { expect, test } from 'vitest';
import { taskContainers } from '../../../../src/drill/scene/containers-of-tasks.ts';
import { buildAgentPlaces, controllerPlaces } from '../../../../src/drill/scene/controllers.ts';
import { leadingTimes } from '../../../../src/drill/scene/leading-time.ts';
import { plannedMaintenance } from '../../../../src/drill/scene/maintenance.ts';
import { parseMesosTime } from '../../../../src/drill/scene/mesos-time.ts';
import { readPool } from '../../../../src/drill/scene/pool.ts';
import { readFlags } from '../../../../src/drill/scene/read-flags.ts';
import type { FakeService } from '../../../support/fake-host.ts';
import { http, jsonBody, sightOf, timeout, words } from '../../../support/sight.ts';

/** As ZooKeeper 3.8 answers. */
const conf = `clientPort=2181
secureClientPort=-1
dataDir=/data/version-2
tickTime=2000
maxClientCnxns=200
minSessionTimeout=4000
maxSessionTimeout=40000
serverId=2
initLimit=10
syncLimit=5
electionAlg=3
membership: 
server.1=10.0.0.11:2888:3888:participant;10.0.0.11:2181
server.2=0.0.0.0:2888:3888:participant;10.0.0.12:2181
version=0`;

const masterFlags = jsonBody({
  flags: {
    ...{ agent_ping_timeout: '15secs', max_agent_ping_timeouts: '5', quorum: '2' },
    ...{ zk_session_timeout: '10secs', registry_fetch_timeout: '1mins' },
    agent_reregister_timeout: '10mins',
  },
});

const info = jsonBody({
  marathon_config: { failover_timeout: 604800, checkpoint: true },
  zookeeper_config: { zk_session_timeout: 10000 },
});

test("durations are read as Mesos prints them, nobody else's", () => {
  const texts = ['10secs', '1mins', '1.5secs', '100ms', '2weeks', '10s', '10', ''];
  expect(texts.map(parseMesosTime)).toEqual([
    ...[10_000, 60_000, 1500, 100, 1_209_600_000, undefined, undefined, undefined],
  ]);
});

test('each process tells its own settings; one that is silent is left out', async () => {
  const sight = await sightOf({
    'm2:2181': words({ conf }),
    'm3:2181': words({ conf: timeout }),
    'm2:5050': http({ '/flags': masterFlags }),
    'm3:5050': http({ status: 404 }),
    'm1:8080': http({ '/v2/info': info }),
    'a1:5051': http({
      '/flags': jsonBody({
        flags: { executor_reregistration_timeout: '2secs', docker_mesos_image: 'mesos:1' },
      }),
    }),
  });
  const flags = await readFlags(sight, 'm1');
  expect([...flags.zookeeper]).toEqual([
    [
      'm2',
      {
        ...{ tickTimeMs: 2000, initLimit: 10, syncLimit: 5 },
        ...{ minSessionMs: 4000, maxSessionMs: 40_000 },
        ownLine: '0.0.0.0:2888:3888:participant;10.0.0.12:2181',
      },
    ],
  ]);
  expect([...flags.masters]).toEqual([
    [
      'm2',
      {
        ...{ sessionMs: 10_000, pingMs: 15_000, maxPings: 5, quorum: 2 },
        ...{ registryFetchMs: 60_000, agentReregisterMs: 600_000 },
      },
    ],
  ]);
  expect(flags.agents.get('a1')).toMatchObject({
    ...{ executorReregistrationMs: 2000, registrationBackoffMs: undefined },
    dockerMesosImage: 'mesos:1',
  });
  expect(flags.marathon).toEqual({
    ...{ host: 'm1', sessionMs: 10_000, failoverSeconds: 604_800, checkpoint: true },
  });
});

/** An operator API that knows these answers by their type. */
function operator(answers: Readonly<Record<string, object>>): FakeService {
  return {
    http: ({ body = '{}' }) => {
      const { type } = JSON.parse(body) as { readonly type: string };
      const answer = answers[type];
      return answer === undefined ? { status: 400 } : jsonBody({ type, ...answer });
    },
  };
}

test('leaders tell for how long they have led, by their own clocks', async () => {
  const gauge = 'marathon.leadership.duration.gauge.seconds';
  const sight = await sightOf({
    'm1:2181': words({ mntr: 'zk_server_state\tleader\nzk_uptime\t9\nzk_leader_uptime\t90500\n' }),
    'm2:5050': operator({ GET_MASTER: { get_master: { elected_time: 1000.5 } } }),
    'm3:8080': http({ '/metrics': jsonBody({ gauges: { [gauge]: { value: 12.5 } } }) }),
  });
  const leaders = { zookeeper: 'm1', mesos: 'm2', marathon: 'm3' };
  const times = await leadingTimes({ sight, leaders, wallOn: () => 1030.5 });
  expect(times).toEqual({ zookeeper: 90_500, mesos: 30_000, marathon: 12_500 });
  const blind = await leadingTimes({
    sight: await sightOf({}),
    leaders,
    wallOn: () => undefined,
  });
  expect(blind).toEqual({ zookeeper: undefined, mesos: undefined, marathon: undefined });
});

test('maintenance windows are named by their machines', async () => {
  const windows = [{ machine_ids: [{ hostname: 'a1', ip: '10.0.0.101' }, { ip: '10.0.0.102' }] }];
  const planned = await sightOf({
    'm1:5050': operator({
      GET_MAINTENANCE_SCHEDULE: { get_maintenance_schedule: { schedule: { windows } } },
    }),
    'm2:5050': operator({
      GET_MAINTENANCE_SCHEDULE: { get_maintenance_schedule: { schedule: {} } },
    }),
  });
  expect(await plannedMaintenance(planned, 'm1')).toBe('a1, 10.0.0.102');
  expect(await plannedMaintenance(planned, 'm2')).toBe('');
  expect(await plannedMaintenance(planned, 'm3')).toBeUndefined();
});

test('the pool is counted over all roles, of active agents alone', async () => {
  const amount = (name: string, value: number) => ({ name, type: 'SCALAR', scalar: { value } });
  const agent = (hostname: string, active: boolean) => ({
    ...{ active, agent_info: { id: { value: `S-${hostname}` }, hostname } },
    total_resources: [amount('cpus', 8), amount('mem', 1024), { name: 'ports' }],
    allocated_resources: [amount('cpus', 0.5), amount('cpus', 1), amount('mem', 64)],
  });
  const agents = [agent('10.0.0.101', true), agent('10.0.0.102', false)];
  const sight = await sightOf({ 'm1:5050': operator({ GET_AGENTS: { get_agents: { agents } } }) });
  expect(await readPool(sight, 'm1')).toEqual([
    {
      ...{ host: 'a1', id: 'S-10.0.0.101', cpus: 8, memoryMb: 1024 },
      ...{ usedCpus: 1.5, usedMemoryMb: 64 },
    },
  ]);
  expect(await readPool(sight, undefined)).toBeUndefined();
});

test('a controller is found with its task, its container and its times', async () => {
  const task = { id: 'ci_jenkins-main.x', host: '10.0.0.101', state: 'TASK_RUNNING' };
  const old = { ...task, id: 'ci_jenkins-main.old', state: 'TASK_KILLING' };
  const checks = [{ gracePeriodSeconds: 300, intervalSeconds: 10 }];
  const app = {
    id: '/ci/jenkins-main',
    backoffSeconds: 5,
    tasks: [old, task],
    healthChecks: checks,
  };
  const executor = (id: string, container: string) => ({ container, tasks: [{ id }] });
  const base = await sightOf({});
  const framework = base.spec.jenkins[0]?.framework.id ?? '';
  const frameworks = [
    { id: 'F-marathon', executors: [executor(task.id, 'c-1')] },
    { id: framework, executors: [executor('linux-7', 'c-2')] },
  ];
  const sight = await sightOf({
    'm1:8080': http({ '/v2/apps/ci/jenkins-main': jsonBody({ app }) }),
    'a1:5051': http({ '/state': jsonBody({ frameworks }) }),
  });
  const containers = await taskContainers(sight);
  expect(await controllerPlaces(sight, 'm1', containers)).toEqual([
    {
      ...{ name: 'main', app: '/ci/jenkins-main', host: 'a1', task: task.id },
      ...{ container: 'mesos-c-1', backoffMs: 5000, graceMs: 300_000, intervalMs: 10_000 },
    },
  ]);
  expect(buildAgentPlaces(sight.spec, containers)).toEqual([
    { controller: 'main', node: 'linux-7', host: 'a1', container: 'mesos-c-2' },
  ]);
});
