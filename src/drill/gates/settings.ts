import type { BoundInput } from '../bound.ts';
import type { Scene } from '../scene/scene.ts';
import { gate, victimHosts, type DrillGate, type Question } from './question.ts';

/** What the bounds rely on, as the running processes have it. */

export const restartPolicy: DrillGate = (question) => {
  const { scene, draft } = question;
  const name = 'Docker starts again what dies';
  const hit = draft.victims.filter(({ container }) => container?.startsWith('ci-') === true);
  if (hit.length === 0) return undefined;
  const states = hit.map(({ host, container }) => ({
    place: `${container ?? ''} on ${host}`,
    restart: policyOf(scene, host, container)?.restart,
  }));
  const blind = states.find(({ restart }) => restart === undefined);
  const without = states.find(({ restart }) => restart !== undefined && !policies.has(restart));
  if (without !== undefined) {
    return gate(name, false, `${without.place} has restart policy ${without.restart ?? ''}`);
  }
  if (blind !== undefined) return gate(name, undefined, `${blind.place} did not tell`);
  return gate(name, true, [...new Set(states.map(({ restart }) => restart))].join(', '));
};

const policies = new Set(['always', 'unless-stopped', 'on-failure']);

/** Without them Mesos would end all tasks of Marathon with its leader. */
export const marathonFramework: DrillGate = ({ scene }) => {
  const name = "Marathon's tasks outlive its leader";
  const { checkpoint, failoverSeconds } = scene.flags.marathon ?? {};
  if (checkpoint === undefined || failoverSeconds === undefined) {
    return gate(name, undefined, 'Marathon does not tell checkpoint and failover_timeout');
  }
  const detail = `checkpoint ${checkpoint ? 'on' : 'off'}, failover_timeout ${failoverSeconds} s`;
  return gate(name, checkpoint && failoverSeconds > 0, detail);
};

/** Mesos' own warning: agents must not be given up before a new master is there. */
export const pingsOutlastSession: DrillGate = ({ scene, timings }) => {
  const name = 'agents are given up later than masters';
  const { ping, pings, mesosSession } = timings;
  const wait = ping.value * pings.value;
  const detail = `${pings.value} × ${ping.value} s pings, session ${mesosSession.value} s`;
  const isTold = scene.flags.masters.size > 0;
  return gate(name, isTold ? wait > mesosSession.value : undefined, detail);
};

/** Outside of them ZooKeeper gives another session than was asked for. */
export const sessionsFit: DrillGate = ({ scene, timings }) => {
  const name = 'sessions are as long as asked for';
  const { flags } = scene;
  const asked = [
    ...[...flags.masters.values()].flatMap(({ sessionMs }) => sessionMs ?? []),
    ...(flags.marathon?.sessionMs === undefined ? [] : [flags.marathon.sessionMs]),
  ];
  if (flags.zookeeper.size === 0 || asked.length === 0) {
    return gate(name, undefined, 'ZooKeeper or its clients do not tell');
  }
  const { least, most } = limitsOf(flags.zookeeper.values(), timings.tick);
  const holds = asked.every((ms) => ms >= least && ms <= most);
  const seconds = [...new Set(asked)].map((ms) => ms / 1000).join(' and ');
  return gate(name, holds, `${seconds} s, allowed ${least / 1000} to ${most / 1000} s`);
};

type Servers = Question['scene']['flags']['zookeeper'];

function limitsOf(servers: ReturnType<Servers['values']>, tick: BoundInput) {
  const [two, twenty] = [tick.value * 2000, tick.value * 20_000];
  const all = [...servers];
  return {
    least: Math.max(...all.map(({ minSessionMs }) => minSessionMs ?? two)),
    most: Math.min(...all.map(({ maxSessionMs }) => maxSessionMs ?? twenty)),
  };
}

/** 31z4/zookeeper-docker#118: once such a leader has stopped, the ensemble hangs. */
export const ownLines: DrillGate = ({ scene }) => {
  const name = 'every server line has an address';
  const { zookeeper } = scene.flags;
  const { members } = scene.health.zookeeper;
  if (members.length === 1) return undefined;
  const bad = [...zookeeper].filter(([, { ownLine }]) => ownLine?.startsWith('0.0.0.0') === true);
  if (bad.length > 0) {
    return gate(name, false, bad.map(([host]) => `${host}: 0.0.0.0 in its own line`).join(', '));
  }
  const silent = members.filter(({ host }) => zookeeper.get(host)?.ownLine === undefined);
  if (silent.length > 0) {
    return gate(name, undefined, `${silent.map(({ host }) => host).join(', ')} did not tell`);
  }
  return gate(name, true, `${members.length} lines`);
};

/** Executors in the container of the agent would end with it (Mesos' docker containerizer docs). */
export const executorsSurvive: DrillGate = (question) => {
  if (question.draft.blow.agent !== 'restarts') return undefined;
  const name = 'tasks outlive their Mesos agent';
  const [host = ''] = victimHosts(question);
  const { hosts, flags } = question.scene;
  const policy = policyOf(question.scene, host, hosts.get(host)?.containers.get('mesos-agent'));
  const image = flags.agents.get(host)?.dockerMesosImage;
  if (policy?.hostPids === true) return gate(name, true, "the agent has the host's process ids");
  if (image !== undefined) return gate(name, true, `executors have containers of ${image}`);
  if (policy === undefined) return gate(name, undefined, `${host} did not tell`);
  return gate(name, false, `executors are in the container of the agent on ${host}`);
};

function policyOf({ hosts }: Scene, host: string, container: string | undefined) {
  const abilities = hosts.get(host)?.abilities;
  if (typeof abilities !== 'object') return undefined;
  return abilities.containers.find(({ name }) => name === container);
}
