import type { Scene } from '../scene/scene.ts';
import { atOnce, collateral, draft, hostNamed, leadsOf, silence, strike, victim } from './draft.ts';
import type { Draft } from './drill.ts';

/** The whole host with all that it leads, until everything has recovered without it. */
export function hostLoss(scene: Scene, host: string): Draft {
  const { roles } = hostNamed(scene.spec, host);
  const hits = leadsOf(scene, host);
  const isMember = roles.includes('zookeeper');
  const isAgent = roles.includes('mesos-agent');
  const here = scene.controllers.filter((controller) => controller.host === host);
  const moving = here.filter(({ name }) => canMove(scene, name));
  const stuck = here.filter(({ name }) => !canMove(scene, name)).map(({ name }) => name);
  return draft({
    victims: [victim(scene, host)],
    attack: { ...atOnce([strike(host, silence)]), until: 'recovered' },
    blow: {
      ...{ hits, may: isMember ? collateral(scene, hits, 'silent') : [], way: 'silent' },
      ...{ controllers: moving, moves: isAgent, agent: isAgent ? 'cut' : 'nothing' },
      ...{ members: 'healed', lonelyMs: isMember ? 60_000 : 0 },
    },
    expects: {
      mayLoseAgents: isAgent ? agentIds(scene, host) : [],
      mayLoseTasksOn: isAgent ? [host] : [],
      mayLoseBuild: isAgent ? `it may run on ${host}, which is lost` : undefined,
    },
    costsBuilds: isAgent,
    notes:
      stuck.length === 0
        ? []
        : [`Bound to ${host} and away as long as it is: Jenkins ${stuck.join(', ')}.`],
  });
}

/** A pinned home comes back with its host alone. */
export function canMove({ spec }: Scene, name: string): boolean {
  return spec.jenkins.find((controller) => controller.name === name)?.home.kind === 'shared';
}

export function agentIds({ pool }: Scene, host: string): readonly string[] {
  return (pool ?? []).filter((part) => part.host === host).map(({ id }) => id);
}
