import { ClusterError } from '../errors.ts';
import { fingerprintLabel } from '../services/marathon-app.ts';
import type { Service } from '../services/service.ts';
import { withImage } from './images-of.ts';
import { labelledApp } from './jenkins-stages.ts';
import type { PlanInput } from './observed.ts';
import { factsOf, renderInput, serviceWork } from './service-work.ts';
import type { ControllerUpgrade, Upgrade } from './upgrade.ts';

/**
 * An upgrade changes the image and nothing else: then what was there before can come back as it was,
 * and what breaks was broken by the image. Everything else is for `init`.
 */
export function refuseUnapplied(
  input: PlanInput,
  { services, controllers }: Pick<Upgrade, 'services' | 'controllers'>,
): void {
  const found = [
    ...services.flatMap((service) => unappliedOn(input, service)),
    ...controllers.flatMap((upgrade) => unappliedTo(input, upgrade)),
  ];
  if (found.length === 0) return;
  throw new ClusterError(
    'UNAPPLIED_CHANGES',
    `${found.join('; ')}: the upgrade would change more than the image`,
    { remedy: 'ci-cluster init first, then the same command again. Nothing was changed.' },
  );
}

function unappliedOn(input: PlanInput, service: Service): readonly string[] {
  return service
    .hosts(input.spec)
    .filter(({ name }) => input.observed.facts.has(name))
    .flatMap((host) => {
      const { name } = service.container(renderInput(input, host));
      const container = factsOf(input, host).containers.find((one) => one.name === name);
      if (container === undefined) return [`${service.name} is missing on ${host.name}`];
      if (container.status !== 'running') return [`${service.name} does not run on ${host.name}`];
      const spec = withImage(input.spec, service.name, container.image);
      const { steps } = serviceWork({ ...input, spec }, service, host);
      return steps.length === 0
        ? []
        : [`${service.name} on ${host.name} is not as the cluster file says`];
    });
}

/** Already the new one, where the command was cut off and is typed again. */
function unappliedTo(
  input: PlanInput,
  { controller, before }: ControllerUpgrade,
): readonly string[] {
  const { name } = controller;
  const app = labelledApp(input, controller);
  const deployed = input.observed.apps?.get(app.id);
  if (deployed === undefined) return [`Jenkins ${name} is not in Marathon`];
  const known = [app, labelledApp(input, before)].map(({ labels }) => labels[fingerprintLabel]);
  return known.includes(deployed) ? [] : [`Jenkins ${name} is not as the cluster file says`];
}
