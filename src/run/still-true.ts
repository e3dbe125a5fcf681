import { ClusterError } from '../errors.ts';
import { fingerprintOf } from '../plan/fingerprint.ts';
import { planFor, type Engine } from './engine.ts';
import type { Locks } from './lock/locks.ts';
import { lookThrough, type Look } from './look.ts';
import type { Job } from './make-changes.ts';
import { refuse } from './refuse.ts';
import { lookAgain } from './settle.ts';

/**
 * Between the look that the plan was made from and the locks somebody else may have changed the
 * hosts. Where a host says so, all are looked at again: a plan that would now be another is refused.
 */
export async function stillTrue(engine: Engine, job: Job, locks: Locks): Promise<Look> {
  const { look, order, plan } = job;
  const moved = movedHosts(look, locks);
  if (moved.length === 0) return look;
  const { ports, report, spec } = engine;
  report({ kind: 'note', text: `${moved.join(', ')} was changed meanwhile: looking again` });
  const { facts } = (await lookAgain(engine, look)).input.observed;
  const sighting = { remotes: look.sight.remotes, facts, missing: look.missing };
  const now = await lookThrough(sighting, { spec, ports, newId: look.input.clusterId });
  refuse(now, order);
  const planned = await planFor(engine, order, now);
  if (fingerprintOf(planned) !== fingerprintOf(plan)) throw outdated(moved, locks);
  return now;
}

function movedHosts({ input }: Look, { lastRuns }: Locks): readonly string[] {
  const seen = (host: string) => input.observed.facts.get(host)?.texts.get('last-run')?.trim();
  return [...lastRuns].filter(([host, last]) => (seen(host) ?? '') !== last).map(([host]) => host);
}

function outdated(moved: readonly string[], { lastRuns }: Locks): ClusterError {
  const runs = [...new Set(moved.map((host) => lastRuns.get(host) ?? ''))].filter(Boolean);
  const by = runs.length === 0 ? '' : ` by run ${runs.join(', ')}`;
  return new ClusterError(
    'PLAN_OUTDATED',
    `${moved.join(', ')} was changed${by} while this plan waited; it would now be another one`,
    { remedy: 'Nothing was changed. Run the same command again: it shows the new plan.' },
  );
}
