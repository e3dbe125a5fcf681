import type { ClusterSpec } from '../config/cluster-spec.ts';
import type { Move, Moved } from '../run/failover/failover.ts';
import type { Palette } from './palette.ts';
import { table, wrap } from './table.ts';

/** What is about to happen, for the question before it. */
export function moveText(move: Move, columns: number): string {
  const { controller, from, how, evidence } = move;
  const title = `Jenkins ${controller} leaves ${from}. Builds that run on it end.`;
  const consequence =
    how === 'gone'
      ? `${from} is proved dead; its Mesos agent is marked gone and its id is refused from then on.`
      : `${from} gets no new tasks until the controller runs elsewhere.`;
  const lines = [title, ...evidence.map((text) => `  ${text}`), consequence, expected(move)];
  return lines.flatMap((line) => wrap(line, columns).split('\n')).join('\n');
}

/** From the settings, not measured: what the order saves. */
function expected({ how, unattended: { parts, totalMs } }: Move): string {
  const sum = parts.map(({ what, formula }) => `${what}: ${formula}`).join('; ');
  const saved = how === 'gone' ? ' The first part is saved by this order.' : '';
  return `Without anybody's doing a lost host takes up to ${seconds(totalMs)} (${sum}).${saved}`;
}

interface Shown {
  readonly spec: ClusterSpec;
  readonly paint: Palette;
  readonly columns: number;
}

export function movedText(moved: Moved, { spec, paint, columns }: Shown): string {
  const { controller, from, to, evidence, releasedMs, answeredMs } = moved;
  const rows = [
    ['  ', moved.how === 'gone' ? `${from} marked gone` : `ended on ${from}`, seconds(releasedMs)],
    ['  ', `answers on ${to}`, seconds(answeredMs)],
  ];
  const head = `${paint.green('✔')} Jenkins ${controller} moved from ${from} to ${to} in ${seconds(answeredMs)}`;
  return [
    ...[head, '', ...table(rows), '', ...evidence.map((text) => `  ${text}`)],
    '',
    ...wrap(expected(moved), columns).split('\n'),
    ...returning(moved, spec),
  ].join('\n');
}

/** Not wrapped: a command must be copied whole. A Mesos agent whose id is gone exits with 0 as often as it is started (Mesos 1.12, observed). */
function returning({ goneAgent, from }: Moved, spec: ClusterSpec): string[] {
  const host = spec.hosts.find(({ name }) => name === from);
  if (goneAgent === undefined || host === undefined) return [];
  const { user, address } = host.ssh;
  return [
    '',
    `When ${from} comes back, let its Mesos agent take a new id:`,
    `  ssh ${user}@${address} sudo rm -f ${spec.folders.data}/mesos-agent/meta/slaves/latest`,
  ];
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
