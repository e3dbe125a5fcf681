import type { ClusterSpec, Host, JenkinsController } from '../config/cluster-spec.ts';
import {
  buildAgentApp,
  buildNodes,
  secretFile,
  secretPath,
  templateHosts,
  type BuildNode,
} from '../services/build-agents.ts';
import { fingerprintLabel, type MarathonApp } from '../services/marathon-app.ts';
import { fingerprintOf } from './fingerprint.ts';
import type { PlanInput } from './observed.ts';
import { sameMode } from './service-work.ts';
import type { HostWork, Stage } from './step.ts';

interface BuildAgentStages {
  readonly stages: readonly Stage[];
  /** Secrets are asked of Jenkins, so it has to answer first. */
  readonly needsJenkins: boolean;
}

/** Of those that Marathon keeps running: their secrets, the apps, and the wait until they are online. */
export function buildAgentStages(input: PlanInput): BuildAgentStages {
  const { jenkins } = input.spec;
  const secrets = jenkins.flatMap((controller) => secretStages(input, controller));
  const apps = jenkins
    .flatMap((controller) => plannedNodeApps(input.spec, controller))
    .filter((app) => input.observed.apps?.get(app.id) !== app.labels[fingerprintLabel])
    .map((app): Stage => {
      return { kind: 'api', phase: 'services', step: { kind: 'put-app', app, restart: false } };
    });
  const stages = [...secrets, ...apps];
  const gate = { kind: 'gate', phase: 'services', gate: 'build-agents' } as const;
  return { stages: stages.length === 0 ? [] : [...stages, gate], needsJenkins: secrets.length > 0 };
}

export function plannedNodeApps(
  spec: ClusterSpec,
  controller: JenkinsController,
): readonly MarathonApp[] {
  return buildNodes(controller).map((node) => {
    const app = buildAgentApp(spec, controller, node);
    const fingerprint = fingerprintOf({ app });
    return { ...app, labels: { ...app.labels, [fingerprintLabel]: fingerprint } };
  });
}

interface Missing {
  readonly host: Host;
  readonly node: BuildNode;
}

/** Read from Jenkins once, then written to every host that lacks one. */
function secretStages(input: PlanInput, controller: JenkinsController): readonly Stage[] {
  const missing = missingSecrets(input, controller);
  const nodes = [...new Set(missing.map(({ node }) => node.name))];
  if (nodes.length === 0) return [];
  return [
    {
      ...{ kind: 'api', phase: 'services' },
      step: { kind: 'fetch-agent-secrets', controller: controller.name, nodes },
    },
    { kind: 'hosts', phase: 'services', work: writes(input, controller, missing) },
  ];
}

function missingSecrets(input: PlanInput, controller: JenkinsController): readonly Missing[] {
  const { spec, observed } = input;
  const offline = observed.offlineNodes?.get(controller.name);
  return buildNodes(controller).flatMap((node) =>
    templateHosts(spec, node.template)
      .filter(({ name }) => observed.facts.has(name))
      // One that is offline, as far as anybody could ask, may have the secret of an earlier home:
      // writing the same changes nothing.
      .filter((host) => {
        const isOffline = offline?.has(node.name) ?? true;
        return isOffline || !hasSecret(input, { host, node }, controller);
      })
      .map((host) => ({ host, node })),
  );
}

/** Only Jenkins knows the content. */
function hasSecret(
  { spec, observed }: PlanInput,
  { host, node }: Missing,
  controller: JenkinsController,
): boolean {
  const file = observed.facts.get(host.name)?.files.get(secretPath(spec, controller, node.name));
  const { mode, owner } = secretFile;
  return (
    file !== undefined &&
    sameMode(file.mode, mode) &&
    file.uid === owner.uid &&
    file.gid === owner.gid
  );
}

function writes(
  { spec }: PlanInput,
  controller: JenkinsController,
  missing: readonly Missing[],
): readonly HostWork[] {
  return spec.hosts.flatMap((host): HostWork[] => {
    const steps = missing
      .filter((one) => one.host === host)
      .map(({ node: { name } }) => ({
        ...({ kind: 'write-agent-secret', controller: controller.name, node: name } as const),
        path: secretPath(spec, controller, name),
      }));
    return steps.length === 0 ? [] : [{ host: host.name, steps }];
  });
}
