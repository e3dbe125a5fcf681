import type { JenkinsController } from '../config/cluster-spec.ts';
import { fingerprintLabel } from '../services/marathon-app.ts';
import { oneWay, type OneWay } from '../services/one-way.ts';
import type { Service } from '../services/service.ts';
import { controllerStages, type ControllerChange } from './controller-stages.ts';
import { imageKey } from './images-of.ts';
import { labelledApp } from './jenkins-stages.ts';
import type { PlanInput } from './observed.ts';
import { oneWayNote, oneWayOf } from './one-way.ts';
import { imagesOf } from './prepare-host.ts';
import { rolledOut, rollService, type RolloutOptions } from './rollout-plan.ts';
import type { SetImage } from './rollout-step.ts';
import { hostsStage } from './service-gates.ts';
import { workOf } from './service-work.ts';
import type { HostStep, Plan, Stage } from './step.ts';
import { refuseUnapplied } from './unapplied.ts';

export interface Upgrade {
  readonly services: readonly Service[];
  readonly controllers: readonly ControllerUpgrade[];
  /** The cluster file, as the command line names it. */
  readonly file: string;
  /** Images that it does not name yet: `images.marathon`, `jenkins.main.image`. */
  readonly unwritten: ReadonlySet<string>;
}

export interface ControllerUpgrade {
  /** As it is to be. */
  readonly controller: JenkinsController;
  readonly before: JenkinsController;
}

/** Images onto all hosts, then each service from host to host; the spec has the new images already. */
export function upgradePlan(input: PlanInput, upgrade: Upgrade, options: RolloutOptions): Plan {
  refuseUnapplied(input, upgrade);
  const stages = [
    ...pulls(input, upgrade),
    ...upgrade.services.flatMap((service) => serviceStages(input, { service, upgrade }, options)),
    ...controllerStages(
      upgrade.controllers.flatMap(({ controller }) => controllerChange(input, controller, upgrade)),
      options,
    ),
  ];
  const notes = oneWaysOf(input, upgrade).map(({ what, way }) => oneWayNote(what, way));
  return { stages: rolledOut(input, stages, options), ...(notes.length > 0 && { notes }) };
}

/** A pull that fails leaves everything as it was. */
function pulls(input: PlanInput, { services, controllers }: Upgrade): readonly Stage[] {
  const { spec, observed } = input;
  const wanted = new Set([
    ...services.map(({ name }) => spec.images[imageKey[name]]),
    ...controllers.map(({ controller }) => controller.image),
  ]);
  const work = spec.hosts.flatMap((host) => {
    const facts = observed.facts.get(host.name);
    if (facts === undefined) return [];
    const steps = imagesOf(input, host)
      .filter((image) => wanted.has(image) && !facts.images.has(image))
      .map((image): HostStep => ({ kind: 'pull-image', image }));
    return [{ host: host.name, steps }];
  });
  return hostsStage('hosts', work);
}

interface OfService {
  readonly service: Service;
  readonly upgrade: Upgrade;
}

function serviceStages(
  input: PlanInput,
  { service, upgrade }: OfService,
  options: RolloutOptions,
): readonly Stage[] {
  const changes = workOf(input, service).filter(({ steps }) => steps.length > 0);
  const key = imageKey[service.name];
  const writes = writesOf(upgrade, ['images', key], input.spec.images[key] ?? '');
  const proved = writes.map((step): Stage => ({ kind: 'api', phase: service.phase, step }));
  const isOneWay = oneWayOf(service, changes) !== undefined;
  return rollService(input, { service, changes, oneWay: isOneWay, proved }, options);
}

/** Written before: what the new core has made of the home, the old one must not get. */
function controllerChange(
  input: PlanInput,
  controller: JenkinsController,
  upgrade: Upgrade,
): readonly ControllerChange[] {
  const { name, image } = controller;
  const app = labelledApp(input, controller);
  const before = writesOf(upgrade, ['jenkins', name, 'image'], image);
  const isThere = input.observed.apps?.get(app.id) === app.labels[fingerprintLabel];
  if (isThere && before.length === 0) return [];
  return [{ controller: name, before, change: [{ kind: 'put-app', app, restart: false }] }];
}

function writesOf(
  { file, unwritten }: Upgrade,
  path: SetImage['path'],
  image: string,
): readonly SetImage[] {
  return unwritten.has(path.join('.')) ? [{ kind: 'set-image', file, path, image }] : [];
}

export interface OneWayChange {
  /** Zookeeper, or a controller, in the operator's words. */
  readonly what: string;
  readonly way: OneWay;
  /** Of a controller: archives of its home are known to us. */
  readonly controller?: JenkinsController;
}

/** What of an upgrade cannot be taken back once it is made. */
export function oneWaysOf(
  input: PlanInput,
  { services, controllers }: Pick<Upgrade, 'services' | 'controllers'>,
): readonly OneWayChange[] {
  return [
    ...services.flatMap((service) => {
      const way = oneWayOf(service, workOf(input, service));
      return way === undefined ? [] : [{ what: service.title, way }];
    }),
    ...controllers.flatMap(({ controller, before }) => {
      const way = oneWay('jenkins', before.image, controller.image);
      return way === undefined ? [] : [{ what: `Jenkins ${controller.name}`, way, controller }];
    }),
  ];
}
