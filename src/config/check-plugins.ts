import type { Check, Checked } from './check.ts';
import type { Fault } from './fault.ts';
import { isOlder, tagVersion } from './image-facts.ts';
import type { ParsedController } from './parsed-cluster.ts';
import { defaultPlugins } from './plugins.ts';

/** Plugins without which what we render would be ignored, or would keep Jenkins from starting. */
export const checkPlugins: Check = (checked) => [
  ...checked.spec.jenkins.flatMap((controller) => [
    ...missingPlugins(checked, controller),
    ...mesosPlugin(controller),
    ...urlFaults(controller),
  ]),
  ...oldMesos(checked),
];

interface Need {
  readonly plugin: string;
  readonly why: string;
  readonly isNeeded: (controller: ParsedController, checked: Checked) => boolean;
}

const needs: readonly Need[] = [
  {
    plugin: 'configuration-as-code',
    why: 'without it nothing sets a login, and everybody is an administrator',
    isNeeded: () => true,
  },
  {
    plugin: 'mesos',
    why: 'it launches the build agents with via: mesos',
    isNeeded: ({ buildAgents }) => buildAgents.some(({ via }) => via === 'mesos'),
  },
  {
    // Split off from core 2.356; the Mesos plugin is old enough to bring it along.
    plugin: 'instance-identity',
    why: 'build agents with via: marathon come in through the agent port, which needs it',
    isNeeded: ({ buildAgents, plugins }) =>
      !hasPlugin(plugins, 'mesos') && buildAgents.some(({ via }) => via === 'marathon'),
  },
  {
    // Core has only one that also overrules what jobs say themselves.
    plugin: 'build-discarder',
    why: 'keepBuilds is for jobs that say nothing themselves, which only this plugin can do',
    isNeeded: ({ name }, { isWritten }) =>
      ['count', 'days'].some((field) => isWritten(['jenkins', name, 'keepBuilds', field])),
  },
];

function missingPlugins(checked: Checked, controller: ParsedController): Fault[] {
  const path = ['jenkins', controller.name, 'plugins'];
  return needs
    .filter((need) => need.isNeeded(controller, checked))
    .filter(({ plugin }) => !hasPlugin(controller.plugins, plugin))
    .map(({ plugin, why }) => ({
      ...{ path, at: 'key' },
      message: `must name ${plugin}, with the version that the image has: ${why}`,
      needs: [path, ['jenkins', controller.name, 'buildAgents']],
    }));
}

function hasPlugin(plugins: ParsedController['plugins'], name: string): boolean {
  return Object.hasOwn(plugins, name);
}

function mesosPlugin({ name, plugins }: ParsedController): Fault[] {
  const version = hasPlugin(plugins, 'mesos') ? plugins['mesos'] : undefined;
  if (version === undefined || /^2(?:\.|$)/.test(version)) return [];
  const path = ['jenkins', name, 'plugins', 'mesos'];
  const message = `must be 2.x (${defaultPlugins['mesos'] ?? ''}), not ${version}: 1.x needs a libmesos that fits the masters inside the image of the controller, and is set up another way`;
  return [{ path, message }];
}

/** With a prefix all paths move: those of health checks, gateways and agent.jar. */
function urlFaults({ name, url }: ParsedController): Fault[] {
  const path = ['jenkins', name, 'url'];
  const prefix = new URL(url).pathname;
  if (prefix === '/') return [];
  const message = `must not have the path ${prefix}: gateways, health checks and build agents look for the controller at /`;
  return [{ path, message }];
}

/** The client in the Mesos plugin 2.0 refuses older masters (usi, version check). */
const oldestMesos = { major: 1, minor: 9 };

function oldMesos({ spec }: Checked): Fault[] {
  const needsPlugin = spec.jenkins.filter(({ buildAgents }) =>
    buildAgents.some(({ via }) => via === 'mesos'),
  );
  if (needsPlugin.length === 0) return [];
  return (['mesosMaster', 'mesosAgent'] as const).flatMap((image) => {
    const version = tagVersion(spec.images[image]);
    if (version === undefined || !isOlder(version, oldestMesos)) return [];
    const path = ['images', image];
    const message = `is Mesos ${String(version.major)}.${String(version.minor)}: build agents with via: mesos need 1.9 or newer, which the Mesos plugin 2.0 insists on`;
    return [{ path, message, needs: [path, ['jenkins', '*', 'buildAgents']] }];
  });
}
