import { ClusterError } from '../../errors.ts';
import { residueOf, residueRow, type Residue } from '../../plan/residue.ts';
import type { RemoteHost } from '../../ports.ts';
import type { ScriptPorts } from '../strike/drill-script.ts';

/** What drills have left on the host, and containers of the cluster that stand still. Changes nothing. */
export async function scanResidue(
  remote: RemoteHost,
  { templates }: ScriptPorts,
): Promise<readonly Residue[]> {
  const ran = await remote.run(['sh', '-s'], {
    input: [templates['remote/drill/residue.sh'] ?? '', 'all_residue\n'],
    deadlineMs: 90_000,
    asRoot: true,
  });
  const lines = ran.stdout.split('\n').map((line) => line.split('\t'));
  if (!lines.some(([word]) => word === 'end')) throw unreadable(remote.name, ran.stderr);
  return lines
    .filter(([word]) => word === 'residue')
    .map(([, ...values]) => residueOf(residueRow.parse(values)));
}

/** Without the folder and the units of a drill that is still to be disarmed; its effects stay in. */
export function besides(residue: readonly Residue[], id: string): readonly Residue[] {
  const units = [`ci-cluster-drill-${id}.service`, `ci-cluster-drill-${id}-boot.service`];
  return residue.filter(
    ({ kind, name }) =>
      !(kind === 'drill' && name === id) && !(kind === 'unit' && units.includes(name)),
  );
}

function unreadable(host: string, stderr: string): ClusterError {
  return new ClusterError('FACTS_UNREADABLE', `${host} did not tell what drills left on it`, {
    host,
    evidence: stderr.split('\n').filter((line) => line.trim() !== ''),
    remedy: 'ci-cluster check again; sh -s has to work as root there.',
  });
}
