import { z } from 'zod';
import { roles } from '../../config/cluster-spec.ts';
import { momentNames, type Bound } from '../bound.ts';
import type { DrillPlan, Skipped } from '../drill-plan.ts';
import type { Attack, CutRule, HostFault } from '../fault.ts';
import { absent, type Whole } from './absent.ts';

const texts = z.array(z.string());
const leaders = z.array(z.enum(['zookeeper', 'mesos', 'marathon']));
const drillClass = z.enum(['safe', 'ask', 'lab']);

const cutRule: z.ZodType<Whole<CutRule>> = z.object({
  way: z.enum(['in', 'out', 'both']),
  peers: absent(texts),
  port: absent(z.number()),
  side: z.enum(['theirs', 'ours', 'either']),
  own: z.boolean(),
});

const rules = z.array(cutRule);

const hostFault: z.ZodType<Whole<HostFault>> = z.discriminatedUnion('kind', [
  z.object({ kind: z.enum(['kill', 'stop', 'pause', 'restart']), container: z.string() }),
  z.object({ kind: z.literal('cut'), rules }),
  z.object({ kind: z.literal('loss'), percent: z.number(), rules }),
  z.object({ kind: z.literal('delay'), ms: z.number(), jitterMs: z.number(), addresses: texts }),
  z.object({ kind: z.literal('clock-step'), seconds: z.number() }),
  z.object({ kind: z.enum(['restart-docker', 'reboot']) }),
]);

const strikes = z.array(z.object({ host: z.string(), fault: hostFault }));

const attack: z.ZodType<Whole<Attack>> = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('hosts'),
    strikes,
    holdMs: z.number(),
    until: absent(z.enum(['held', 'recovered'])),
  }),
  z.object({ kind: z.literal('in-turn'), strikes, holdMs: absent(z.number()) }),
  z.object({
    kind: z.literal('call'),
    call: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('abdicate') }),
      z.object({ kind: z.literal('kill-task'), app: z.string() }),
    ]),
  }),
]);

export const boundShape = {
  moment: z.enum(momentNames),
  from: z.enum(['injected', 'healed']),
  formula: z.string(),
  inputs: z.array(
    z.object({
      name: z.string(),
      value: z.number(),
      unit: z.enum(['s', 'ms', 'count']),
      source: z.string(),
    }),
  ),
  softMs: z.number(),
  hardMs: z.number(),
};
const bound: z.ZodType<Whole<Bound>> = z.object(boundShape);

const named = { id: z.string(), name: z.string(), title: z.string(), class: drillClass };

/** All that was known before anything was done, as it stands in a record. */
const plan: z.ZodType<Whole<DrillPlan>> = z.object({
  ...named,
  victims: z.array(
    z.object({
      host: z.string(),
      container: absent(z.string()),
      roles: z.array(z.enum(roles)),
      leads: leaders,
    }),
  ),
  attack,
  bounds: z.array(bound),
  expects: z.object({
    mustChange: leaders,
    mayChange: leaders,
    mayStop: z.boolean(),
    mayLoseAgents: texts,
    mayLoseTasksOn: texts,
    mayLoseTasksOf: absent(texts),
    mayLoseBuild: absent(z.string()),
    overlapMs: z.number(),
  }),
  gates: z.array(z.object({ name: z.string(), holds: absent(z.boolean()), detail: z.string() })),
  ...{ does: texts, undoes: texts, observeMs: z.number() },
});

const skipped: z.ZodType<Whole<Skipped>> = z.object({ ...named, reason: z.string() });

export const planSchema: z.ZodType<DrillPlan> = plan;
export const skippedSchema: z.ZodType<Skipped> = skipped;
