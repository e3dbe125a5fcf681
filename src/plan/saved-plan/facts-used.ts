import type { Host } from '../../config/cluster-spec.ts';
import { nodesOn, secretPath } from '../../services/build-agents.ts';
import { appId } from '../../services/jenkins.ts';
import { roleShares } from '../../services/shares.ts';
import { services } from '../../services/index.ts';
import { plannedNodeApps } from '../build-agent-stages.ts';
import type { ContainerFacts, Facts, FileFacts } from '../facts.ts';
import { sha256 } from '../fingerprint.ts';
import type { PlanInput, RegisteredAgent } from '../observed.ts';
import { servicesOf } from '../prepare-host.ts';
import { factsOf, renderInput } from '../service-work.ts';

/** One thing that was seen and that the plan depends on: `m1: file /etc/…`, and what it was like. */
export type FactUsed = readonly [what: string, value: string];

/**
 * Exactly what a plan is made from, and what its diff was made against: of other facts (clocks, free
 * space, process ids) it may find new values at any time. No value tells anything of a secret's content.
 */
export function factsUsed(input: PlanInput): readonly FactUsed[] {
  const { spec, observed } = input;
  const hosts = spec.hosts.flatMap((host) => {
    const isSeen = observed.facts.has(host.name);
    const own: readonly FactUsed[] = isSeen ? hostFacts(input, host) : [];
    return [['answers', isSeen ? 'yes' : 'no'] as const, ...own].map(([what, value]): FactUsed => [
      `${host.name}: ${what}`,
      value,
    ]);
  });
  return [...hosts, ...leaderFacts(input), ...appFacts(input), ...roleFacts(input)];
}

function hostFacts(input: PlanInput, host: Host): readonly FactUsed[] {
  const facts = factsOf(input, host);
  return [
    ['system', `${facts.system.id} ${facts.system.version}, ${facts.packages}`],
    ['cgroup version', String(facts.cgroupVersion)],
    ['interface of its address', renderInput(input, host).interface ?? 'none'],
    ['Docker', facts.docker.kind],
    ["Docker's bridge", facts.bridge ?? 'unknown'],
    ['rules between builds and control ports', facts.isolation ?? 'none'],
    ...[...facts.images].map((image): FactUsed => [`image ${image}`, 'there']),
    ...[...facts.texts].flatMap(([text, content]): FactUsed[] => {
      const name = nameOf(text);
      return name === undefined ? [] : [[name, sha256(content)]];
    }),
    ...[...facts.folders].map(([path, { state }]): FactUsed => {
      const access = state && `${state.mode} ${state.uid}:${state.gid}`;
      return [`folder ${path}`, access ?? 'none'];
    }),
    ...[...facts.files].map(([path, file]): FactUsed => {
      return [`file ${path}`, fileValue(file, kindOfSecret(input, host, path))];
    }),
    ...facts.containers.map((container): FactUsed => {
      return [`container ${container.name}`, containerValue(input, host, container)];
    }),
  ];
}

/** Undefined for what no plan is made from: which run was the last one, for instance. */
function nameOf(text: string): string | undefined {
  if (text === 'identity') return 'record of the cluster';
  if (text === 'daemon.json') return 'file /etc/docker/daemon.json';
  return text.startsWith('/') ? `file ${text}` : undefined;
}

type SecretKind = 'none' | 'wanted' | 'another' | 'of a build agent';

function kindOfSecret(input: PlanInput, host: Host, path: string): SecretKind {
  const { spec, observed } = input;
  const wanted = observed.secretSums.get(path);
  if (wanted !== undefined) {
    return factsOf(input, host).files.get(path)?.sha256 === wanted ? 'wanted' : 'another';
  }
  const isOfAgent = nodesOn(spec, host).some(
    ({ controller, node }) => secretPath(spec, controller, node.name) === path,
  );
  return isOfAgent ? 'of a build agent' : 'none';
}

