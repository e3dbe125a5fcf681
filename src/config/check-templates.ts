import { type Check, type Checked, hostsWith, listed, roleSources } from './check.ts';
import type { BuildAgentTemplate, Host } from './cluster-spec.ts';
import type { Fault, Path } from './fault.ts';
import { javaNeededBy, javaOf, repositoryOf } from './image-facts.ts';
import type { ParsedController } from './parsed-cluster.ts';

/** Whether a build agent can be launched at all: a host that has what it asks for, an image that fits. */
export const checkTemplates: Check = (checked) =>
  checked.spec.jenkins.flatMap((controller) =>
    controller.buildAgents.flatMap((template) => {
      const one: One = { checked, controller, template };
      return [...attributeFaults(one), ...sizeFaults(one), ...imageFaults(one)];
    }),
  );

interface One {
  readonly checked: Checked;
  readonly controller: ParsedController;
  readonly template: BuildAgentTemplate;
}

function at({ controller, template }: One, field: string): Path {
  return ['jenkins', controller.name, 'buildAgents', template.label, field];
}

function attributeFaults(one: One): Fault[] {
  const hosts = hostsWith(one.checked, 'mesos-agent');
  const path = at(one, 'attributes');
  const numbers = numericAttributes(one, path);
  if (numbers.length > 0) return numbers;
  if (hosts.length === 0 || hosts.some((host) => hasAttributes(host, one.template))) return [];
  const wanted = attributeList(one.template.attributes);
  const message = `no Mesos agent has ${wanted}: ${haveThese(hosts)}`;
  return [{ path, message, needs: [path, ['hosts', '*', 'attributes'], ...roleSources] }];
}

/** Mesos reads such a value as a number, and the plugin compares texts only: it would never match. */
function numericAttributes({ template }: One, path: Path): Fault[] {
  if (template.via !== 'mesos') return [];
  const number = /^(?:\d+\.?\d*(?:[eE]-?\d+)?|0[xX][\da-fA-F]+|inf|infinity|nan)$/i;
  return Object.entries(template.attributes)
    .filter(([, value]) => number.test(value))
    .map(([name, value]) => ({
      path: [...path, name],
      message: `${value} is a number to Mesos, and the Mesos plugin compares texts only: write r${value} here and at the hosts, or via: marathon`,
      needs: [path],
    }));
}

function hasAttributes({ agent }: Host, { attributes }: BuildAgentTemplate): boolean {
  return Object.entries(attributes).every(([name, value]) => agent.attributes[name] === value);
}

function attributeList(attributes: Readonly<Record<string, string>>): string {
  return Object.entries(attributes)
    .map(([name, value]) => `${name}: ${value}`)
    .join(', ');
}

function haveThese(hosts: readonly Host[]): string {
  const all = hosts.map(
    ({ name, agent }) => `${name} has ${attributeList(agent.attributes) || 'none'}`,
  );
  const shown = all.slice(0, 5).join('; ');
  return all.length > 5 ? `${shown}; and ${String(all.length - 5)} more` : shown;
}

const sizes = [
  { field: 'cpus', of: 'cpus', unit: ' cores' },
  { field: 'memory', of: 'memoryMb', unit: ' MiB' },
  { field: 'disk', of: 'diskMb', unit: ' MiB' },
] as const;

function sizeFaults(one: One): Fault[] {
  const hosts = hostsWith(one.checked, 'mesos-agent').filter((host) =>
    hasAttributes(host, one.template),
  );
  const single = singleSizes(one, hosts);
  const fits = hosts.some((host) => sizes.every(({ of }) => offer(host, of) >= one.template[of]));
  if (single.length > 0 || hosts.length === 0 || fits) return single;
  const wanted = sizes
    .filter(({ of }) => one.template[of] > 0)
    .map(({ field, of, unit }) => `${field} ${String(one.template[of])}${unit}`);
  const message = `no host that may run it offers ${wanted.join(', ')} together`;
  const path = ['jenkins', one.controller.name, 'buildAgents', one.template.label];
  return [{ path, at: 'key', message, needs: [path, ...resourceSources] }];
}

/** What a host does not declare is known to Mesos only. */
function offer({ agent }: Host, of: (typeof sizes)[number]['of']): number {
  return agent.resources[of] ?? Number.POSITIVE_INFINITY;
}

const resourceSources = [['hosts', '*', 'resources'], ...roleSources];

function singleSizes(one: One, hosts: readonly Host[]): Fault[] {
  return sizes.flatMap(({ field, of, unit }) => {
    const wanted = one.template[of];
    const offered = hosts.map((host) => offer(host, of));
    if (hosts.length === 0 || offered.some((amount) => amount >= wanted)) return [];
    const most = String(Math.max(...offered));
    const names = listed(hosts.map(({ name }) => name));
    const message = `${String(wanted)}${unit} are more than any host offers that may run it (at most ${most} on ${names})`;
    const path = at(one, field);
    return [{ path, message, needs: [path, ...resourceSources] }];
  });
}

/** Their entry point is a launcher of its own, or none; the Mesos plugin needs a shell there. */
const launchers =
  /(?:^|\/)jenkins(?:ci|4eval)?\/(?:inbound-agent|jnlp-slave|jnlp-agent|ssh-agent|ssh-slave|agent|slave)$/;

function imageFaults(one: One): Fault[] {
  const { template, controller } = one;
  const path = at(one, 'image');
  const needed = javaNeededBy(controller.image);
  const java = javaOf(template.image);
  const faults: string[] = [];
  if (template.via === 'mesos' && launchers.test(repositoryOf(template.image)))
    faults.push(
      `${repositoryOf(template.image)} does not start a shell, and the Mesos plugin hands over its command as one word: take an image like images/build-agent, or via: marathon`,
    );
  if (needed !== undefined && java !== undefined && java < needed)
    faults.push(
      `has Java ${String(java)}, and build agents of ${controller.image} need ${String(needed)} or newer`,
    );
  return faults.map((message) => ({
    ...{ path, message },
    needs: [path, ['jenkins', controller.name, 'image']],
  }));
}
