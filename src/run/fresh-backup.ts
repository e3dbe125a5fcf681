import type { Host, JenkinsController } from '../config/cluster-spec.ts';
import { ClusterError } from '../errors.ts';
import type { OneWayChange } from '../plan/upgrade.ts';
import type { Clock } from '../ports.ts';
import type { Look } from './look.ts';

export interface BackupDemand {
  readonly clock: Clock;
  /** Older ones do not count. */
  readonly maxAgeMs: number;
  /** When the operator says to have made one, in milliseconds since 1970. */
  readonly takenAtMs: number | undefined;
}

const deadlineMs = 30_000;

/**
 * What cannot be taken back is only done with a fresh backup at hand: an archive of a pinned home that
 * is seen, or the word of the operator.
 */
export async function demandBackups(
  look: Look,
  changes: readonly OneWayChange[],
  demand: BackupDemand,
): Promise<void> {
  if (changes.length === 0 || isFresh(demand)) return;
  for (const change of changes) {
    const archive = await newestArchive(look, change.controller);
    if (archive === undefined || archive.ageMs > demand.maxAgeMs)
      throw missing(change, archive, demand);
  }
}

function isFresh({ clock, takenAtMs, maxAgeMs }: BackupDemand): boolean {
  if (takenAtMs === undefined) return false;
  const age = Date.parse(clock.date()) - takenAtMs;
  if (age >= 0 && age <= maxAgeMs) return true;
  const why = age < 0 ? 'in the future' : `more than ${hours(maxAgeMs)} ago`;
  throw new ClusterError('BACKUP_MISSING', `the time of the backup is ${why}`, {
    remedy: 'Make a backup, then give its time: --backup-taken-at TIME. Nothing was changed.',
  });
}

interface Archive {
  readonly host: string;
  readonly ageMs: number;
}

/** By the clock of its host; undefined for anything but a pinned home with an archive. */
async function newestArchive(
  { input, sight }: Look,
  controller: JenkinsController | undefined,
): Promise<Archive | undefined> {
  if (controller?.home.kind !== 'pinned') return undefined;
  const { host, backup } = controller.home;
  const remote = sight.remotes.get(host);
  const facts = input.observed.facts.get(host);
  if (remote === undefined || facts === undefined) return undefined;
  const name = `${controller.name}-*.tar.gz`;
  const ran = await remote.run(
    ['find', backup.folder, '-maxdepth', '1', '-type', 'f', '-name', name, '-printf', '%T@\\n'],
    { deadlineMs, asRoot: true },
  );
  const times = ran.stdout
    .split('\n')
    .map(Number)
    .filter((time) => time > 0);
  if (times.length === 0) return undefined;
  return { host, ageMs: (facts.clock - Math.max(...times)) * 1000 };
}

function missing(
  { what, way, controller }: OneWayChange,
  archive: Archive | undefined,
  { maxAgeMs }: BackupDemand,
): ClusterError {
  const found =
    archive === undefined
      ? 'no fresh backup is known'
      : `its newest archive on ${archive.host} is ${hours(archive.ageMs)} old, more than ${hours(maxAgeMs)}`;
  const home = controller?.home;
  const host: Pick<Host, 'name'> | undefined =
    home?.kind === 'pinned' ? { name: home.host } : undefined;
  const make =
    host === undefined
      ? `Make one (${way.backup}), then the same command with --backup-taken-at TIME, the time as in 2026-01-31T12:00:00Z`
      : `Make one: ci-cluster exec ${host.name} -- systemctl start ci-cluster-backup-${controller?.name ?? ''}.service; then the same command again`;
  return new ClusterError(
    'BACKUP_MISSING',
    `the change of ${what} is one-way, ${way.reason}; ${found}`,
    {
      host: host?.name,
      evidence: [`source: ${way.source}`],
      remedy: `${make}. Nothing was changed.`,
    },
  );
}

function hours(ms: number): string {
  return ms < 7_200_000 ? `${Math.round(ms / 60_000)} minutes` : `${Math.round(ms / 3_600_000)} h`;
}
