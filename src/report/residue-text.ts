import type { Health, HostResidue } from '../health/model.ts';
import { residueText } from '../plan/residue.ts';
import { wrap } from './table.ts';

/** A line for each host with something of a drill on it, and how to be rid of it. */
export function residueWarnings({ residue }: Health, columns: number): string[] {
  if (residue.length === 0) return [];
  const hosts = [...new Set(residue.map(({ host }) => host))];
  const lines = hosts.flatMap((host) =>
    wrap(`${host}: ${wordsOf(residue.filter((one) => one.host === host))}.`, columns - 2)
      .split('\n')
      .map((part, index) => `${index === 0 ? '!' : ' '} ${part}`),
  );
  return [...lines, '  ci-cluster failover-drill heal --all ends drills and takes that back.'];
}

/** The same chain is there for both versions of the protocol: one word for both. */
function wordsOf(found: readonly HostResidue[]): string {
  return [...new Set(found.map(residueText))].join(', ');
}
