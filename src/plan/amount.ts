/** Room in the pool, or what wants it. */
export interface Amount {
  readonly cpus: number;
  readonly memoryMb: number;
}

/** Of several, each as often as it counts. */
export function sum(amounts: readonly (Amount & { readonly count?: number })[]): Amount {
  return amounts.reduce<Amount>(
    (all, { cpus, memoryMb, count = 1 }) => ({
      cpus: all.cpus + cpus * count,
      memoryMb: all.memoryMb + memoryMb * count,
    }),
    { cpus: 0, memoryMb: 0 },
  );
}

/** Sums of tenths are no tenths for a computer. */
export function holds(has: Amount, wants: Amount): boolean {
  return has.cpus + 1e-6 >= wants.cpus && has.memoryMb >= wants.memoryMb;
}

export function told({ cpus, memoryMb }: Amount): string {
  return `${Math.round(cpus * 100) / 100} CPUs and ${Math.round(memoryMb)} MiB`;
}
