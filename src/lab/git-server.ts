import { ensureContainers } from './containers.ts';
import { localReference, type Tags } from './image-tags.ts';
import { gitAddress, gitContainer, labLabel, networkName, type Lab } from './lab.ts';
import type { Tools } from './tools.ts';

/** Debian's git daemon, with a small project in its image that the canary builds. */
export async function startGitServer(tools: Tools, lab: Lab, tags: Tags): Promise<void> {
  const image = localReference('git', tags);
  const wanted = { name: gitContainer(lab), runArgs: gitServerArgs(lab, image) };
  await ensureContainers(tools, lab.name, [wanted]);
}

function gitServerArgs(lab: Lab, image: string): string[] {
  return [
    ...['--name', gitContainer(lab), '--hostname', 'git'],
    ...['--label', `${labLabel}=${lab.name}`],
    ...['--network', networkName(lab), '--ip', gitAddress(lab)],
    image,
  ];
}
