import type { Host } from '../config/cluster-spec.ts';
import {
  inForce,
  isIsolated,
  isolationFiles,
  isolationScript,
  isolationUnit,
} from '../services/isolation.ts';
import type { ManagedFile } from '../services/service.ts';
import type { Facts } from './facts.ts';
import type { PlanInput } from './observed.ts';
import { factsOf, fileSteps } from './service-work.ts';
import type { HostStep } from './step.ts';

/** Rules between the builds of a host and the control ports, where they are missing or others. */
export function isolationSteps(input: PlanInput, host: Host): readonly HostStep[] {
  if (!isIsolated(host)) return [];
  const writes = fileSteps(input, host, isolationFilesOf(input, host));
  if (writes.length === 0 && factsOf(input, host).isolation === inForce) return [];
  const script = isolationScript(input.spec);
  return [...writes, { kind: 'isolate-builds', unit: isolationUnit, script }];
}

export function isolationFilesOf(
  { spec, templates, observed }: PlanInput,
  host: Host,
): readonly ManagedFile[] {
  if (!isIsolated(host)) return [];
  return isolationFiles({ spec, host, templates, bridge: bridgeOf(observed.facts.get(host.name)) });
}

/** Why builds on the host can reach the control ports; empty if they cannot. */
export function openness(input: PlanInput, host: Host): string {
  const [step] = isolationSteps(input, host);
  if (step === undefined) return '';
  const { isolation = 'they were never applied' } = factsOf(input, host);
  return `builds may reach control ports: ${isolation === inForce ? 'the rules differ from the cluster file' : `the rules are not in force, ${isolation}`}`;
}

/** Docker's own answer; where it does not run yet, what it will be told. */
function bridgeOf(facts: Facts | undefined): string {
  return facts?.bridge ?? bridgeInConfig(facts?.texts.get('daemon.json')) ?? 'docker0';
}

function bridgeInConfig(daemonJson: string | undefined): string | undefined {
  const found = /"bridge"\s*:\s*"([A-Za-z0-9][A-Za-z0-9._-]{0,14})"/.exec(daemonJson ?? '')?.[1];
  return found === 'none' ? undefined : found;
}
