import type { Answer, Request } from '../../shared/http.ts';
import type { Controller } from '../controller.ts';
import type { Job } from '../jobs.ts';
import { anonymous } from '../security.ts';
import { rootOf } from './api.ts';
import { errorPage } from './pages.ts';
import type { Sessions } from './session.ts';

interface Asked {
  readonly job: Job;
  readonly request: Request;
  readonly withParameters: boolean;
}

/** `POST /job/x/build` and `/buildWithParameters` (`ParameterizedJobMixIn`, core 2.5xx). */
export function schedule(controller: Controller, sessions: Sessions, asked: Asked): Answer {
  const { job, request, withParameters } = asked;
  const { clock, queue, scheduler } = controller;
  const { config, name } = job;
  if (config.disabled) return errorPage(409, `${name} is not buildable`);
  const isParameterized = config.parameters.length > 0;
  if (withParameters && !isParameterized) return errorPage(500, 'This build is not parameterized!');
  if (!withParameters && isParameterized) return errorPage(400, 'Nothing is submitted');
  const now = clock.now();
  const item = queue.add({
    job: name,
    user: (sessions.who(request) ?? anonymous).name,
    inQueueSince: now,
    dueAt: now + quietMs(controller, job, request),
    parameters: parametersOf(job, request),
  });
  // At its due time, which a turn of the scheduler meets a second later at worst.
  clock.after(Math.max(0, item.dueAt - now), () => {
    scheduler.soon();
  });
  const Location = `${rootOf(controller, request)}queue/item/${item.id}/`;
  return { status: 201, headers: { Location } };
}

/** `?delay=0sec`, the job's own quiet period, or that of Jenkins. */
function quietMs(controller: Controller, { config }: Job, { query }: Request): number {
  const [, amount, unit = ''] = /^\s*(\d+)\s*([a-z]*)\s*$/.exec(query.get('delay') ?? '') ?? [];
  if (amount !== undefined) return Number(amount) * (unit.startsWith('min') ? 60_000 : 1000);
  return config.quietPeriod === undefined ? controller.quietPeriodMs : config.quietPeriod * 1000;
}

/** Only those that the job defines; others are dropped since 2.3 (SECURITY-170). */
function parametersOf({ config }: Job, request: Request): Record<string, string> {
  const form = new URLSearchParams(request.body.toString('utf8'));
  return Object.fromEntries(
    config.parameters.map(({ name, defaultValue }) => [
      name,
      request.query.get(name) ?? form.get(name) ?? defaultValue,
    ]),
  );
}
