import { identityPath } from '../../cluster/identity.ts';
import { phases } from '../../services/service.ts';
import { defaultShare, type RoleShare } from '../../services/shares.ts';
import type { Facts } from '../facts.ts';
import type { PlanInput } from '../observed.ts';
import {
  describe,
  type ApiStep,
  type HostStep,
  type Plan,
  type Stage,
  type TakeBackContainer,
} from '../step.ts';
import { appChange, type DeployedApp } from './app-change.ts';
import type { ChangeGroup, FieldChange, ItemChange, ShareChange } from './change.ts';
import { containerChange } from './container-change.ts';
import { noDetails, type HostDetails } from './details.ts';
import {
  agentSecretChange,
  daemonChange,
  fileChange,
  fourDigits,
  removedFile,
} from './file-change.ts';
import { fieldChange } from './mask.ts';

/** What was read because something changes: by host, and definitions of apps by their id. */
export interface Details {
  readonly hosts: ReadonlyMap<string, HostDetails>;
  readonly apps: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
}

/** What can be said without a second look. */
export const nothingRead: Details = { hosts: new Map(), apps: new Map() };

/** Every change of a plan, by phase and host, in the order of the plan and of the cluster file. */
export function planChanges(
  plan: Plan,
  input: PlanInput,
  details: Details,
): readonly ChangeGroup[] {
  const hosts = hostsOf(plan, input);
  const scene = { input, details };
  return (plan.phases ?? phases).flatMap((phase) => {
    const stages = plan.stages.filter((stage) => stage.phase === phase);
    const groups = hosts.map((host) => ({
      ...{ phase, host },
      changes: stepsOn(stages, host).map((step) => hostChange(step, host, scene)),
    }));
    const services = {
      phase,
      host: null,
      changes: callsOf(stages).flatMap((s) => apiChange(s, scene)),
    };
    return [...groups, services].filter(({ changes }) => changes.length > 0);
  });
}

/** Those that the cluster file does not have any more come last. */
function hostsOf({ stages }: Plan, { spec }: PlanInput): readonly string[] {
  const work = stages.flatMap((stage) => (stage.kind === 'hosts' ? stage.work : []));
  return [...new Set([...spec.hosts.map(({ name }) => name), ...work.map(({ host }) => host)])];
}

interface Scene {
  readonly input: PlanInput;
  readonly details: Details;
}

function stepsOn(stages: readonly Stage[], host: string): readonly HostStep[] {
  return stages.flatMap((stage) =>
    stage.kind === 'hosts'
      ? stage.work.filter((work) => work.host === host).flatMap(({ steps }) => steps)
      : [],
  );
}

function callsOf(stages: readonly Stage[]): readonly ApiStep[] {
  return stages.flatMap((stage) => (stage.kind === 'api' ? [stage.step] : []));
}

function hostChange(step: HostStep, name: string, { input, details }: Scene): ItemChange {
  const facts = input.observed.facts.get(name);
  if (facts === undefined) return other(step);
  const found = details.hosts.get(name) ?? noDetails;
  const { secretSums } = input.observed;
  switch (step.kind) {
    case 'write-file':
      return fileChange(step.file, { facts, details: found, secretSums });
    case 'write-agent-secret':
      return agentSecretChange(step.path, facts);
    case 'configure-docker':
      return daemonChange(step.content, facts);
    case 'remove-file':
      return removedFile(step.path);
    case 'ensure-folder':
      return folderChange(step, facts);
    case 'start-container':
      return containerChange(step, facts, found);
    default:
      return plainChange(step, facts);
  }
}

/** Steps that change one thing as a whole. */
function plainChange(step: HostStep, facts: Facts): ItemChange {
  const whole = { kind: 'container', fields: [], note: '' } as const;
  switch (step.kind) {
    case 'restart-container':
      return { ...whole, name: step.name, action: 'restart' };
    case 'take-back-container':
      return { ...whole, ...takenBack(step, facts) };
    case 'remove-container':
      return { ...whole, name: step.name, action: 'remove' };
    case 'pull-image':
      return { kind: 'image', image: step.image, action: 'pull' };
    case 'claim-host':
      return { kind: 'other', action: 'do', text: `${describe(step)} (${identityPath})` };
    default:
      return other(step);
  }
}

