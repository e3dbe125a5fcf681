import type { JenkinsController } from '../config/cluster-spec.ts';
import {
  controllerApp,
  controllerFiles,
  eligibleHosts,
  type MarathonApp,
} from '../services/jenkins.ts';
import { fingerprintOf, sha256 } from './fingerprint.ts';
import type { PlanInput } from './observed.ts';
import { fileSteps } from './service-work.ts';
import type { HostWork, Stage } from './step.ts';

export const fingerprintLabel = 'io.ci-cluster.fingerprint';

/** Files on every host that may run a controller, then the app, then the wait until it answers. */
export function jenkinsStages(input: PlanInput): readonly Stage[] {
  const { observed, spec } = input;
  const work = spec.hosts
    .filter(({ name }) => observed.facts.has(name))
    .map((host): HostWork => {
      const files = spec.jenkins
        .filter((controller) => eligibleHosts(spec, controller).includes(host))
        .flatMap((controller) => controllerFiles(spec, controller, input.templates));
      return { host: host.name, steps: fileSteps(input, host, files) };
    })
    .filter(({ steps }) => steps.length > 0);
  const apps = spec.jenkins.flatMap((controller) => appStages(input, controller, work));
  return [
    ...(work.length === 0 ? [] : [{ kind: 'hosts', phase: 'services', work } as const]),
    ...apps,
    ...(apps.length === 0 ? [] : [{ kind: 'gate', phase: 'services', gate: 'jenkins' } as const]),
  ];
}

function appStages(
  input: PlanInput,
  controller: JenkinsController,
  writes: readonly HostWork[],
): readonly Stage[] {
  const app = labelledApp(input, controller);
  const labels = app['labels'] as Record<string, string>;
  const deployed = input.observed.apps?.get(app.id);
  const folder = `/jenkins/${controller.name}/`;
  const restart = writes.some(({ steps }) =>
    steps.some((step) => step.kind === 'write-file' && step.file.path.includes(folder)),
  );
  if (deployed === labels[fingerprintLabel] && !restart) return [];
  return [{ kind: 'api', phase: 'services', step: { kind: 'put-app', app, restart } }];
}

/** The label tells on the next run whether the deployed app is this one. */
function labelledApp(input: PlanInput, controller: JenkinsController): MarathonApp {
  const app = controllerApp(input.spec, controller);
  const contents = controllerFiles(input.spec, controller, input.templates).map(({ content }) =>
    typeof content === 'string' ? sha256(content) : 'secret',
  );
  const labels = app['labels'] as Record<string, string>;
  const fingerprint = fingerprintOf({ app, contents });
  return { ...app, labels: { ...labels, [fingerprintLabel]: fingerprint } };
}
