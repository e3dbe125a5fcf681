import type { Duration } from '../plan/duration.ts';
import type { BuildEffects, EndingBuild } from '../plan/effects/builds.ts';
import type { Effects } from '../plan/effects/effects.ts';
import type { QuorumEffect, ServiceEffect } from '../plan/effects/services.ts';
import { line, type PlanLine } from './plan-line.ts';

/** Order, quorum, builds and notes: what the changes do to those who use the cluster. */
export function effectLines(effects: Effects): readonly PlanLine[] {
  const body = [
    ...effects.services.flatMap(serviceLines),
    ...buildLines(effects.builds),
    ...effects.notes.map((note) => line(2, 'plain', note)),
  ];
  return body.length === 0 ? [] : [line(0, 'heading', 'What it does'), ...body];
}

const verbs = { start: 'starts', restart: 'restarts', stop: 'ends' } as const;

function serviceLines(effect: ServiceEffect): readonly PlanLine[] {
  const { container, kind, rounds } = effect;
  const order = rounds.map((hosts) => hosts.map((host) => named(host, effect)).join(', '));
  const head = line(2, 'plain', `${container} ${verbs[kind]} on ${order.join(', then ')}`);
  return effect.quorum === null ? [head] : [head, line(4, 'dim', quorumText(effect.quorum))];
}

function named(host: string, { leader }: ServiceEffect): string {
  return host === leader ? `${host} (leads now)` : host;
}

function quorumText(quorum: QuorumEffect): string {
  const { members, downAtOnce, moreMayFail, kept } = quorum;
  if (downAtOnce === 0 && !kept) return 'no quorum yet: its members start together';
  if (downAtOnce === 0) return 'no member goes down';
  if (!kept) return `no quorum meanwhile: ${downAtOnce} of ${members} members go down at once`;
  return `${downAtOnce} of ${members} members down at a time, ${moreMayFail} more may fail meanwhile`;
}

function buildLines({ controllers, ending, awaited, unknown }: BuildEffects): readonly PlanLine[] {
  return [
    ...controllers.map(({ controller, fate }) => line(2, 'plain', `Jenkins ${controller} ${fate}`)),
    ...ending.map((build) => line(2, 'remove', `build on ${placeOf(build)} ends: ${build.why}`)),
    ...awaited.map((build) =>
      line(2, 'plain', `build on ${placeOf(build)} is waited for: ${build.why}`),
    ),
    ...unknown.map((why) => line(2, 'change', `builds not known: ${why}`)),
  ];
}

function placeOf({ controller, buildAgent, host }: EndingBuild): string {
  return `${buildAgent} of ${controller}${host === null ? '' : ` (${host})`}`;
}

export function unknownLines({ knownAfterApply }: Effects): readonly PlanLine[] {
  if (knownAfterApply.length === 0) return [];
  return [
    line(0, 'heading', 'Known after apply'),
    ...knownAfterApply.map((value) => line(2, 'plain', value)),
  ];
}

/** The range first, then how it comes about: what was measured, what is a bound, what nobody knows. */
export function durationLines({ leastMs, mostMs, parts }: Duration): readonly PlanLine[] {
  return [
    line(0, 'heading', 'How long it takes'),
    line(
      2,
      'plain',
      `at least ${timeText(leastMs)} (measured), at most ${timeText(mostMs)} (sum of all bounds)`,
    ),
    ...parts.map(({ what, ms, source }) => {
      const bound = source === 'unknown' ? `unknown, given up after ${timeText(ms)}` : timeText(ms);
      return line(4, 'dim', `${what}: ${bound}${source === 'measured' ? ', measured' : ''}`);
    }),
  ];
}

function timeText(ms: number): string {
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  return `${Math.ceil(ms / 60_000)} min`;
}
