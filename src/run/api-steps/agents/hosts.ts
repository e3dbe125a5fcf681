import type { Host } from '../../../config/cluster-spec.ts';
import type { Run } from '../../run.ts';

export function hostNamed({ spec }: Pick<Run, 'spec'>, name: string): Host {
  const host = spec.hosts.find((one) => one.name === name);
  if (host === undefined) throw new Error(`planned a call for ${name}, which is no host`);
  return host;
}
