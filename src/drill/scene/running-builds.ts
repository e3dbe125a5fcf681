import { clientOf, readNodes } from '../../health/build-load.ts';
import type { Sight } from '../../health/sight.ts';
import type { Scene } from './scene.ts';

/** As `build/canary-job.ts` names the jobs that only show that builds work. */
const canary = 'ci-cluster-canary-';

/** Builds of other people by controller; one that cannot go on elsewhere is lost with its agent. */
export async function readBuilds(sight: Sight): Promise<Scene['builds']> {
  const asked = sight.spec.jenkins.map(async (controller) => {
    const nodes = await readNodes(clientOf(sight, controller));
    const builds =
      typeof nodes === 'string'
        ? undefined
        : nodes.flatMap((node) => node.builds).filter((build) => !build.startsWith(canary));
    return [controller.name, builds] as const;
  });
  return new Map(await Promise.all(asked));
}
