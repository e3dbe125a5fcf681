import type { JenkinsController } from '../config/cluster-spec.ts';
import { appId, controllerApp, controllerFiles, eligibleHosts } from '../services/jenkins.ts';
import { fingerprintLabel, type MarathonApp } from '../services/marathon-app.ts';
import { buildAgentStages, plannedNodeApps } from './build-agent-stages.ts';
import { fingerprintOf, sha256 } from './fingerprint.ts';
import type { PlanInput } from './observed.ts';
import { fileSteps } from './service-work.ts';
import { shareStages } from './share-stages.ts';
import type { HostWork, Stage } from './step.ts';

/**
 * Files of the controllers that hosts do not have yet. They must be there before the host's Mesos
 * agent is: a controller that came up without them would let everybody in.
 */
export function newJenkinsFiles(input: PlanInput): readonly HostWork[] {
  return jenkinsFiles(input, false);
}

/** Files that have changed, then the apps, then the wait until they answer, then their build agents. */
export function jenkinsStages(input: PlanInput): readonly Stage[] {
  const work = jenkinsFiles(input, true);
  const apps = input.spec.jenkins.flatMap((controller) => appStages(input, controller, work));
  const agents = buildAgentStages(input);
  const waits = apps.length > 0 || agents.needsJenkins;
  return [
    ...(work.length === 0 ? [] : [{ kind: 'hosts', phase: 'services', work } as const]),
    ...removals(input),
    ...shareStages(input),
    ...apps,
    ...(waits ? [{ kind: 'gate', phase: 'services', gate: 'jenkins' } as const] : []),
    ...agents.stages,
  ];
}

function jenkinsFiles(input: PlanInput, areThere: boolean): readonly HostWork[] {
  const { observed, spec } = input;
  return spec.hosts.flatMap((host): HostWork[] => {
    const present = observed.facts.get(host.name)?.files;
    if (present === undefined) return [];
    const files = spec.jenkins
      .filter((controller) => eligibleHosts(spec, controller).includes(host))
      .flatMap((controller) => controllerFiles(spec, controller, input.templates))
      .filter(({ path }) => present.has(path) === areThere);
    const steps = fileSteps(input, host, files);
    return steps.length === 0 ? [] : [{ host: host.name, steps }];
  });
}

/** Before anything new is submitted: what goes may hold the ports and the home of what comes. */
function removals({ spec, observed }: PlanInput): readonly Stage[] {
  const wanted = new Set([
    ...spec.jenkins.map(appId),
    ...spec.jenkins.flatMap((controller) => plannedNodeApps(spec, controller).map(({ id }) => id)),
  ]);
  return [...(observed.apps ?? [])]
    .filter(([id, fingerprint]) => fingerprint !== '' && !wanted.has(id))
    .map(([id]) => ({ kind: 'api', phase: 'services', step: { kind: 'remove-app', id } }));
}

/** A running controller has read its files at its start; those of a new host nobody has read. */
function appStages(
  input: PlanInput,
  controller: JenkinsController,
  changed: readonly HostWork[],
): readonly Stage[] {
  const app = labelledApp(input, controller);
  const deployed = input.observed.apps?.get(app.id);
  const folder = `/jenkins/${controller.name}/`;
  const restart = changed.some(({ steps }) =>
    steps.some((step) => step.kind === 'write-file' && step.file.path.includes(folder)),
  );
  if (deployed === app.labels[fingerprintLabel] && !restart) return [];
  const usesPlugin = controller.buildAgents.some(({ via }) => via === 'mesos');
  const step = {
    kind: 'put-app',
    app,
    restart,
    ...(usesPlugin && { mesosAtLeast: '1.9.0' }),
  } as const;
  return [{ kind: 'api', phase: 'services', step }];
}

/** The label tells on the next run whether the deployed app is this one. */
export function labelledApp(input: PlanInput, controller: JenkinsController): MarathonApp {
  const app = controllerApp(input.spec, controller);
  const contents = controllerFiles(input.spec, controller, input.templates).map(({ content }) =>
    typeof content === 'string' ? sha256(content) : 'secret',
  );
  const fingerprint = fingerprintOf({ app, contents });
  return { ...app, labels: { ...app.labels, [fingerprintLabel]: fingerprint } };
}
