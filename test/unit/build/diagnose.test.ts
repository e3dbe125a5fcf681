import { beforeAll, describe, expect, test } from 'vitest';
import { diagnose } from '../../../src/build/diagnose.ts';
import type { PoolAgent, TaskEnd } from '../../../src/build/mesos-view.ts';
import type { Observations } from '../../../src/build/observations.ts';
import type { JenkinsController } from '../../../src/config/cluster-spec.ts';
import { clusterFile, controller, specOf } from '../../support/cluster-file.ts';

let main: JenkinsController;

beforeAll(async () => {
  const attributes = { zone: 'a' };
  const buildAgents = {
    build: { image: 'registry.example.com/agent:1', cpus: 1, memory: '1GiB', attributes },
    fixed: { image: 'registry.example.com/agent:1', via: 'marathon', count: 2 },
  };
  const hosts = { a1: { attributes } };
  const jenkins = { main: controller({ buildAgents }) };
  const spec = await specOf(clusterFile({ hosts, jenkins }));
  main = spec.jenkins[0]!;
});

const framework = { id: 'ci-jenkins-main', name: 'jenkins-main', registered: undefined };
const connected = { ...framework, active: true, connected: true };

function agent(hostname: string, free: Partial<PoolAgent['free']> = {}): PoolAgent {
  const total = { cpus: 4, memoryMb: 6500, diskMb: 40_000 };
  const attributes = { zone: 'a' };
  return { id: hostname, hostname, active: true, attributes, total, free: { ...total, ...free } };
}

const task: TaskEnd = {
  ...{ id: 'jenkins-agent-build-1', name: '', state: 'TASK_RUNNING', agentId: 'x1' },
  ...{ reason: '', message: '' },
};

/** All is well, but the build has not started. */
function seen(parts: Partial<Observations> = {}): Observations {
  return {
    controller: main,
    label: 'build',
    job: 'ci-cluster-canary-build',
    template: main.buildAgents.find(({ label }) => label === (parts.label ?? 'build')),
    waitedMs: 900_000,
    number: undefined,
    console: [],
    why: '',
    jenkins: { quietingDown: false },
    silence: '',
    supply: { clouds: 1, nodes: 0 },
    buildAgents: [],
    frameworks: [connected],
    tasks: [],
    agents: [agent('x1')],
    role: { limit: {}, used: { cpus: 0, memoryMb: 0, diskMb: 0 } },
    nameOf: (address) => address,
    ...parts,
  };
}

interface Case {
  readonly what: string;
  readonly seen: Partial<Observations>;
  readonly code: string;
  readonly message: string | RegExp;
  readonly evidence?: readonly (string | RegExp)[];
}