/** The kept one bears the name with something behind it, and the fingerprint that the step asks for. */
function takenBack({ name, fingerprint }: TakeBackContainer, { containers, kept: all }: Facts) {
  const present = containers.find((container) => container.name === name);
  const kept = all.find((one) => one.name.startsWith(name) && one.fingerprint === fingerprint);
  const image = fieldChange('image', present?.image ?? null, kept?.image ?? null);
  return { name, action: 'take-back', fields: kept && image ? [image] : [] } as const;
}

/** Deleted, or taken off a host. */
const takings: ReadonlySet<string> = new Set<HostStep['kind']>([
  ...(['remove-folder', 'remove-tasks', 'disable-unit', 'release-builds', 'release-host'] as const),
]);

function other(step: HostStep | ApiStep): ItemChange {
  const action = takings.has(step.kind) ? 'remove' : 'do';
  return { kind: 'other', action, text: describe(step) };
}

function folderChange(
  { folder: { path, mode, owner } }: Extract<HostStep, { kind: 'ensure-folder' }>,
  facts: Facts,
): ItemChange {
  const state = facts.folders.get(path)?.state;
  const before = state && { mode: fourDigits(state.mode), owner: `${state.uid}:${state.gid}` };
  const fields = [
    fieldChange('mode', before?.mode ?? null, mode),
    fieldChange('owner', before?.owner ?? null, `${owner.uid}:${owner.gid}`),
  ].filter((change) => change !== undefined);
  return { kind: 'folder', path, action: state === undefined ? 'create' : 'change', fields };
}

/** Asking changes nothing; the files that it fills stand with their hosts. */
function apiChange(step: ApiStep, { input, details }: Scene): readonly ItemChange[] {
  switch (step.kind) {
    case 'fetch-agent-secrets':
      return [];
    case 'put-app':
      return [appChange(step, deployedApp(step.app.id, { input, details }))];
    case 'remove-app':
      return [{ kind: 'app', id: step.id, action: 'remove', fields: [], note: endNote(step) }];
    case 'restart-app':
      return [{ kind: 'app', id: step.id, action: 'restart', fields: [], note: '' }];
    case 'set-shares':
      return step.shares.map((share) => shareChange(share, input));
    default:
      return [other(step)];
  }
}

function endNote(step: ApiStep): string {
  return describe(step).split(': ').slice(1).join(': ');
}

function deployedApp(id: string, { input, details }: Scene): DeployedApp | undefined {
  const definition = details.apps.get(id);
  const fingerprint = input.observed.apps?.get(id);
  return definition === undefined && fingerprint === undefined
    ? undefined
    : { fingerprint, definition };
}

function shareChange(wanted: RoleShare, { observed }: PlanInput): ShareChange {
  const present = observed.shares?.get(wanted.role) ?? defaultShare(wanted.role);
  const isKnown = observed.shares !== undefined;
  const fields = [
    numberChange('weight', present.weight, wanted.weight),
    numberChange('limit of cores', present.limit.cpus, wanted.limit.cpus),
    numberChange('limit of memory (MiB)', present.limit.memoryMb, wanted.limit.memoryMb),
  ].filter((change) => change !== undefined);
  const asFound = fields.map((change) =>
    isKnown ? change : { ...change, before: 'not known yet' },
  );
  return { kind: 'share', role: wanted.role, action: 'change', fields: asFound };
}

function numberChange(
  field: string,
  before: number | undefined,
  after: number | undefined,
): FieldChange | undefined {
  return fieldChange(field, numberText(before), numberText(after));
}

function numberText(value: number | undefined): string | null {
  return value === undefined ? null : String(value);
}
