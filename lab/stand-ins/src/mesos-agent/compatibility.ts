import type { AgentInfo, Attribute, Resource } from '../shared/mesos.ts';
import { rangesText } from '../shared/resources.ts';

export type Policy = 'equal' | 'additive';

/** Why an agent may not go on under its old id; `undefined`: it may. Texts of 1.12.0. */
export function incompatibility(
  old: AgentInfo,
  now: AgentInfo,
  policy: Policy,
): string | undefined {
  return policy === 'additive' ? additiveFault(old, now) : equalFault(old, now);
}

function equalFault(old: AgentInfo, now: AgentInfo): string | undefined {
  if (isSame(old, now)) return undefined;
  return [
    'Incompatible agent info detected. ',
    '',
    rule,
    `Old agent info:\n${protobufText(old)}`,
    '',
    rule,
    `New agent info:\n${protobufText(now)}`,
    '',
    rule,
  ].join('\n');
}

const rule = '-'.repeat(60);

function isSame(old: AgentInfo, now: AgentInfo): boolean {
  const core = ({ hostname, port, resources, attributes }: AgentInfo) =>
    JSON.stringify({ hostname, port, resources, attributes });
  return core(old) === core(now);
}

function additiveFault(old: AgentInfo, now: AgentInfo): string | undefined {
  if (old.hostname !== now.hostname) {
    return `Configuration change not permitted under \`additive\` policy: Hostname changed from ${old.hostname} to ${now.hostname}`;
  }
  const fault =
    portFault(old, now) ??
    firstFault(old.resources, now.resources, 'resource') ??
    firstFault(old.attributes, now.attributes, 'attribute');
  return fault === undefined
    ? undefined
    : `Configuration change not permitted under 'additive' policy: ${fault}`;
}

function portFault(old: AgentInfo, now: AgentInfo): string | undefined {
  return old.port === now.port ? undefined : `Port changed from ${old.port} to ${now.port}`;
}

type Described = Resource | Attribute;

function firstFault(
  old: readonly Described[],
  now: readonly Described[],
  noun: string,
): string | undefined {
  return old
    .map((before) =>
      changeFault(
        before,
        now.find(({ name }) => name === before.name),
        noun,
      ),
    )
    .find((fault) => fault !== undefined);
}

function changeFault(
  before: Described,
  after: Described | undefined,
  noun: string,
): string | undefined {
  if (after === undefined) return `Couldn't find previous ${noun} '${before.name}'`;
  if (after.type !== before.type) return `Type of ${noun} '${before.name}' changed`;
  if (valueText(before) === valueText(after)) return undefined;
  if (before.type === 'SCALAR') return shrinkFault(before, after, noun);
  if (before.type === 'RANGES' && covers(after, before)) return undefined;
  return `Value of ${noun} '${before.name}' changed from ${valueText(before)} to ${valueText(after)}`;
}

function shrinkFault(before: Described, after: Described, noun: string): string | undefined {
  const [old = 0, now = 0] = [before.scalar?.value, after.scalar?.value];
  if (now >= old) return undefined;
  return `Value of scalar ${noun} '${before.name}' decreased from ${old} to ${now}`;
}

function covers(outer: Described, inner: Described): boolean {
  const outers = outer.ranges?.range ?? [];
  return (inner.ranges?.range ?? []).every((one) =>
    outers.some(({ begin, end }) => begin <= one.begin && one.end <= end),
  );
}

function valueText(one: Described): string {
  const text = 'text' in one ? one.text.value : undefined;
  return text ?? String(one.scalar?.value ?? rangesText(one.ranges?.range ?? []));
}

/** Protobuf's text format, as far as agent infos go: enumerations bare, other text quoted. */
function protobufText(value: object, indent = ''): string {
  return Object.entries(value)
    .flatMap(([key, content]) => listed(content).map((one) => fieldText({ key, one, indent })))
    .join('\n');
}

function listed(content: unknown): readonly unknown[] {
  return Array.isArray(content) ? (content as unknown[]) : [content];
}

function fieldText(field: { key: string; one: unknown; indent: string }): string {
  const { key, one, indent } = field;
  if (typeof one === 'object' && one !== null) {
    return `${indent}${key} {\n${protobufText(one, `${indent}  `)}\n${indent}}`;
  }
  const bare = typeof one !== 'string' || key === 'type';
  return `${indent}${key}: ${bare ? String(one) : `"${one}"`}`;
}

/** What the real agent prints after the reason. */
export function recoveryAdvice(workDir: string): string {
  return `If recovery failed due to a change in configuration and you want to
keep the current agent id, you might want to change the
\`--reconfiguration_policy\` flag to a more permissive value.

To restart this agent with a new agent id instead, do as follows:
rm -f ${workDir}/meta/slaves/latest
This ensures that the agent does not recover old live executors.

If you use the Docker containerizer and think that the Docker
daemon state is broken, you can try to clear it. But be careful:
these commands will erase all containers and images from this host,
not just those started by Mesos!
docker kill $(docker ps -q)
docker rm $(docker ps -a -q)
docker rmi $(docker images -q)

Finally, restart the agent.`;
}
