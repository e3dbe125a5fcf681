import { expect, test } from 'vitest';
import { loadTemplates } from '../../../../src/adapters/files.ts';
import type { DrillPlan } from '../../../../src/drill/drill-plan.ts';
import type { DrillLog } from '../../../../src/drill/record/drill-record.ts';
import { perform, type Performed } from '../../../../src/drill/run/course.ts';
import type { Watching } from '../../../../src/drill/run/watching.ts';
import { ClusterError } from '../../../../src/errors.ts';
import type { Ports, Ran, RemoteHost, RunOptions } from '../../../../src/ports.ts';
import { specOf } from '../../../support/cluster-file.ts';
import { drillPlan, drillRecording } from '../../../support/drill-recording.ts';
import { fakeClock } from '../../../support/fake-clock.ts';

const templates = await loadTemplates(new URL('../../../../templates/', import.meta.url));
const scripts = ['arm', 'inject', 'confirm'] as const;

/** What the scripts on the host answer; a word in `answers` changes one. */
type Answers = Partial<Record<(typeof scripts)[number] | 'heal' | 'disarm' | 'renew', string>>;

function line(word: string, uptimeMs: number): string {
  const detail = Buffer.from(`told ${word}`).toString('base64');
  const times = { deadlineMs: 20_000, limitMs: 120_000, beforeMs: uptimeMs, afterMs: uptimeMs };
  return `${JSON.stringify({ drill: word, id: 'd', uptimeMs, detail, ...times })}\n`;
}

const usual = { arm: 'armed', inject: 'injected', confirm: 'confirmed' } as const;
const usualThere = { heal: 'healed', disarm: 'disarmed', renew: 'renewed' } as const;

function hostThat(answers: Answers, did: string[]): RemoteHost {
  const ran = (stdout: string): Ran => {
    return { exitCode: 0, signal: undefined, stdout, stderr: '', truncated: false };
  };
  const run = async (argv: readonly string[], options: RunOptions): Promise<Ran> => {
    await Promise.resolve();
    const text = String(options.input?.[0] ?? '');
    const sent = scripts.find((name) => text.endsWith(templates[`remote/drill/${name}.sh`] ?? '?'));
    const word = sent ?? argv[2] ?? '';
    if (argv[1] === '-s') {
      did.push('residue');
      return ran('end\n');
    }
    if (word !== 'renew') did.push(word);
    const known = { ...usual, ...usualThere, ...answers } as Record<string, string>;
    return ran(line(known[word] ?? 'failed', 1000));
  };
  return { name: 'm2', run } as unknown as RemoteHost;
}

interface Scene {
  readonly answers?: Answers;
  readonly plan?: Partial<DrillPlan>;
  readonly watching?: Partial<Watching>;
  readonly signal?: AbortSignal;
}

async function performed({ answers = {}, plan = {}, watching = {}, signal }: Scene) {
  const did: string[] = [];
  const recording = drillRecording();
  const clock = fakeClock();
  const ports = { clock, templates, signal: signal ?? new AbortController().signal };
  const nothing = () => undefined;
  const later = () => Promise.resolve();
  const log: DrillLog = {
    ...{ phase: nothing, baseline: nothing, injected: nothing, confirmation: nothing },
    ...{ sample: nothing, build: nothing, aborted: nothing, healed: nothing, aftermath: nothing },
    ...{ armed: later, judgement: later },
    intent: (act) => {
      did.push(`intent: ${act}`);
      return Promise.resolve();
    },
  };
  const remotes = new Map([['m2', hostThat(answers, did)]]);
  const spec = await specOf();
  const result: Performed = await perform({
    plan: drillPlan(plan),
    blows: {
      ...{
        id: 'd',
        plan: drillPlan(plan),
        hosts: spec.hosts,
        remotes,
        token: 't',
        capS: undefined,
      },
      ...{ ports: ports as unknown as Ports, armed: new Set<string>() },
      sight: { spec, remotes, missing: new Map() },
    },
    ...{ log, report: nothing, flight: undefined, builder: undefined, at: () => clock.now() },
    watching: {
      samples: () => [],
      clocks: () => [],
      baseline: () => Promise.resolve(recording.baseline!),
      aftermath: () => Promise.resolve({ ...recording.aftermath! }),
      stop: later,
      ...watching,
    },
  });
  return { ...result, did };
}

const fault = (code: 'GATE_NOT_REACHED' | 'INTERRUPTED') =>
  new ClusterError(code, 'as the test wants it', { remedy: 'None.' });

test('what is meant is on record before it is done, and everything is taken back and disarmed', async () => {
  const { did, unhealed, recording } = await performed({});
  expect(did).toEqual([
    ...['arm', 'intent: kill ci-zookeeper on m2', 'inject', 'confirm'],
    ...['heal', 'residue', 'disarm'],
  ]);
  expect(unhealed).toEqual([]);
  expect(recording.healedAt).toBeDefined();
});

test('where nobody saw a recovery it is no pass, and healed all the same', async () => {
  const { judgement, did } = await performed({});
  expect(judgement.verdict).not.toBe('PASS');
  expect(did).toContain('heal');
});

test('without a switch nothing is broken', async () => {
  const { did, judgement } = await performed({ answers: { arm: 'refused' } });
  expect(did).toEqual(['arm']);
  expect(judgement.verdict).not.toBe('PASS');
});

test('a cluster that is not steady is left alone', async () => {
  const baseline = () => Promise.reject(fault('GATE_NOT_REACHED'));
  const { did, recording } = await performed({ watching: { baseline } });
  expect(did).toEqual([]);
  expect(recording.aborted).toBe('as the test wants it');
});

test.each(['failed', 'unsupported'])(
  'an injection that is answered with %s is healed and disarmed',
  async (word) => {
    const { did, judgement } = await performed({ answers: { inject: word } });
    expect(did.slice(-3)).toEqual(['heal', 'residue', 'disarm']);
    expect(judgement.verdict).not.toBe('PASS');
  },
);

test('a fault that is not in effect is not observed: INCONCLUSIVE', async () => {
  const { did, judgement } = await performed({ answers: { confirm: 'failed' } });
  expect(judgement.verdict).toBe('INCONCLUSIVE');
  expect(did.slice(-3)).toEqual(['heal', 'residue', 'disarm']);
});

test('a switch that fires in the middle breaks the drill off', async () => {
  const { recording, judgement } = await performed({ answers: { renew: 'refused' } });
  expect(recording.aborted).toContain('told refused');
  expect(judgement.verdict).not.toBe('PASS');
});

test('what cannot be healed stays armed, and is the verdict', async () => {
  const { did, unhealed, judgement } = await performed({ answers: { heal: 'failed' } });
  expect(unhealed).toHaveLength(1);
  expect(did).not.toContain('disarm');
  expect(judgement.verdict).toBe('UNHEALED');
});

test('what cannot be verified is disarmed, and no pass', async () => {
  const aftermath = () => Promise.reject(fault('INTERRUPTED'));
  const { did, judgement } = await performed({ watching: { aftermath } });
  expect(did.at(-1)).toBe('disarm');
  expect(judgement.verdict).not.toBe('PASS');
});

test('an interruption in the middle is ABORTED, healed and disarmed', async () => {
  const interruption = new AbortController();
  const samples = () => {
    interruption.abort(130);
    return [];
  };
  const { did, recording, judgement } = await performed({
    ...{ watching: { samples }, signal: interruption.signal },
  });
  expect(recording.aborted).toBeDefined();
  expect(did.slice(-3)).toEqual(['heal', 'residue', 'disarm']);
  expect(judgement.verdict).not.toBe('PASS');
});
