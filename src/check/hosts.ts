import type { PlanInput } from '../plan/observed.ts';
import { preflight } from '../plan/preflight.ts';
import type { Missing } from '../plan/quorum-faults.ts';
import { failing, passed, type CheckResult } from './check-result.ts';

/** What `init` asks before it changes anything, as checks: every host reached, nothing against a run. */
export function checkHosts(input: PlanInput, missing: readonly Missing[]): readonly CheckResult[] {
  return [...reached(input, missing), ...faults(input, missing)];
}

function reached({ spec }: PlanInput, missing: readonly Missing[]): CheckResult[] {
  const [id, title] = ['HOST_REACHED', 'SSH, sudo and facts'];
  if (missing.length === 0) {
    return [{ id, title, host: undefined, ...passed(`all ${spec.hosts.length} hosts answered`) }];
  }
  return missing.map(({ host, error }) => ({
    ...{ id, title, host },
    ...failing(error.message, error.remedy),
  }));
}

function faults(input: PlanInput, missing: readonly Missing[]): CheckResult[] {
  const found = preflight(input, missing);
  if (found.length === 0) {
    const [id, title] = ['INIT_PREFLIGHT', 'nothing speaks against ci-cluster init'];
    const seen = passed('identity, quorum, system, disk and ports as far as hosts answered');
    return [{ id, title, host: undefined, ...seen }];
  }
  return found.map(({ code, host, message, remedy }) => ({
    ...{ id: code, title: 'speaks against ci-cluster init', host },
    ...failing(message, remedy),
  }));
}
