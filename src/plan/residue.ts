import { z } from 'zod';

/** Something that a failover drill has left on a host. */
export interface Residue {
  readonly kind: ResidueKind;
  /** Id of the drill, or name of the chain, network interface, unit or container. */
  readonly name: string;
  /** State of the drill, program of the chain, path of the unit, status of the container. */
  readonly detail: string;
}

const kinds = ['drill', 'chain', 'qdisc', 'unit', 'paused', 'stopped', 'unknown'] as const;
export type ResidueKind = (typeof kinds)[number];

/** Values of a row of `remote/drill/residue.sh`. */
export const residueRow = z.tuple([z.enum(kinds), z.string(), z.string()]);

export function residueOf([kind, name, detail]: z.output<typeof residueRow>): Residue {
  return { kind, name, detail };
}

/** In words, without the host. */
export function residueText({ kind, name, detail }: Residue): string {
  switch (kind) {
    case 'drill':
      return `drill ${name} ${states.get(detail) ?? `is ${detail}`}`;
    case 'chain':
      return `chain ${name} of ${detail}`;
    case 'qdisc':
      return `delayed packets on ${name}`;
    case 'unit':
      return `unit ${name}`;
    case 'paused':
      return `container ${name} is paused`;
    case 'stopped':
      return `container ${name} is ${detail}`;
    case 'unknown':
      return detail;
  }
}

const states: ReadonlyMap<string, string> = new Map([
  ['unfinished', 'was never armed'],
  ['armed', 'is armed, nothing was injected'],
  ['injected', 'has injected its fault and is not healed'],
  ['healed', 'is healed, but not cleared away'],
]);
