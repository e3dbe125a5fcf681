import type { Host } from '../config/cluster-spec.ts';
import type { Container, ManagedFile, RenderInput, Service } from '../services/service.ts';
import type { ContainerFacts, Facts } from './facts.ts';
import { containerFingerprint, sha256 } from './fingerprint.ts';
import type { PlanInput } from './observed.ts';
import type { HostStep, HostWork } from './step.ts';

/** What one service needs on one of its hosts, and whether it serves there now. */
export interface ServiceWork extends HostWork {
  readonly runs: boolean;
}

export function serviceWork(input: PlanInput, service: Service, host: Host): ServiceWork {
  const facts = factsOf(input, host);
  const render = renderInput(input, host);
  const container = service.container(render);
  const files = service.files(render);
  const existing = facts.containers.find(({ name }) => name === container.name);
  const writes = fileSteps(input, host, files);
  const fingerprint = containerFingerprint(container, files);
  const isUp = existing?.status === 'running';
  const stale = writes.length > 0 || readOlderFiles(facts, existing, files);
  // One that Docker is restarting is as declared: another start would not mend what ended it.
  const isKept = isUp || existing?.status === 'restarting';
  const current = isKept && existing.fingerprint === fingerprint && !stale;
  const start: HostStep = {
    kind: 'start-container',
    service: service.name,
    cluster: `${input.spec.name}/${input.clusterId}`,
    container,
    fingerprint,
    replace: stale,
  };
  const runs = isUp && listens(facts, container);
  return { host: host.name, runs, steps: current ? [] : [...writes, start] };
}

/**
 * On all its ports. A container that is to move to another port does not serve there, so nothing is
 * kept alive by changing one host at a time, and the gate between them would never be reached.
 */
function listens({ listeners }: Facts, container: Container): boolean {
  const isUnknown = listeners.length === 0;
  return isUnknown || container.listens.every((port) => listeners.some((at) => at.port === port));
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
    .filter((file) => !isCurrent(input, facts, file))
    .map((file) => ({ kind: 'write-file', file }));
}

function isCurrent({ observed }: PlanInput, facts: Facts, file: ManagedFile): boolean {
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
