import { hostsWith } from '../cluster/members.ts';
import type { Host } from '../config/cluster-spec.ts';
import type { RegisteredAgent } from '../plan/observed.ts';
import type { Gate } from '../plan/step.ts';
import { eligibleHosts } from '../services/jenkins.ts';
import { readAgents } from './agents.ts';
import { whyNodesOffline } from './build-nodes.ts';
import { probeGateways } from './gateway.ts';
import { probeMovingAddress } from './moving-address.ts';
import { whyDeploying } from './deployments.ts';
import { probeJenkins } from './jenkins.ts';
import { probeMarathon } from './marathon.ts';
import { probeAgents, probeMasters } from './mesos.ts';
import type { Group, Member, State } from './model.ts';
import { agentAnswers, whyNotReregistered } from './recovered-agents.ts';
import type { Sight } from './sight.ts';
import { probeZookeeper } from './zookeeper.ts';

/** What a gate waits for, why the run must not go on without it, and for how long. */
interface GateRule {
  readonly condition: string;
  readonly why: string;
  readonly deadlineMs: number;
}

export const gateRules: Readonly<Record<Gate, GateRule>> = {
  ensemble: {
    condition: 'one ZooKeeper leader with all followers in step',
    why: 'Mesos and Marathon elect their leaders in it',
    deadlineMs: 120_000,
  },
  masters: {
    condition: 'one Mesos leader with its registry and its agents back, all others standing by',
    why: 'agents and frameworks register with it',
    deadlineMs: 180_000,
  },
  registered: {
    condition: 'every Mesos agent in touch with the leader',
    why: 'one that is not gets its work back in vain',
    deadlineMs: 180_000,
  },
  agents: {
    condition: 'every Mesos agent registered and active',
    why: 'they are the pool that builds and Jenkins run in',
    deadlineMs: 180_000,
  },
  marathon: {
    condition: 'one Marathon leader, registered with Mesos',
    why: 'it starts Jenkins and keeps it running',
    deadlineMs: 240_000,
  },
  deployments: {
    condition: 'every deployment of Marathon finished',
    why: 'one under way could be left half done, or is what was just asked for',
    deadlineMs: 600_000,
  },
  gateways: {
    condition: 'every gateway leads to the Mesos leader and to Marathon',
    why: 'Jenkins reaches Mesos through it whatever master leads',
    deadlineMs: 60_000,
  },
  entrance: {
    condition: 'one gateway has the address that moves, and answers there',
    why: 'people and build agents come in by it',
    deadlineMs: 60_000,
  },
  jenkins: {
    condition: 'every Jenkins controller answers through every gateway',
    why: 'it is what people came for',
    deadlineMs: 600_000,
  },
  'build-agents': {
    condition: 'every build agent that Marathon keeps running is online in Jenkins',
    why: 'builds with its label would wait',
    deadlineMs: 600_000,
  },
};

export interface GateState {
  readonly reached: boolean;
  /** What is missing; empty when reached. */
  readonly reason: string;
  /** Hosts that hold it, as far as single ones do. */
  readonly held: readonly string[];
}

type Look = (sight: Sight, except: readonly string[]) => Promise<GateState>;

const looks: Readonly<Record<Gate, Look>> = {
  ensemble: async (sight) => ofVoters(await probeZookeeper(sight)),
  masters: mastersGate,
  registered: registeredGate,
  agents: agentsGate,
  marathon: async (sight, except) => ofMembers(await probeMarathon(sight), except),
  deployments: async (sight) => fromReason(await whyDeploying(sight)),
  gateways: async (sight, except) => ofMembers(await probeGateways(sight), except),
  entrance: entranceGate,
  jenkins: jenkinsGate,
  'build-agents': async (sight) => fromReason(await whyNodesOffline(sight)),
};

/**
 * Hosts that the operator chose to skip are unknown and do not hold the gate, nor do those in
 * `except`, whose turn is still to come.
 */
export async function checkGate(
  gate: Gate,
  sight: Sight,
  except: readonly string[] = [],
): Promise<GateState> {
  return await looks[gate](sight, except);
}

interface Judged {
  readonly state: State;
  readonly reason: string;
  readonly members: readonly Member[];
}

