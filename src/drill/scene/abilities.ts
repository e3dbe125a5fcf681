import { z } from 'zod';

/** Whether a fault of a kind can be caused, and why not; undefined if nobody could try. */
export interface Ability {
  readonly can: boolean | undefined;
  readonly why: string;
}

/** What one host told about the faults that a drill could cause there. */
export interface Abilities {
  readonly iptables: Ability;
  readonly ip6tables: Ability;
  /** The match of iptables that drops a share of the packets. */
  readonly statistic: Ability;
  /** Delays of the traffic control. */
  readonly netem: Ability;
  /** `docker pause`. */
  readonly freezer: Ability;
  /** `iptables v1.8.9 (nf_tables)`; empty without it. */
  readonly filter: string;
  /** By what a dead-man's switch can be armed, the best first. */
  readonly timers: readonly ('systemd-run' | 'setsid')[];
  /** Kind of container that the host itself is: it shares the clock with its machine. */
  readonly container: string | undefined;
  /** Seconds since 1970 on the host, and of its clock that never jumps. */
  readonly clock: { readonly wall: number; readonly monotonic: number };
  readonly containers: readonly ContainerPolicy[];
  /** Drills that were armed there and are not healed. */
  readonly drills: readonly string[];
}

/** Of a container of the cluster that runs. */
export interface ContainerPolicy {
  readonly name: string;
  /** `unless-stopped`, `always`, `no` …, as Docker names them. */
  readonly restart: string;
  /** Its processes have the host's numbers: tasks outlive it. */
  readonly hostPids: boolean;
}

const text = z.string();
const ability = z.tuple([z.enum(['yes', 'no', 'unknown']), text]);

const rows = {
  clock: z.tuple([z.coerce.number(), z.coerce.number()]),
  iptables: ability,
  ip6tables: ability,
  statistic: ability,
  netem: ability,
  freezer: ability,
  filter: z.tuple([text]),
  timer: z.tuple([z.enum(['systemd-run', 'setsid'])]),
  container: z.tuple([text]),
  'container-of': z.tuple([text, text, text]),
  drill: z.tuple([text, z.enum(['armed', 'healed'])]),
};

type Rows = { [Key in keyof typeof rows]: z.output<(typeof rows)[Key]>[] };

/**
 * Finds the rows of `remote/drill-abilities.sh` among what the start files of a login print. Throws an
 * Error if rows are missing.
 */
export function parseAbilities(answer: string): Abilities {
  const lines = answer.split('\n');
  const begin = lines.findIndex((line) => line.endsWith('abilities\t1'));
  const end = lines.findIndex((line) => /^end\t\d+$/.test(line));
  if (begin < 0 || end < 0) throw new Error('the answer is cut off');
  const found = collect(lines.slice(begin + 1, end));
  const came = Object.values(found).reduce((sum, some) => sum + some.length, 1);
  const sent = Number(lines[end]?.slice('end\t'.length));
  if (came !== sent) throw new Error(`the host sent ${sent} rows, ${came} arrived`);
  return assemble(found);
}

function collect(lines: readonly string[]): Rows {
  const found = Object.fromEntries(Object.keys(rows).map((key) => [key, []])) as unknown as Rows;
  for (const line of lines) {
    const [key = '', ...values] = line.split('\t');
    if (!Object.hasOwn(rows, key)) continue;
    const parsed = rows[key as keyof Rows].safeParse(values);
    if (parsed.success) (found[key as keyof Rows] as unknown[]).push(parsed.data);
  }
  return found;
}

function assemble(found: Rows): Abilities {
  const [clock] = found.clock;
  if (clock === undefined) throw new Error('no row "clock"');
  const container = found.container[0]?.[0] ?? '';
  return {
    iptables: abilityIn(found.iptables),
    ip6tables: abilityIn(found.ip6tables),
    statistic: abilityIn(found.statistic),
    netem: abilityIn(found.netem),
    freezer: abilityIn(found.freezer),
    filter: found.filter[0]?.[0] ?? '',
    timers: found.timer.map(([timer]) => timer),
    container: container === '' || container === 'none' ? undefined : container,
    clock: { wall: clock[0], monotonic: clock[1] },
    containers: found['container-of'].map(([name, restart, pids]) => {
      return { name, restart, hostPids: pids === 'host' };
    }),
    drills: found.drill.filter(([, state]) => state === 'armed').map(([name]) => name),
  };
}

function abilityIn([found]: readonly z.output<typeof ability>[]): Ability {
  if (found === undefined) return { can: undefined, why: 'the host did not tell' };
  const [said, why] = found;
  return { can: said === 'unknown' ? undefined : said === 'yes', why };
}
