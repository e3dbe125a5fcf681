import { z } from 'zod';
import type { Seen } from '../sample.ts';
import { absent, type Whole } from './absent.ts';

const host = z.string();
const error = absent(z.string());
const names = z.array(z.string());

/** What one probe saw, as it stands in a record. */
const seen: z.ZodType<Whole<Seen>> = z.discriminatedUnion('probe', [
  z.object({
    probe: z.literal('zookeeper'),
    host,
    mode: absent(z.enum(['leader', 'follower', 'standalone', 'looking'])),
    epoch: absent(z.number()),
    error,
  }),
  z.object({ probe: z.literal('zookeeper-synced'), host, synced: absent(z.number()), error }),
  z.object({
    probe: z.literal('write'),
    host,
    value: z.string(),
    acknowledged: z.boolean(),
    error,
  }),
  z.object({ probe: z.literal('mesos'), host, status: absent(z.number()), error }),
  z.object({
    probe: z.literal('mesos-state'),
    host,
    ...{ agents: names, frameworks: names, tasks: names },
    error,
  }),
  z.object({
    probe: z.literal('elected'),
    host,
    mesos: absent(z.string()),
    marathon: absent(z.string()),
    error,
  }),
  z.object({
    probe: z.literal('marathon'),
    host,
    leader: absent(z.string()),
    elected: absent(z.boolean()),
    frameworkId: absent(z.string()),
    error,
  }),
  z.object({ probe: z.literal('apps'), host, tasks: names, error }),
  z.object({
    probe: z.literal('jenkins'),
    host,
    controller: z.string(),
    status: absent(z.number()),
    error,
  }),
  z.object({ probe: z.literal('gateway'), host, open: z.boolean(), error }),
]);

export const seenSchema: z.ZodType<Seen> = seen;