function fromReason(reason: string): GateState {
  return { reached: reason === '', reason, held: [] };
}

const reached = fromReason('');

function ofMembers({ state, reason, members }: Judged, except: readonly string[]): GateState {
  const seen = members.filter(
    (member) => member.state !== 'unknown' && !except.includes(member.host),
  );
  const bad = seen.filter((member) => member.state !== 'healthy');
  if (state === 'healthy') return reached;
  const skipped = members.length - seen.length;
  if (state === 'degraded' && skipped > 0 && bad.length === 0) return reached;
  const details = bad.slice(0, 3).map(({ host, detail }) => `${host}: ${detail}`);
  return {
    reached: false,
    reason: [reason, ...details].filter((part) => part !== '').join('; '),
    held: bad.map(({ host }) => host),
  };
}

/**
 * A member that votes is never excepted. Of those that could be asked, each has to vote with the
 * leader: one that serves but is not in step yet is no support when the next one goes down.
 */
function ofVoters(group: Group): GateState {
  const seen = group.members.filter(({ state }) => state !== 'unknown');
  const state = ofMembers(group, []);
  const voting = group.voting ?? 0;
  if (!state.reached || voting >= seen.length) return state;
  const reason = `${seen.length - voting} of ${seen.length} not in step yet`;
  return { reached: false, reason, held: [] };
}

/** After an election it takes some seconds until every Mesos agent has found the new leader. */
async function mastersGate(sight: Sight): Promise<GateState> {
  const group = await probeMasters(sight);
  const state = ofVoters(group);
  return state.reached ? fromReason(await whyNotReregistered(sight, group.leader)) : state;
}

/** Hosts that were skipped do not hold it, as long as the address is somewhere. */
async function entranceGate(sight: Sight): Promise<GateState> {
  const { state = 'healthy', detail = '' } = (await probeMovingAddress(sight)) ?? {};
  return { reached: state === 'healthy', reason: detail, held: [] };
}

async function agentsGate(sight: Sight, except: readonly string[]): Promise<GateState> {
  const { leader } = await probeMasters(sight);
  const agents = await probeAgents(sight, leader);
  // Somebody wants them to have no work now; that they are registered is all that can be waited for.
  const set = agents.members.filter(({ state }) => state === 'degraded').map(({ host }) => host);
  return ofMembers(agents, [...except, ...set]);
}

/**
 * Whether it gets offers or was emptied: what an emptied one has lost of its connection the master does
 * not show, so it is asked itself, too.
 */
async function registeredGate(sight: Sight, except: readonly string[]): Promise<GateState> {
  const { leader } = await probeMasters(sight);
  const agents = await readAgents(sight, leader);
  if (agents === undefined) return fromReason('no leading master to ask');
  const hosts = hostsWith(sight.spec, 'mesos-agent').filter(
    ({ name }) => sight.remotes.has(name) && !except.includes(name),
  );
  const inTouch = await Promise.all(hosts.map((host) => isInTouch(sight, host, agents)));
  const held = hosts.filter((_host, index) => !inTouch[index]).map(({ name }) => name);
  const reason = held.length === 0 ? '' : `not in touch: ${held.join(', ')}`;
  return { reached: held.length === 0, reason, held };
}

async function isInTouch(
  sight: Sight,
  host: Host,
  agents: readonly RegisteredAgent[],
): Promise<boolean> {
  const isKnown = agents.some(
    ({ hostname, state }) => hostname === host.address && state !== 'disconnected',
  );
  return isKnown && (await agentAnswers(sight, host));
}

async function jenkinsGate(sight: Sight): Promise<GateState> {
  const { leader } = await probeMarathon(sight);
  const controllers = await probeJenkins(sight, leader);
  const held = sight.spec.jenkins.filter((controller) =>
    eligibleHosts(sight.spec, controller).some(({ name }) => sight.remotes.has(name)),
  );
  const bad = controllers.filter(
    ({ name, state }) => state !== 'healthy' && held.some((controller) => controller.name === name),
  );
  return fromReason(bad.map(({ name, detail }) => `${name}: ${detail}`).join('; '));
}
