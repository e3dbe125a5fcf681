import { z } from 'zod';
import type { Host } from '../../../config/cluster-spec.ts';
import { ClusterError } from '../../../errors.ts';
import { ask, failed, jsonOf } from '../../../health/sight.ts';
import { trialApp, trialId } from '../../../services/trial-app.ts';
import type { Run } from '../../run.ts';
import { callDeadlineMs, complaint, leadingMarathon, type Call, type Place } from '../call.ts';
import { refuseUnlike } from './as-declared.ts';
import { hostNamed } from './hosts.ts';

const runMs = 180_000;
const goneMs = 60_000;
const pauseMs = 1000;

/**
 * A small app on each host, through Marathon as the controllers come: its task runs only where offers,
 * Docker and the image work. Removed again on every path; one of a run that was killed is removed by
 * the next init, as every app of ours that no cluster file asks for.
 */
export async function tryAgents(run: Run, names: readonly string[]): Promise<Call> {
  const place = await leadingMarathon(run, 'to run a task on the new hosts');
  const hosts = names.map((name) => hostNamed(run, name));
  const call = async (): Promise<boolean> => {
    await refuseUnlike(run, hosts);
    const results = await Promise.allSettled(hosts.map((host) => tryOne(place, host)));
    for (const result of results) if (result.status === 'rejected') throw result.reason;
    return true;
  };
  return { host: place.host, call };
}

async function tryOne(place: Place, host: Host): Promise<void> {
  const { run } = place;
  const id = trialId(host);
  run.undo.set(id, {
    told: `remove the trial app ${id}`,
    work: () => remove(place, id),
    byHand: 'ci-cluster init',
  });
  await submit(place, host);
  await awaitTask(place, host);
  await remove(place, id);
  run.undo.delete(id);
}

async function submit(place: Place, host: Host): Promise<void> {
  const app = trialApp(place.run.spec, host);
  const answer = await askMarathon(place, {
    ...{ method: 'PUT', path: `/v2/apps${app.id}?partialUpdate=false&force=true` },
    body: JSON.stringify(app),
  });
  if (!failed(answer) && answer.status < 300) return;
  throw refused(
    place,
    `the trial app ${app.id}`,
    failed(answer) ? answer.detail : complaint(answer),
  );
}

const appAnswer = z.object({
  app: z.object({
    tasks: z.array(z.object({ host: z.string(), state: z.string().optional() })).default([]),
    lastTaskFailure: z.object({ message: z.string().default('') }).nullish(),
  }),
});

async function awaitTask(place: Place, host: Host): Promise<void> {
  const { ports, report } = place.run;
  const { clock, signal } = ports;
  const deadline = clock.now() + runMs;
  for (;;) {
    const why = await whyNotRunning(place, host);
    if (why === '') return;
    if (clock.now() >= deadline) throw neverRan(host, why);
    report({ kind: 'emptying', place: host.name, reason: why, deadlineMs: runMs });
    await clock.sleep(pauseMs, signal);
  }
}

async function whyNotRunning(place: Place, host: Host): Promise<string> {
  const answer = await askMarathon(place, { method: 'GET', path: `/v2/apps${trialId(host)}` });
  if (failed(answer)) return 'Marathon does not answer';
  const app = appAnswer.safeParse(jsonOf(answer)).data?.app;
  return app === undefined ? 'Marathon does not tell' : whyNotYet(app, host);
}

function whyNotYet(
  { tasks, lastTaskFailure }: z.output<typeof appAnswer>['app'],
  { address }: Host,
): string {
  const task = tasks.find((one) => one.host === address);
  if (task !== undefined) {
    return (task.state ?? 'TASK_RUNNING') === 'TASK_RUNNING'
      ? ''
      : 'its first task is being started';
  }
  const end = lastTaskFailure?.message ?? '';
  return end === '' ? 'its first task waits for an offer' : `its first task ended: ${end}`;
}

async function remove(place: Place, id: string): Promise<void> {
  const answer = await askMarathon(place, { method: 'DELETE', path: `/v2/apps${id}?force=true` });
  const isTaken = !failed(answer) && (answer.status < 300 || answer.status === 404);
  if (!isTaken)
    throw refused(place, `the end of ${id}`, failed(answer) ? answer.detail : complaint(answer));
  const { clock } = place.run.ports;
  const deadline = clock.now() + goneMs;
  for (;;) {
    const left = await askMarathon(place, { method: 'GET', path: `/v2/apps${id}` });
    if ((!failed(left) && left.status === 404) || clock.now() >= deadline) return;
    await clock.sleep(pauseMs);
  }
}

function refused({ host }: Place, what: string, said: string): ClusterError {
  return new ClusterError('APP_REFUSED', `Marathon on ${host.name} did not take ${what}`, {
    host: host.name,
    evidence: [said],
    remedy: 'ci-cluster status shows the whole stack; then run the same command again.',
  });
}

function neverRan(host: Host, why: string): ClusterError {
  return new ClusterError(
    'GATE_NOT_REACHED',
    `no task ran on ${host.name} within ${runMs / 1000} s: ${why}`,
    {
      host: host.name,
      remedy: `ci-cluster logs mesos-agent --host ${host.name} shows what its Mesos agent says; then run the same command again.`,
    },
  );
}

async function askMarathon(
  { run, host, remote }: Place,
  request: {
    readonly method: 'GET' | 'PUT' | 'DELETE';
    readonly path: string;
    readonly body?: string;
  },
) {
  return await ask(remote, host, {
    ...request,
    headers: { 'content-type': 'application/json' },
    ...{ port: run.spec.marathon.port, deadlineMs: callDeadlineMs },
  });
}