const cases: readonly Case[] = [
  {
    what: 'Jenkins does not answer, whatever Mesos says',
    seen: { jenkins: undefined, silence: 'nothing listens on its port', frameworks: [] },
    ...{ code: 'CONTROLLER_DOWN', message: 'main: Jenkins does not answer' },
    evidence: ['nothing listens on its port'],
  },
  {
    what: 'somebody prepares a shutdown',
    seen: { jenkins: { quietingDown: true }, why: 'Jenkins is about to shut down' },
    ...{ code: 'QUIETING_DOWN', message: /prepares for shutdown/ },
  },
  {
    what: 'Jenkins has nothing for the label',
    seen: { supply: { clouds: 0, nodes: 0 } },
    code: 'LABEL_UNKNOWN',
    message: 'main: Jenkins has neither a cloud nor a build agent for label build',
  },
  {
    what: 'the framework is not there',
    seen: { frameworks: [] },
    code: 'FRAMEWORK_DISCONNECTED',
    message: 'main: no framework ci-jenkins-main on the leading Mesos master',
  },
  {
    what: 'the framework is not connected',
    seen: { frameworks: [{ ...connected, active: false, connected: false }] },
    code: 'FRAMEWORK_DISCONNECTED',
    message: 'main: framework ci-jenkins-main is not connected to the leading master',
  },
  {
    what: 'the framework gets no offers',
    seen: { frameworks: [{ ...connected, active: false }] },
    code: 'FRAMEWORK_DISCONNECTED',
    message: /is connected but gets no offers/,
  },
  {
    what: 'Jenkins registered under another id',
    seen: { frameworks: [{ ...connected, id: '1f-7' }] },
    code: 'FRAMEWORK_DISCONNECTED',
    message: 'main: registered with Mesos as 1f-7, not as ci-jenkins-main',
  },
  {
    what: 'no master leads',
    seen: { frameworks: undefined, agents: undefined, role: undefined },
    ...{ code: 'FRAMEWORK_DISCONNECTED', message: /no leading Mesos master tells/ },
  },
  {
    what: 'the image cannot be pulled',
    seen: {
      tasks: [
        {
          ...{ ...task, state: 'TASK_FAILED', reason: 'REASON_CONTAINER_LAUNCH_FAILED' },
          message: 'Failed to pull\nmanifest unknown',
        },
      ],
    },
    code: 'BUILD_AGENT_NOT_ONLINE',
    message: 'main: the build agent on x1 ended before it was online',
    evidence: [
      'task jenkins-agent-build-1',
      /^TASK_FAILED REASON_CONT/,
      'Failed to pull',
      /^manif/,
    ],
  },
  {
    what: 'the container ends again and again',
    seen: {
      tasks: [1, 2].map((number) => {
        const message = 'Container exited with status 127';
        return { ...task, id: `t${number}`, state: 'TASK_FAILED', message };
      }),
    },
    ...{ code: 'BUILD_AGENT_NOT_ONLINE', message: /ended before it was online/ },
    evidence: [/^2 build agents were launched and ended/, 'task t2', 'TASK_FAILED', /status 127/],
  },
  {
    what: 'the build agent runs and does not reach Jenkins',
    seen: { tasks: [task], why: '‘jenkins-agent-build-1’ is offline' },
    code: 'BUILD_AGENT_NOT_ONLINE',
    message: 'main: the build agent on x1 runs but has not come online',
    evidence: [/^task/, 'TASK_RUNNING', 'Jenkins: ‘jenkins-agent-build-1’ is offline'],
  },
  {
    what: 'the quota is used up',
    seen: { role: { limit: { cpus: 4 }, used: { cpus: 3.5, memoryMb: 0, diskMb: 0 } } },
    code: 'BUILD_NOT_OFFERED',
    message: 'main: the quota of role jenkins-main leaves no room for a build agent',
    evidence: ['3.5 of 4 CPUs taken, 1 wanted'],
  },
  {
    what: 'the quota of memory is used up',
    seen: { role: { limit: { memoryMb: 2000 }, used: { cpus: 0, memoryMb: 1500, diskMb: 0 } } },
    ...{ code: 'BUILD_NOT_OFFERED', message: /quota/ },
    evidence: ['1500 of 2000 MiB memory taken, 1024 wanted'],
  },
  {
    what: 'no Mesos agent has room',
    seen: {
      agents: [
        { ...agent('x1', { cpus: 0.5, memoryMb: 100 }), attributes: { zone: 'b' } },
        { ...agent('x2'), active: false },
        agent('x3', { cpus: 0.9 }),
      ],
    },
    code: 'BUILD_NOT_OFFERED',
    message:
      /no Mesos agent has room for a build agent of label build \(1 CPUs, 1024 MiB, zone a\)/,
    evidence: [
      'agent  CPUs free  MiB free      why not',
      'x3     0.9 of 4   6500 of 6500  0.1 CPUs short',
      'x1     0.5 of 4   100 of 6500   zone is b, not a, 0.5 CPUs short, 924 MiB short',
      'x2     4 of 4     6500 of 6500  not active',
    ],
  },
  {
    what: 'all Mesos agents are deactivated',
    seen: { agents: ['x1', 'x2'].map((name) => ({ ...agent(name), active: false })) },
    code: 'BUILD_NOT_OFFERED',
    message: 'main: all 2 Mesos agents are deactivated or disconnected',
  },
  {
    what: 'there is room, and nobody knows why nothing happens',
    seen: { why: 'Waiting for next available executor' },
    code: 'BUILD_NOT_FINISHED',
    message: 'main: the build of ci-cluster-canary-build has not started after 900 s',
    evidence: ['Jenkins: Waiting for next available executor'],
  },
  {
    what: 'the build runs and runs',
    seen: { number: 7, console: ['+ sleep 3600'] },
    code: 'BUILD_NOT_FINISHED',
    message: 'main: build 7 of ci-cluster-canary-build still runs after 900 s',
    evidence: ['+ sleep 3600'],
  },
  {
    what: 'build agents that Marathon keeps are all offline',
    seen: {
      label: 'fixed',
      frameworks: [],
      buildAgents: [
        { name: 'f1', labels: ['fixed'], online: false, busy: false, whyOffline: 'Terminated' },
        { name: 'f2', labels: ['fixed'], online: false, busy: false, whyOffline: '' },
      ],
    },
    code: 'BUILD_AGENT_NOT_ONLINE',
    message: 'main: no build agent for label fixed is online',
    evidence: ['f1: Terminated', 'f2: offline'],
  },
  {
    what: 'a build agent of a fragment is online but busy for ever',
    seen: {
      ...{ label: 'mac', frameworks: [], agents: [] },
      buildAgents: [{ name: 'mac1', labels: ['mac'], online: true, busy: true, whyOffline: '' }],
    },
    ...{ code: 'BUILD_NOT_FINISHED', message: /has not started/ },
  },
];

describe('where a build stuck', () => {
  test.each(cases)('$what: $code', ({ seen: parts, code, message, evidence }) => {
    const error = diagnose(seen(parts));
    expect(error.code).toBe(code);
    if (typeof message === 'string') expect(error.message).toBe(message);
    else expect(error.message).toMatch(message);
    expect(error.remedy).not.toBe('');
    if (evidence === undefined) return;
    expect(error.evidence).toHaveLength(evidence.length);
    evidence.forEach((line, index) => {
      if (typeof line === 'string') expect(error.evidence[index]).toBe(line);
      else expect(error.evidence[index]).toMatch(line);
    });
  });

  test('of many Mesos agents the eight nearest are shown', () => {
    const agents = Array.from({ length: 20 }, (_, index) => agent(`x${index}`, { cpus: 0 }));
    const { evidence } = diagnose(seen({ agents }));
    expect(evidence).toHaveLength(10);
    expect(evidence.at(-1)).toBe('and 12 more');
  });
});
