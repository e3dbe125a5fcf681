import { z } from 'zod';
import { failed, jsonOf, whyNoAnswer } from '../health/sight.ts';
import type { Reply } from '../health/jenkins-client.ts';

/** What stands in the answers that a build needs (core 2.5xx). */
export const rootAnswer = z.object({ quietingDown: z.boolean().default(false) });

export const queueItem = z.object({
  why: z.string().nullable().default(''),
  cancelled: z.boolean().default(false),
  executable: z.object({ number: z.number() }).nullish(),
});

export const buildsAnswer = z.object({
  builds: z.array(z.object({ number: z.number(), queueId: z.number().default(-1) })).default([]),
});

export const buildAnswer = z.object({
  building: z.boolean(),
  result: z.string().nullable().default(null),
  duration: z.number().default(0),
  builtOn: z.string().nullable().default(''),
  artifacts: z.array(z.object({ relativePath: z.string() })).default([]),
});

export const labelAnswer = z.object({
  clouds: z.array(z.unknown()),
  nodes: z.array(z.unknown()),
});

/** The answer in its form; undefined if there is none or it is another. */
export function readAs<T>(form: z.ZodType<T>, answer: Reply): T | undefined {
  if (failed(answer) || answer.status !== 200) return undefined;
  return form.safeParse(jsonOf(answer)).data;
}

/** Why an answer is of no use. */
export function whyUseless(answer: Reply): string {
  if (failed(answer)) return whyNoAnswer(answer);
  const reason = answer.headers['x-error'];
  return `answers ${answer.status}${reason === undefined ? '' : `, ${decoded(reason)}`}`;
}

function decoded(text: string): string {
  try {
    return decodeURI(text);
  } catch {
    return text;
  }
}
