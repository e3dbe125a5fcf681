import { hostsWith, quorum } from '../../cluster/members.ts';
import type { Role } from '../../config/cluster-spec.ts';
import type { Group } from '../../health/model.ts';
import type { GateResult } from '../drill-plan.ts';
import type { PoolPart } from '../scene/scene.ts';
import { canMove } from '../catalogue/host-loss.ts';
import { gate, victimHosts, type DrillGate, type Question } from './question.ts';

/**
 * What is left if the whole host of the victim is lost, whatever the drill does to it: who shares a host
 * shares its fate. Of drills that go from host to host, one host at a time.
 */
function hitAmong(question: Question, members: readonly string[]): readonly string[] {
  const hit = victimHosts(question).filter((host) => members.includes(host));
  return question.draft.attack.kind === 'in-turn' ? hit.slice(0, 1) : hit;
}

interface Vote {
  readonly name: string;
  readonly group: Group;
  readonly needed: number;
}

export const zookeeperMargin: DrillGate = (question) => {
  const group = question.scene.health.zookeeper;
  return marginOf(question, {
    ...{ name: 'ZooKeeper keeps its majority', group, needed: quorum(group.members.length) },
  });
};

/** By what the running masters take for their quorum. */
export const mesosMargin: DrillGate = (question) => {
  const { health, flags } = question.scene;
  const told = [...flags.masters.values()].flatMap(({ quorum: flag }) => flag ?? []);
  const group = health.mesosMasters;
  const needed = Math.max(quorum(group.members.length), ...told);
  return marginOf(question, { name: 'the Mesos masters keep their quorum', group, needed });
};

function marginOf(question: Question, { name, group, needed }: Vote): GateResult | undefined {
  const members = group.members.map(({ host }) => host);
  const hit = hitAmong(question, members);
  const { margin } = question.draft;
  if (hit.length === 0) return undefined;
  if (margin === 'lost') return gate(name, true, 'lost on purpose');
  if (group.voting === undefined) {
    return gate(name, undefined, group.reason === '' ? 'nobody tells who votes' : group.reason);
  }
  const left = group.voting - hit.length;
  const numbers = `${group.voting} of ${members.length} vote, ${hit.length} on ${hit.join(', ')}: ${left} left, ${needed} needed`;
  if (margin === 'restart' && members.length === 1) {
    return gate(name, true, 'one member: it pauses while it restarts');
  }
  return gate(name, left >= needed, numbers);
}

export const marathonStandby: DrillGate = (question) => {
  const { marathon } = question.scene.health;
  const name = 'another Marathon is ready';
  const hit = hitAmong(
    question,
    marathon.members.map(({ host }) => host),
  );
  if (hit.length === 0) return undefined;
  if (question.draft.margin === 'restart' && marathon.members.length === 1)
    return gate(name, true, 'one instance: it pauses meanwhile');
  const serving = marathon.members.filter(({ role }) => role !== undefined);
  const others = serving.map(({ host }) => host).filter((host) => !hit.includes(host));
  const isBlind = marathon.members.some(({ state }) => state === 'unknown');
  if (others.length === 0) {
    return gate(name, isBlind ? undefined : false, `none besides ${hit.join(', ')}`);
  }
  return gate(name, true, `${others.join(', ')} would go on`);
};

export const gatewayElsewhere: DrillGate = (question) => {
  const { health } = question.scene;
  const open = health.gateways.members.filter(({ role }) => role === 'gateway');
  const hit = hitAmong(question, hostsOf(question, 'gateway'));
  if (hit.length === 0) return undefined;
  const others = open.filter(({ host, state }) => state === 'healthy' && !hit.includes(host));
  const detail =
    others.length === 0
      ? `none besides ${hit.join(', ')}`
      : `${others.map(({ host }) => host).join(', ')} would go on`;
  return gate('another gateway is open', others.length > 0, detail);
};

function hostsOf({ scene }: Question, role: Role): readonly string[] {
  return hostsWith(scene.spec, role).map(({ name }) => name);
}

/** The others have room for what runs on the victim; what is bound to it waits for it. */
export const roomInPool: DrillGate = (question) => {
  const name = 'the pool has room for its tasks';
  const { pool } = question.scene;
  const hit = hitAmong(question, hostsOf(question, 'mesos-agent'));
  if (hit.length === 0) return undefined;
  if (pool === undefined) return gate(name, undefined, 'no leading master tells');
  const lost = pool.filter(({ host }) => hit.includes(host));
  const left = pool.filter(({ host }) => !hit.includes(host));
  const bound = boundTo(question, hit);
  const wants = {
    cpus: total(lost, 'usedCpus') - bound.cpus,
    memoryMb: total(lost, 'usedMemoryMb') - bound.memoryMb,
  };
  const has = {
    cpus: total(left, 'cpus') - total(left, 'usedCpus'),
    memoryMb: total(left, 'memoryMb') - total(left, 'usedMemoryMb'),
  };
  // Sums of tenths are no tenths for a computer.
  const holds = has.cpus + 1e-6 >= wants.cpus && has.memoryMb + 1e-6 >= wants.memoryMb;
  return gate(name, holds, `${amount(wants)} to move, ${amount(has)} free elsewhere`);
};

type Part = 'cpus' | 'memoryMb' | 'usedCpus' | 'usedMemoryMb';

function total(parts: readonly PoolPart[], key: Part): number {
  return parts.reduce((all, part) => all + part[key], 0);
}

interface Amount {
  readonly cpus: number;
  readonly memoryMb: number;
}

function boundTo({ scene }: Question, hit: readonly string[]): Amount {
  const stuck = scene.controllers.filter(
    ({ host, name }) => host !== undefined && hit.includes(host) && !canMove(scene, name),
  );
  const settings = scene.spec.jenkins.filter(({ name }) => stuck.some((one) => one.name === name));
  return settings.reduce<Amount>(
    (all, { cpus, memoryMb }) => ({ cpus: all.cpus + cpus, memoryMb: all.memoryMb + memoryMb }),
    { cpus: 0, memoryMb: 0 },
  );
}

function amount({ cpus, memoryMb }: Amount): string {
  return `${Math.round(Math.max(0, cpus) * 10) / 10} CPUs and ${Math.round(Math.max(0, memoryMb))} MiB`;
}
