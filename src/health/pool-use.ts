import { z } from 'zod';
import type { JenkinsController } from '../config/cluster-spec.ts';
import { wayTo } from './builds.ts';
import type { PoolUse } from './model.ts';
import { failed, jsonOf, probeDeadlineMs, type Sight } from './sight.ts';

/** Time that a build held its build agent, in milliseconds of Jenkins' clock. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

const windowHours = 24;

const jobsAnswer = z.object({
  jobs: z
    .array(
      z.object({
        builds: z
          .array(
            z.object({
              timestamp: z.number(),
              duration: z.number().default(0),
              building: z.boolean().default(false),
            }),
          )
          .default([]),
      }),
    )
    .default([]),
});

/** The newest builds of every job; more would only make the answer long. */
const path = '/api/json?tree=jobs[builds[timestamp,duration,building]{0,200}]';

/**
 * How many builds ran at once, together and by controller. Where each team has static machines of its
 * own, they must hold the sum of the peaks; a shared pool only the peak of the sum.
 * Undefined with fewer than two controllers, or where one does not tell.
 */
export async function probePoolUse(sight: Sight): Promise<PoolUse | undefined> {
  const sharing = sight.spec.jenkins.filter(({ buildAgents }) => buildAgents.length > 0);
  if (sharing.length < 2) return undefined;
  const spans = await Promise.all(sharing.map((controller) => spansOf(sight, controller)));
  const known = spans.flatMap((one) => (one === undefined ? [] : [one]));
  if (known.length < sharing.length) return undefined;
  return {
    windowHours,
    builds: known.flat().length,
    peak: mostAtOnce(known.flat()),
    peaks: sharing.map(({ name }, index) => ({
      controller: name,
      peak: mostAtOnce(known[index] ?? []),
    })),
  };
}

/** Builds that touch; one that ends when the next begins needs no second build agent. */
export function mostAtOnce(spans: readonly Span[]): number {
  const moments = spans
    .flatMap(({ from, to }) => [
      { at: from, change: 1 },
      { at: to, change: -1 },
    ])
    .sort((a, b) => a.at - b.at || a.change - b.change);
  let now = 0;
  let most = 0;
  for (const { change } of moments) {
    now += change;
    most = Math.max(most, now);
  }
  return most;
}

async function spansOf(
  sight: Sight,
  { admin, gatewayPort }: JenkinsController,
): Promise<readonly Span[] | undefined> {
  const remote = wayTo(sight);
  const answer = await remote?.http({
    ...{ address: '127.0.0.1', port: gatewayPort, method: 'GET', path, login: admin },
    deadlineMs: probeDeadlineMs,
  });
  if (answer === undefined || failed(answer) || answer.status !== 200) return undefined;
  const now = Date.parse(answer.headers['date'] ?? '');
  const jobs = jobsAnswer.safeParse(jsonOf(answer)).data?.jobs;
  if (jobs === undefined || Number.isNaN(now)) return undefined;
  return jobs
    .flatMap(({ builds }) => builds)
    .map(({ timestamp, duration, building }) => ({
      from: timestamp,
      to: building ? Math.max(now, timestamp) : timestamp + duration,
    }))
    .filter(({ to }) => to > now - windowHours * 3_600_000);
}
