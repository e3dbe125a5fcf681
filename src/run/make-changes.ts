import { ClusterError } from '../errors.ts';
import { fingerprintOf } from '../plan/fingerprint.ts';
import { countChanges, type Plan } from '../plan/step.ts';
import type { ChangeRecord, Engine, Order } from './engine.ts';
import { configOf } from './config-of.ts';
import { tellEnd, whatEnded } from './ends.ts';
import type { Begin, JournalEvent } from './journal/journal-line.ts';
import { recordFolder } from './journal/record-folder.ts';
import { createRecorder, type Recorder } from './journal/recorder.ts';
import { newRunId } from './journal/run-id.ts';
import { createLedger, type Ledger } from './ledger.ts';
import { newClaim } from './lock/claim.ts';
import { hostsToLock } from './lock/hosts-to-lock.ts';
import { takeLocks, type Locks } from './lock/locks.ts';
import type { Look } from './look.ts';
import { perform } from './perform.ts';
import { stillTrue } from './still-true.ts';

export interface Job {
  readonly look: Look;
  readonly plan: Plan;
  readonly order: Order;
  /** Part of the run and its record, but it changes nothing and needs no lock. */
  readonly finish: (look: Look) => Promise<void>;
}

/** A confirmed plan with changes, under the locks of all hosts that it touches, and on record. */
export async function makeChanges(engine: Engine, job: Job, record: ChangeRecord): Promise<void> {
  const { ports, report } = engine;
  const id = newRunId(ports);
  const locks = await lockFor(engine, job, id);
  const open: { recording?: Recording } = {};
  try {
    const look = await underLocks(locks, async () => {
      const now = await stillTrue(engine, job, locks);
      open.recording = await beginRecording(engine, { ...job, look: now }, locks);
      await changeAll(engine, { look: now, job, locks, ...open.recording }, record);
      return now;
    });
    record.run = { id, left: [] };
    await job.finish(look);
    await open.recording?.end(undefined);
  } catch (error) {
    const { recording } = open;
    if (recording === undefined) throw error;
    record.run = { id, left: recording.ledger.left(job.plan) };
    const fault = whatEnded(error, { lost: locks.lost, interrupted: ports.signal.aborted, record });
    await recording.end(fault);
    tellEnd(fault, record, report);
    throw fault;
  }
}

async function lockFor({ ports }: Engine, job: Job, run: string): Promise<Locks> {
  const { input, sight } = job.look;
  const hosts = hostsToLock(job.plan, input.spec, new Set(sight.remotes.keys()));
  const claim = newClaim(ports, { run, command: job.order.command.join(' '), reason: undefined });
  return await takeLocks({ hosts, remotes: sight.remotes, ports, claim });
}

/** Gives them back on every path. */
async function underLocks<T>(locks: Locks, work: () => Promise<T>): Promise<T> {
  let done = false;
  try {
    const result = await work();
    done = true;
    return result;
  } finally {
    await locks.release(done);
  }
}

interface Recording {
  readonly ledger: Ledger;
  /** A record that cannot be finished does not change how the run ended. */
  readonly end: (fault: unknown) => Promise<void>;
}

async function beginRecording(engine: Engine, job: Job, locks: Locks): Promise<Recording> {
  const { ports, report, spec } = engine;
  const { clusterId } = job.look.input;
  const folder = recordFolder(spec.name, clusterId);
  const recorder = createRecorder(ports.journal, ports.clock, { folder, name: locks.claim.run });
  await recorder.sync(beginOf(engine, job));
  for (const trouble of await locks.begin())
    report({ kind: 'note', text: `this run is not on record on ${trouble}` });
  return { ledger: createLedger(recorder), end: (fault) => end(recorder, fault) };
}

function beginOf({ ports, spec }: Engine, { look, plan, order }: Job): Begin {
  const { caller } = ports;
  const touched = new Set(
    plan.stages.flatMap((stage) => (stage.kind === 'hosts' ? stage.work : [])).map((w) => w.host),
  );
  const hosts = spec.hosts.filter(({ name }) => touched.has(name));
  return {
    event: 'begin',
    cluster: spec.name,
    clusterId: look.input.clusterId,
    command: [...order.command],
    args: [...caller.args],
    file: configOf(caller),
    specDigest: fingerprintOf(spec),
    planDigest: fingerprintOf(plan),
    changes: countChanges(plan),
    hosts: Object.fromEntries(hosts.map(({ name, address }) => [name, address])),
    missing: look.missing.map(({ host }) => host),
    owner: caller.owner,
    process: caller.process,
    version: caller.version,
  };
}

async function end(recorder: Recorder, fault: unknown): Promise<void> {
  await recorder.sync(endOf(fault)).catch(() => undefined);
}

function endOf(fault: unknown): JournalEvent {
  if (fault === undefined) return { event: 'end', code: null, message: null, failed: [] };
  if (!(fault instanceof ClusterError))
    return { event: 'end', code: 'BUG', message: (fault as Error).message, failed: [] };
  const hosts = [fault, ...fault.parts].flatMap(({ host }) => host ?? []);
  return { event: 'end', code: fault.code, message: fault.message, failed: [...new Set(hosts)] };
}

interface Changing {
  readonly look: Look;
  readonly job: Job;
  readonly locks: Locks;
  readonly ledger: Ledger;
}

/** A lock that is lost stops everything at the next step boundary, as an interrupt does. */
async function changeAll(
  engine: Engine,
  { look, job, locks, ledger }: Changing,
  record: ChangeRecord,
): Promise<void> {
  const signal = AbortSignal.any([engine.ports.signal, locks.lost]);
  const { spec } = look.input;
  const { sight } = look;
  const ports = { ...engine.ports, signal };
  const run = { ...engine, ports, spec, sight, remotes: sight.remotes };
  await perform(job.plan, { ...run, session: { locks, ledger } }, record.changes);
}
