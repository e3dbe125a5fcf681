import { healHost, type Cleared } from '../drill/heal/heal-host.ts';
import { ClusterError } from '../errors.ts';
import type { Sight } from '../health/sight.ts';
import type { Ports } from '../ports.ts';
import { connectAll } from '../run/connect.ts';
import { wrap } from '../report/table.ts';
import type { Palette } from '../report/palette.ts';
import { runClusterCommand } from './cluster-command.ts';
import type { CommandContext } from './context.ts';
import type { GlobalOptions } from './options.ts';

export interface HealOptions extends GlobalOptions {
  readonly all?: boolean;
}

interface HostCleared extends Cleared {
  readonly host: string;
}

/** On all hosts at once, without a lock: whoever holds one may be the drill that is to end. */
export async function healDrills(
  id: string | undefined,
  options: HealOptions,
  context: CommandContext,
): Promise<void> {
  const { ports, terminal } = context;
  const cleared: HostCleared[] = [];
  const more = () => ({ cleared });
  await runClusterCommand({
    ...{ name: 'failover-drill heal', options, context },
    onFailure: () => ({ more: more() }),
    work: async ({ spec, report }) => {
      const wanted = wantedOf(id, options);
      const sight = await connectAll(spec, ports, report);
      const faults = await healAllHosts(sight, { wanted, ports, cleared });
      refuse(cleared, faults, sight);
      return { more: more(), text: (paint) => clearedText(cleared, paint, terminal.columns) };
    },
  });
}

function wantedOf(id: string | undefined, { all }: HealOptions): string {
  if (all === true && id === undefined) return 'all';
  if (all !== true && id !== undefined) return id;
  throw new ClusterError('USAGE', 'one drill by its id, or --all', {
    remedy: 'ci-cluster failover-drill heal --all; ci-cluster status shows what is left where.',
  });
}

interface Healing {
  readonly wanted: string;
  readonly ports: Ports;
  readonly cleared: HostCleared[];
}

async function healAllHosts(
  { remotes }: Sight,
  { wanted, ports, cleared }: Healing,
): Promise<readonly ClusterError[]> {
  const faults: ClusterError[] = [];
  const one = async ([host, remote]: readonly [string, Parameters<typeof healHost>[0]]) => {
    try {
      const found = await healHost(remote, wanted, ports);
      cleared.push(...found.map((each) => ({ host, ...each })));
    } catch (error) {
      if (!(error instanceof ClusterError)) throw error;
      faults.push(error);
    }
  };
  await Promise.all([...remotes].map(one));
  return faults;
}

/** A host that nobody could ask may still be broken. */
function refuse(
  cleared: readonly HostCleared[],
  faults: readonly ClusterError[],
  { missing }: Sight,
): void {
  const left = cleared.filter(({ healed }) => !healed);
  if (left.length > 0) {
    throw new ClusterError('DRILL_UNHEALED', `not healed on ${names(left)}`, {
      evidence: left.map(({ host, id, detail }) => `${host}: ${id}: ${detail}`),
      remedy: 'Run the same command again; what is left then has to be taken back by hand.',
    });
  }
  const [first] = faults;
  if (first !== undefined) throw first;
  if (missing.size === 0) return;
  throw new ClusterError('HOST_UNREACHABLE', `${[...missing.keys()].join(', ')} was not asked`, {
    evidence: [...missing.values()],
    remedy: 'Its switch heals it meanwhile. Run the same command again when it is back.',
  });
}

function names(left: readonly HostCleared[]): string {
  return [...new Set(left.map(({ host }) => host))].join(', ');
}

function clearedText(cleared: readonly HostCleared[], paint: Palette, columns: number): string {
  if (cleared.length === 0) return `${paint.green('✔')} no drill has left anything`;
  const lines = cleared.map(({ host, id, detail }) =>
    wrap(`${host}: ${id}: ${detail}`, columns - 2),
  );
  return lines.map((line) => `${paint.green('✔')} ${line}`).join('\n');
}
