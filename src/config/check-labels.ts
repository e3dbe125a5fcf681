import type { Check, Checked } from './check.ts';
import type { BuildAgentTemplate } from './cluster-spec.ts';
import type { Fault, Path } from './fault.ts';
import type { ParsedController } from './parsed-cluster.ts';

/** Labels become names of nodes, tasks, hosts and Marathon apps; each of them has its own grammar. */
export const checkLabels: Check = (checked) =>
  checked.spec.jenkins.flatMap((controller) => [
    ...controller.buildAgents.flatMap((template) => [
      ...collisions(controller, template),
      ...nodeNames(controller, template),
      ...hostName(controller, template),
      ...marathonId(controller, template),
      ...idleOrCount(checked, controller, template),
    ]),
    ...canaryLabel(controller),
    ...groupNames(checked, controller),
  ]);

function at({ name }: ParsedController, { label }: BuildAgentTemplate): Path {
  return ['jenkins', name, 'buildAgents', label];
}

function labelFault(
  controller: ParsedController,
  template: BuildAgentTemplate,
  message: string,
): Fault {
  const path = at(controller, template);
  return {
    path,
    at: 'key',
    message,
    needs: [
      [...path, 'via'],
      [...path, 'network'],
    ],
  };
}

/** Jenkins' labels are case-sensitive, names of nodes and of people who type them are not. */
function collisions(controller: ParsedController, template: BuildAgentTemplate): Fault[] {
  const { buildAgents } = controller;
  const twin = buildAgents
    .slice(0, buildAgents.indexOf(template))
    .find(({ label }) => label.toLowerCase() === template.label.toLowerCase());
  if (twin === undefined) return [];
  return [labelFault(controller, template, `differs from ${twin.label} only in capital letters`)];
}

/** Every node has its own name as a label, too: jobs for one would run on the other. */
function nodeNames(controller: ParsedController, template: BuildAgentTemplate): Fault[] {
  const other = controller.buildAgents.find(({ label, count }) => {
    const number = Number(/^[1-9]\d*$/.exec(template.label.slice(label.length + 1))?.[0] ?? 0);
    return template.label === `${label}-${String(number)}` && number >= 1 && number <= count;
  });
  if (other === undefined) return [];
  const message = `is also the name of a build agent for ${other.label}: its jobs would run there`;
  return [labelFault(controller, template, message)];
}

/** `jenkins-agent-<label>-<uuid>` becomes the host name of a bridged container (plugin 2.0). */
const longestLabel = 64 - 'jenkins-agent-'.length - 1 - 36;

function hostName(controller: ParsedController, template: BuildAgentTemplate): Fault[] {
  const { label, via, network } = template;
  if (via !== 'mesos' || network !== 'bridge' || label.length <= longestLabel) return [];
  const message = `is longer than ${String(longestLabel)} characters: the host name jenkins-agent-<label>-<uuid> would be longer than Linux' 64, and no container would start`;
  return [labelFault(controller, template, message)];
}

/** A part of a Marathon id (PathId.scala, 1.10), with the number at its end. */
const marathonPart = /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;

function marathonId(controller: ParsedController, template: BuildAgentTemplate): Fault[] {
  if (template.via !== 'marathon' || marathonPart.test(`${template.label}-1`)) return [];
  const message =
    'must be lower-case letters, digits, inner hyphens and dots with via: marathon, as it becomes part of an app id';
  return [labelFault(controller, template, message)];
}

function idleOrCount(
  { isWritten, file }: Checked,
  controller: ParsedController,
  template: BuildAgentTemplate,
): Fault[] {
  const path = at(controller, template);
  const needs = [[...path, 'via']];
  if (template.via === 'marathon') {
    if (!isWritten([...path, 'idle'])) return [];
    const message = 'is for via: mesos: those of Marathon run all the time';
    return [{ path: [...path, 'idle'], message, needs }];
  }
  if (file.jenkins[controller.name]?.buildAgents[template.label]?.count === undefined) return [];
  const message =
    'is for via: marathon: the Mesos plugin launches as many as are needed, up to framework.limit';
  return [{ path: [...path, 'count'], message, needs }];
}

function canaryLabel({ name, canary, buildAgents }: ParsedController): Fault[] {
  const { label } = canary;
  if (label === undefined || buildAgents.some((template) => template.label === label)) return [];
  const labels = buildAgents.map((template) => template.label).join(', ');
  const message =
    labels === ''
      ? `${label} is no label: the controller has no buildAgents, and such a build would wait for ever`
      : `${label} is none of the labels under buildAgents (${labels}): the build would wait for ever`;
  const path = ['jenkins', name, 'canary', 'label'];
  return [{ path, message, needs: [path, ['jenkins', name, 'buildAgents']] }];
}

/** A Marathon app cannot have the id of a group: /ci/jenkins-x and /ci/<other>-agents. */
function groupNames({ spec }: Checked, controller: ParsedController): Fault[] {
  const other = spec.jenkins.find(({ name }) => `${name}-agents` === `jenkins-${controller.name}`);
  if (other === undefined) return [];
  const path = ['jenkins', controller.name];
  const message = `its app would have the id of the build agents of ${other.name} (/ci/${other.name}-agents): name it otherwise`;
  return [{ path, at: 'key', message, needs: [['jenkins', other.name]] }];
}
