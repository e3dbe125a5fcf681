import { z } from 'zod';
import { momentNames } from '../bound.ts';
import { verdicts, type Judgement } from '../judgement.ts';
import type { Aftermath, Baseline, Confirmation, DrillBuild, Recording } from '../recording.ts';
import { absent, type Whole } from './absent.ts';
import { boundShape } from './plan-schema.ts';

const texts = z.array(z.string());
const byName = z.record(z.string(), z.string());
const jobs = z.array(z.object({ controller: z.string(), job: z.string(), nextBuild: z.number() }));

const baseline: z.ZodType<Whole<Baseline>> = z.object({
  leaders: z.object({
    zookeeper: absent(z.string()),
    mesos: absent(z.string()),
    marathon: absent(z.string()),
  }),
  members: z.object({ zookeeper: texts, mesos: texts, marathon: texts }),
  ...{ agents: byName, frameworks: byName },
  ...{ tasks: texts, apps: texts, jobs, gateways: texts, controllers: texts },
});

const build: z.ZodType<Whole<DrillBuild>> = z.object({
  when: z.enum(['in-flight', 'after']),
  controller: z.string(),
  number: absent(z.number()),
  startedAt: z.number(),
  endedAt: absent(z.number()),
  result: absent(z.string()),
  fault: absent(z.string()),
});

const aftermath: z.ZodType<Whole<Aftermath>> = z.object({
  lostWrites: texts,
  unreadWrites: absent(z.string()),
  jobs: absent(jobs),
  residue: absent(texts),
  steady: absent(z.boolean()),
  unsteady: z.string(),
});

const confirmation: z.ZodType<Whole<Confirmation>> = z.object({
  confirmed: z.boolean(),
  evidence: z.string(),
});

const clocks: z.ZodType<Whole<Recording['clocks']>> = z.array(
  z.object({ host: z.string(), offsetMs: z.number(), errorMs: z.number() }),
);

const probes = [
  ...(['zookeeper', 'zookeeper-synced', 'write', 'mesos', 'mesos-state'] as const),
  ...(['elected', 'marathon', 'apps', 'jenkins', 'gateway'] as const),
] as const;

const judgement: z.ZodType<Whole<Judgement>> = z.object({
  verdict: z.enum(verdicts),
  reason: z.string(),
  timeline: z.array(
    z.object({
      name: z.enum(momentNames),
      at: absent(z.number()),
      errorMs: absent(z.number()),
      detail: z.string(),
    }),
  ),
  bounds: z.array(
    z.object({
      ...boundShape,
      tookMs: absent(z.number()),
      kept: z.enum(['yes', 'slow', 'no']),
    }),
  ),
  invariants: z.array(
    z.object({ name: z.string(), holds: absent(z.boolean()), detail: z.string() }),
  ),
  coverage: z.array(
    z.object({
      probe: z.enum(probes),
      from: z.string(),
      samples: z.number(),
      perSecond: z.number(),
      longestGapMs: z.number(),
    }),
  ),
});

export const baselineSchema: z.ZodType<Baseline> = baseline;
export const buildSchema: z.ZodType<DrillBuild> = build;
export const aftermathSchema: z.ZodType<Aftermath> = aftermath;
export const confirmationSchema: z.ZodType<Confirmation> = confirmation;
export const clocksSchema: z.ZodType<Recording['clocks']> = clocks;
export const judgementSchema: z.ZodType<Judgement> = judgement;
