import type { Host } from '../config/cluster-spec.ts';
import type { Container, ManagedFile, RenderInput, Service } from '../services/service.ts';
import type { ContainerFacts, Facts } from './facts.ts';
import { containerFingerprint, sha256 } from './fingerprint.ts';
import type { PlanInput } from './observed.ts';
import type { HostStep, HostWork, StartContainer, TakeBackContainer } from './step.ts';

/** What one service needs on one of its hosts, and whether it serves there now. */
export interface ServiceWork extends HostWork {
  readonly runs: boolean;
  /**
   * Back to the container that runs now, should the new one turn out badly. Undefined where it would
   * read other files than it did.
   */
  readonly wayBack?: TakeBackContainer;
  /** Image of the container that runs now. */
  readonly image?: string;
}

/** On all hosts of the service that answer. */
export function workOf(input: PlanInput, service: Service): readonly ServiceWork[] {
  return service
    .hosts(input.spec)
    .filter(({ name }) => input.observed.facts.has(name))
    .map((host) => serviceWork(input, service, host));
}

export function serviceWork(input: PlanInput, service: Service, host: Host): ServiceWork {
  const facts = factsOf(input, host);
  const render = renderInput(input, host);
  const container = service.container(render);
  const files = service.files(render);
  const existing = facts.containers.find(({ name }) => name === container.name);
  const writes = fileSteps(input, host, files);
  const fingerprint = containerFingerprint(container, files);
  const stale = writes.length > 0 || readOlderFiles(facts, existing, files);
  const start: StartContainer = {
    kind: 'start-container',
    service: service.name,
    cluster: `${input.spec.name}/${input.clusterId}`,
    container,
    fingerprint,
    replace: stale,
  };
  const runs = serves(facts, container);
  const base = { host: host.name, runs };
  if (isCurrent(existing, start)) return { ...base, steps: [] };
  return { ...base, ...behind(existing, start), steps: [...writes, start] };
}

/** One that Docker is restarting is as declared: another start would not mend what ended it. */
function isCurrent(
  existing: ContainerFacts | undefined,
  { fingerprint, replace }: StartContainer,
): boolean {
  const isKept = existing?.status === 'running' || existing?.status === 'restarting';
  return isKept && existing.fingerprint === fingerprint && !replace;
}

/** What a start leaves behind. */
function behind(
  existing: ContainerFacts | undefined,
  { container, fingerprint, replace }: StartContainer,
): Pick<ServiceWork, 'image' | 'wayBack'> {
  if (existing?.status !== 'running') return {};
  const { image } = existing;
  if (replace || existing.fingerprint === fingerprint) return { image };
  return { image, wayBack: takeBack(container, existing.fingerprint) };
}

export function takeBack(container: Container, fingerprint: string): TakeBackContainer {
  const { name, listens: ports, stopSeconds } = container;
  return { kind: 'take-back-container', name, fingerprint, listens: ports, stopSeconds };
}

/**
 * It runs, and listens on all its ports. A container that is to move to another port does not serve
 * there, so nothing is kept alive by changing one host at a time, and the gate between them would
 * never be reached.
 */
export function serves({ containers, listeners }: Facts, container: Container): boolean {
  const runs = containers.some(
    ({ name, status }) => name === container.name && status === 'running',
  );
  const isUnknown = listeners.length === 0;
  const isOpen = (port: number) => listeners.some((at) => at.port === port);
  return runs && (isUnknown || container.listens.every(isOpen));
}

export function renderInput({ spec, templates, observed }: PlanInput, host: Host): RenderInput {
  const facts = observed.facts.get(host.name);
  const own = facts?.addresses.find(({ address }) => address === host.address);
  return { spec, host, templates, cgroupV2: facts?.cgroupVersion === 2, interface: own?.name };
}

export function factsOf({ observed }: PlanInput, host: Host): Facts {
  const facts = observed.facts.get(host.name);
  if (facts === undefined) throw new Error(`planned without facts of ${host.name}`);
  return facts;
}

/** One step for each file that is missing or differs in content, mode or owner. */
export function fileSteps(
  input: PlanInput,
  host: Host,
  files: readonly ManagedFile[],
): readonly HostStep[] {
  const facts = factsOf(input, host);
  return files
    .filter((file) => !isAsWanted(input, facts, file))
    .map((file) => ({ kind: 'write-file', file }));
}

function isAsWanted({ observed }: PlanInput, facts: Facts, file: ManagedFile): boolean {
  const present = facts.files.get(file.path);
  if (present === undefined) return false;
  const wanted =
    typeof file.content === 'string' ? sha256(file.content) : observed.secretSums.get(file.path);
  return (
    present.sha256 === wanted &&
    sameMode(present.mode, file.mode) &&
    present.uid === file.owner.uid &&
    present.gid === file.owner.gid
  );
}

export function sameMode(left: string, right: string): boolean {
  return parseInt(left, 8) === parseInt(right, 8);
}

/** A run that was cut off between writing a file and starting the container left it so. */
function readOlderFiles(
  facts: Facts,
  existing: ContainerFacts | undefined,
  files: readonly ManagedFile[],
): boolean {
  if (existing === undefined) return false;
  return files.some(({ path }) => (facts.files.get(path)?.modified ?? 0) > existing.created);
}
