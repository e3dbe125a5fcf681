import { hostsWith } from '../../cluster/members.ts';
import { timingsOf } from '../bounds/timings.ts';
import type { Scene } from '../scene/scene.ts';
import {
  atOnce,
  addressesOf,
  containerOf,
  cutBoth,
  draft,
  silence,
  strike,
  unaimed,
  victim,
} from './draft.ts';
import type { Drafted, Drill, PlanOptions } from './drill.ts';
import { hostLoss } from './host-loss.ts';

/** Registered agents; those with a controller last, or first. */
function agentHost(scene: Scene, wanted: 'with' | 'without'): string | undefined {
  const has = (host: string) => scene.controllers.some((controller) => controller.host === host);
  const isGateway = (host: string) =>
    hostsWith(scene.spec, 'gateway').some(({ name }) => name === host);
  const cost = (host: string) =>
    (has(host) === (wanted === 'with') ? 0 : 2) + (isGateway(host) ? 1 : 0);
  const hosts = (scene.pool ?? []).map(({ host }) => host);
  return hosts.toSorted((one, other) => cost(one) - cost(other))[0];
}

function atAgent(
  scene: Scene,
  wanted: 'with' | 'without',
  then: (host: string) => Drafted,
): Drafted {
  const host = agentHost(scene, wanted);
  return host === undefined ? unaimed('no Mesos agent is registered for certain') : then(host);
}

const killAgent: Drill = {
  ...{ id: 'D17', name: 'agent-kill', class: 'ask' },
  title: 'a Mesos agent dies, its tasks go on',
  draft: (scene) =>
    atAgent(scene, 'with', (host) => {
      const container = containerOf(scene, host, 'mesos-agent');
      return draft({
        victims: [victim(scene, host, 'mesos-agent')],
        attack: atOnce([strike(host, { kind: 'kill', container })]),
        blow: { agent: 'restarts' },
        expects: {
          mayLoseBuild: `the Mesos plugin does not checkpoint (2.0): builds on ${host} end`,
        },
        costsBuilds: true,
      });
    }),
};

const partitionAgent: Drill = {
  ...{ id: 'D18', name: 'agent-partition-short', class: 'ask' },
  title: 'a Mesos agent is cut from the masters, not for long',
  draft: (scene) =>
    atAgent(scene, 'without', (host) => {
      const { ping, pings } = timingsOf(scene);
      const { mesos } = scene.spec;
      const peers = addressesOf(scene.spec, 'mesos-master', host);
      const own = hostsWith(scene.spec, 'mesos-master').some(({ name }) => name === host);
      const rules = [
        cutBoth(mesos.masterPort, { side: 'theirs', peers, own }),
        cutBoth(mesos.agentPort, { side: 'ours', peers, own }),
      ];
      // Well before the master gives it up.
      const holdMs = Math.min(45_000, Math.floor(0.6 * ping.value * pings.value * 1000));
      return draft({
        victims: [victim(scene, host, 'mesos-agent')],
        attack: atOnce([strike(host, { kind: 'cut', rules })], holdMs),
        blow: { agent: 'cut', members: 'healed' },
        notes: ['No task may be replaced.'],
      });
    }),
};

const loseAgentHost: Drill = {
  ...{ id: 'D19', name: 'agent-host-loss', class: 'ask' },
  title: 'the host of a Mesos agent is silent until its tasks are replaced',
  draft: (scene) =>
    atAgent(scene, 'without', (host) => {
      const { ping, pings } = timingsOf(scene);
      const lost = hostLoss(scene, host);
      const holdMs = ((pings.value + 1) * ping.value + 60) * 1000;
      return {
        ...lost,
        attack: atOnce([strike(host, silence)], holdMs),
      };
    }),
};

const killBuildAgent: Drill = {
  ...{ id: 'build-agent-kill', name: 'build-agent-kill', class: 'ask', aim: 'in-flight' },
  title: 'the build agent of a running build dies',
  draft: (scene, options) => {
    const found = scene.buildAgents.find((one) => isAimed(one, options));
    if (found === undefined) {
      return draft({
        ...{ victims: [], attack: atOnce([]) },
        expects: { mayLoseBuild: 'its build agent is killed' },
        notes: ['SIGKILL to the container of the build agent, as soon as the canary build runs.'],
      });
    }
    const { host, node, controller, container } = found;
    return draft({
      victims: [{ ...victim(scene, host), container }],
      attack: atOnce([strike(host, { kind: 'kill', container })]),
      expects: { mayLoseBuild: `its build agent ${node} of ${controller} is killed` },
    });
  },
};

function isAimed(
  { controller, node }: Scene['buildAgents'][number],
  { buildAgent }: PlanOptions,
): boolean {
  return buildAgent?.controller === controller && buildAgent.node === node;
}

export const agentDrills: readonly Drill[] = [killAgent, partitionAgent, loseAgentHost];

export const buildAgentDrills: readonly Drill[] = [killBuildAgent];