/** Of a secret only whether it is the wanted one; of a build agent's, that it is there. */
function fileValue({ mode, uid, gid, sha256: sum }: FileFacts, secret: SecretKind): string {
  const access = `mode ${mode}, owner ${uid}:${gid}`;
  return `${access}, ${secret === 'none' ? sum : `secret: ${secret}`}`;
}

function containerValue(input: PlanInput, host: Host, container: ContainerFacts): string {
  const { status, fingerprint, cluster, image } = container;
  const state = status === 'running' || status === 'restarting' ? status : 'down';
  const words = [state, image, fingerprint, cluster];
  const parts = servicesOf(input.spec, host).find(({ name }) => name === container.service);
  if (parts === undefined) return words.join(', ');
  const facts = factsOf(input, host);
  const render = renderInput(input, host);
  const silent = parts.container(render).listens.filter((port) => !listensOn(facts, port));
  const isOlder = parts
    .files(render)
    .some(({ path }) => (facts.files.get(path)?.modified ?? 0) > container.created);
  return [
    ...words,
    ...(silent.length === 0 ? [] : [`nothing on port ${silent.join(', ')}`]),
    ...(isOlder ? ['older than its files'] : []),
  ].join(', ');
}

function listensOn({ listeners }: Facts, port: number): boolean {
  return listeners.length === 0 || listeners.some((listener) => listener.port === port);
}

/** Who leads decides the order in which members of one service are changed. */
function leaderFacts({ observed }: PlanInput): readonly FactUsed[] {
  return services.flatMap(({ name, title }): FactUsed[] => {
    const leader = [...observed.leaders].find((one) => one.startsWith(`${name}@`));
    return leader === undefined ? [] : [[`leader of ${title}`, leader.slice(name.length + 1)]];
  });
}

function appFacts({ spec, observed }: PlanInput): readonly FactUsed[] {
  if (observed.apps === undefined) return [['apps in Marathon', 'no answer']];
  const wanted = new Set(
    spec.jenkins.flatMap((one) => [appId(one), ...plannedNodeApps(spec, one).map(({ id }) => id)]),
  );
  return [...observed.apps]
    .filter(([id, fingerprint]) => fingerprint !== '' || wanted.has(id))
    .map(([id, fingerprint]) => [`app ${id}`, fingerprint]);
}

function roleFacts({ spec, observed }: PlanInput): readonly FactUsed[] {
  const { shares, offlineNodes } = observed;
  const agents = [...(observed.agents ?? [])].map(([host, agent]): FactUsed => {
    return [`${host}: Mesos agent as registered`, agentValue(agent)];
  });
  const controllers = [...(observed.controllers ?? [])].map(([name, host]): FactUsed => {
    return [`host of Jenkins ${name}`, host];
  });
  const paused = [...(observed.paused ?? [])].map((name): FactUsed => {
    return [`builds of ${name}`, 'paused'];
  });
  const roles = roleShares(spec).map(({ role }): FactUsed => {
    const share = shares?.get(role);
    return [`share of role ${role}`, share === undefined ? 'none' : JSON.stringify(share)];
  });
  const nodes = [...(offlineNodes ?? [])].map(([controller, offline]): FactUsed => {
    return [`build agents of ${controller} that are offline`, [...offline].sort().join(', ')];
  });
  return [...roles, ...nodes, ...agents, ...controllers, ...paused];
}

/** What it is compared with when it has to begin anew. */
function agentValue({ state, attributes, cpus, memoryMb, diskMb, ports }: RegisteredAgent): string {
  const named = Object.entries(attributes).map(([name, value]) => `${name}=${value}`);
  const spans = ports.map(({ begin, end }) => `ports ${begin}-${end}`);
  const amounts = [`${cpus} cores`, `${memoryMb} MiB`, `disk ${diskMb} MiB`];
  return [state, ...named, ...amounts, ...spans].join(', ');
}
