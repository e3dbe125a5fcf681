import type { JenkinsController } from '../config/cluster-spec.ts';
import { buildNodes, templateHosts } from '../services/build-agents.ts';
import { askForBuildAgents } from './builds.ts';
import type { Sight } from './sight.ts';

/** Build agents of Marathon that are not online; a reason where Jenkins does not tell. */
export async function offlineNodes(
  sight: Sight,
  controller: JenkinsController,
): Promise<ReadonlySet<string> | string> {
  const wanted = buildNodes(controller).map(({ name }) => name);
  if (wanted.length === 0) return new Set();
  const agents = await askForBuildAgents(sight, controller);
  if (typeof agents === 'string') return agents;
  const online = new Set(agents.filter((agent) => agent.online).map(({ name }) => name));
  return new Set(wanted.filter((name) => !online.has(name)));
}

/** What keeps the gate of the build agents closed; empty if nothing does. */
export async function whyNodesOffline(sight: Sight): Promise<string> {
  const reasons = await Promise.all(
    sight.spec.jenkins.map(async (controller) => {
      const offline = await offlineNodes(sight, controller);
      if (typeof offline === 'string') return `${controller.name}: ${offline}`;
      const held = launchable(sight, controller).filter((name) => offline.has(name));
      return held.length === 0
        ? ''
        : `${controller.name}: ${held.slice(0, 3).join(', ')}${more(held.length)} not online`;
    }),
  );
  return reasons.filter((reason) => reason !== '').join('; ');
}

function more(count: number): string {
  return count > 3 ? ` and ${count - 3} more` : '';
}

/** Those with a host that is connected: others are skipped by the operator's own choice. */
function launchable({ spec, remotes }: Sight, controller: JenkinsController): readonly string[] {
  return buildNodes(controller)
    .filter(({ template }) => templateHosts(spec, template).some(({ name }) => remotes.has(name)))
    .map(({ name }) => name);
}
