import type { Host } from '../config/cluster-spec.ts';
import { ClusterError } from '../errors.ts';
import { oneWay } from '../services/one-way.ts';
import type { Service } from '../services/service.ts';
import type { ContainerFacts } from './facts.ts';
import { imageKey, withImage } from './images-of.ts';
import type { PlanInput } from './observed.ts';
import { rolledOut, rollService, type RolloutOptions } from './rollout-plan.ts';
import { factsOf, serviceWork, takeBack, renderInput, type ServiceWork } from './service-work.ts';
import type { Plan, Stage } from './step.ts';

export interface Rollback {
  readonly service: Service;
  /** All that have the service, if the operator named none. */
  readonly hosts: readonly Host[];
  /** The image to go back to. */
  readonly image: string;
  readonly file: string;
}

/** What one host has and what it keeps. */
interface Seen {
  readonly host: Host;
  readonly now: ContainerFacts | undefined;
  readonly kept: ContainerFacts | undefined;
}

/** The one image that all these hosts can go back to; refused where there is none, or no way. */
export function imageToGoBackTo(
  input: PlanInput,
  service: Service,
  hosts: readonly Host[],
): string {
  const seen = hosts.map((host) => lookAt(input, service, host));
  const kept = seen.filter(({ now, kept: one }) => one !== undefined && one.image !== now?.image);
  const images = [...new Set(kept.flatMap((one) => one.kept?.image ?? []))];
  const [image] = images;
  if (image === undefined) throw nothingKept(service, seen);
  if (images.length > 1) throw differentImages(service, kept);
  const stuck = seen.filter(({ now, kept: one }) => now?.image !== image && one?.image !== image);
  if (stuck.length > 0) throw nothingKept(service, stuck, image);
  refuseOneWay(input, service, { image, seen });
  return image;
}

function lookAt(input: PlanInput, service: Service, host: Host): Seen {
  const facts = factsOf(input, host);
  const { name } = service.container(renderInput(input, host));
  const now = facts.containers.find((one) => one.name === name);
  const kept = facts.kept.find((one) => one.name === `${name}.before`);
  return { host, now, kept };
}

/** The container that is kept, where it is what the cluster file with its image describes. */
export function rollbackPlan(input: PlanInput, rollback: Rollback, options: RolloutOptions): Plan {
  const { service, hosts, image, file } = rollback;
  const spec = withImage(input.spec, service.name, image);
  const back = { ...input, spec };
  const changes = hosts
    .map((host) => workBack(back, service, host))
    .filter(({ steps }) => steps.length > 0);
  const rest = service
    .hosts(spec)
    .filter((host) => !hosts.includes(host) && stillHas(input, service, { host, image }));
  const key = imageKey[service.name];
  const write: Stage = {
    ...{ kind: 'api', phase: service.phase },
    step: { kind: 'set-image', file, path: ['images', key], image },
  };
  const proved = rest.length === 0 ? [write] : [];
  const stages = rollService(back, { service, changes, proved }, options);
  const names = rest.map(({ name }) => name).join(', ');
  const note = `images.${key} in the cluster file stays, ${names} have it: the next init brings the others to it again.`;
  return { stages: rolledOut(back, stages, options), ...(rest.length > 0 && { notes: [note] }) };
}

function stillHas(
  input: PlanInput,
  service: Service,
  { host, image }: { readonly host: Host; readonly image: string },
): boolean {
  if (!input.observed.facts.has(host.name)) return true;
  return lookAt(input, service, host).now?.image !== image;
}

/** Other settings than it was made with: a new one from its image then, and not the old one. */
function workBack(input: PlanInput, service: Service, host: Host): ServiceWork {
  const work = serviceWork(input, service, host);
  const { kept } = lookAt(input, service, host);
  const [step] = work.steps;
  const fits =
    work.steps.length === 1 &&
    step?.kind === 'start-container' &&
    !step.replace &&
    step.fingerprint === kept?.fingerprint;
  return fits ? { ...work, steps: [takeBack(step.container, step.fingerprint)] } : work;
}

interface WayBack {
  readonly image: string;
  readonly seen: readonly Seen[];
}

function refuseOneWay(input: PlanInput, service: Service, { image, seen }: WayBack): void {
  const present = seen.find(({ now }) => now !== undefined && now.image !== image)?.now?.image;
  const way = present === undefined ? undefined : oneWay(service.name, image, present);
  if (way === undefined || (way.moves === 'when-it-leads' && leadsWith(input, service, image)))
    return;
  throw new ClusterError(
    'ONE_WAY',
    `${service.title} cannot go back from ${present ?? ''} to ${image}: ${way.reason}`,
    {
      evidence: [`source: ${way.source}`],
      remedy: `Only a backup leads back: ${way.backup}, put back while nothing of it runs. Nothing was changed.`,
    },
  );
}

/** As long as one with the old version leads, the state is of the old version, too. */
function leadsWith({ observed, spec }: PlanInput, service: Service, image: string): boolean {
  const leader = service
    .hosts(spec)
    .find(({ name }) => observed.leaders.has(`${service.name}@${name}`));
  const containers = observed.facts.get(leader?.name ?? '')?.containers ?? [];
  return containers.some((one) => one.service === service.name && one.image === image);
}

function nothingKept(service: Service, seen: readonly Seen[], image?: string): ClusterError {
  const hosts = seen.map(({ host }) => host.name).join(', ');
  const what = image === undefined ? 'no earlier image' : `no container with ${image}`;
  return new ClusterError('NOTHING_KEPT', `${what} of ${service.name} is kept on ${hosts}`, {
    remedy: `To go to a certain image: ci-cluster upgrade ${service.name}=IMAGE. A setting goes back by putting it back in the cluster file, then ci-cluster init. Nothing was changed.`,
  });
}

function differentImages(service: Service, seen: readonly Seen[]): ClusterError {
  const told = seen.map(({ host, kept }) => `${host.name} keeps ${kept?.image ?? ''}`).join(', ');
  return new ClusterError('NOTHING_KEPT', `no single image of ${service.name} to go back to`, {
    evidence: [told],
    remedy: `Name the hosts that shall go back together: ci-cluster rollback ${service.name} HOST… Nothing was changed.`,
  });
}
