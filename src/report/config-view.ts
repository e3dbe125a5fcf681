import { controlPorts } from '../cluster/control-ports.ts';
import {
  failureTolerance,
  hostsWith,
  quorum,
  zookeeperMembers,
  zookeeperUrl,
} from '../cluster/members.ts';
import type { ClusterSpec, Host } from '../config/cluster-spec.ts';
import type { ParsedCluster, ParsedController, SecretReference } from '../config/parsed-cluster.ts';
import { servicesOf } from '../plan/prepare-host.ts';
import { appId } from '../services/jenkins.ts';
import { moveTime } from '../services/move-time.ts';

/** What a cluster file comes to: every default filled in, and what follows from it. */
export interface ConfigView {
  readonly [section: string]: unknown;
  /** Nobody writes it into the file. */
  readonly computed: Readonly<Record<string, unknown>>;
}

/** Hosts and controllers by name, null for what is left open, references in the place of secrets. */
export function configView(parsed: ParsedCluster): ConfigView {
  const { hosts, jenkins, ...rest } = parsed;
  const view = {
    ...rest,
    hosts: named(hosts),
    jenkins: named(jenkins.map(withoutSecrets)),
    computed: computedOf(parsed),
  };
  return plain(view) as ConfigView;
}

function named(items: readonly { readonly name: string }[]): Record<string, unknown> {
  return Object.fromEntries(items.map(({ name, ...item }) => [name, item]));
}

function withoutSecrets({ admin, buildAgents, ...controller }: ParsedController) {
  const labels = buildAgents.map(({ label, ...template }) => [label, template] as const);
  return {
    ...controller,
    admin: { user: admin.user, password: referenceOf(admin.password) },
    buildAgents: Object.fromEntries(labels),
  };
}

/** Of a command the program alone: its other words may be somebody's secret. */
function referenceOf(reference: SecretReference): Record<string, string> {
  switch (reference.kind) {
    case 'file':
      return { file: reference.path };
    case 'env':
      return { env: reference.name };
    case 'command':
      return { command: `${reference.argv[0]} … (${reference.argv.length - 1} more words)` };
  }
}

function computedOf(parsed: ParsedCluster): Record<string, unknown> {
  // Nothing that is computed here looks at a secret.
  const spec = parsed as unknown as ClusterSpec;
  return {
    zookeeper: zookeeperPart(spec),
    mesos: mesosPart(spec),
    marathon: {
      master: zookeeperUrl(spec, spec.mesos.zookeeperPath),
      zk: zookeeperUrl(spec, spec.marathon.zookeeperPath),
      canLose: Math.max(0, hostsWith(spec, 'marathon').length - 1),
    },
    jenkins: Object.fromEntries(
      spec.jenkins.map((controller) => [
        controller.name,
        { app: appId(controller), ...moves(spec, controller) },
      ]),
    ),
    hosts: Object.fromEntries(spec.hosts.map((host) => [host.name, hostPart(spec, host)])),
  };
}

function zookeeperPart(spec: ClusterSpec): Record<string, unknown> {
  const members = zookeeperMembers(spec);
  const { tickTimeMs, initLimit, syncLimit } = spec.zookeeper;
  return {
    members: Object.fromEntries(members.map(({ id, host }) => [host.name, id])),
    quorum: quorum(members.length),
    canLose: failureTolerance(members.length, members.length),
    initMs: tickTimeMs * initLimit,
    syncMs: tickTimeMs * syncLimit,
  };
}

function mesosPart(spec: ClusterSpec): Record<string, unknown> {
  const masters = hostsWith(spec, 'mesos-master').length;
  const { agentPingTimeoutMs, maxAgentPingTimeouts, zookeeperPath } = spec.mesos;
  return {
    zk: zookeeperUrl(spec, zookeeperPath),
    quorum: quorum(masters),
    canLose: failureTolerance(masters, masters),
    agentLostAfterMs: agentPingTimeoutMs * (maxAgentPingTimeouts + 1),
  };
}

/** How long a controller is away after its host was lost; a pinned one stays away. */
function moves(
  spec: ClusterSpec,
  { home }: ClusterSpec['jenkins'][number],
): { readonly backAfterMs: number | null } {
  return { backAfterMs: home.kind === 'shared' ? moveTime(spec).totalMs : null };
}

function hostPart(spec: ClusterSpec, host: Host): Record<string, unknown> {
  return {
    services: servicesOf(spec, host).map(({ name }) => name),
    controlPorts: controlPorts(spec, host),
  };
}

/** As JSON and YAML have it. */
function plain(value: unknown): unknown {
  if (value === undefined) return null;
  if (value instanceof Map) return plain(Object.fromEntries(value));
  if (value instanceof Set) return plain([...(value as Set<unknown>)]);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, plain(part)]));
}
