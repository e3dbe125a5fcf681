import { ClusterError } from '../../errors.ts';
import { readApp } from '../../health/jenkins.ts';
import { ask, failed } from '../../health/sight.ts';
import type { ApiStep } from '../../plan/step.ts';
import type { HttpAnswer, HttpRequest, NoAnswer } from '../../ports.ts';
import { fingerprintLabel } from '../../services/marathon-app.ts';
import type { Run } from '../run.ts';
import { callDeadlineMs, complaint, leadingMarathon, type Call, type Place } from './call.ts';
import { demandMesos } from './versions.ts';

type PutApp = Extract<ApiStep, { kind: 'put-app' }>;

export async function submitApp(run: Run, step: PutApp): Promise<Call> {
  const place = await leadingMarathon(run, `to submit ${step.app.id} to`);
  const call = async (): Promise<boolean> => {
    if (step.mesosAtLeast !== undefined) await demandMesos(run, step.mesosAtLeast, step.app.id);
    return await putApp(place, step);
  };
  return { host: place.host, call };
}

async function putApp(place: Place, { app, restart }: PutApp): Promise<boolean> {
  const deployed = await readApp(place.run.sight, place.host.name, app.id);
  const equal = deployed?.labels[fingerprintLabel] === app.labels[fingerprintLabel];
  if (equal && !restart) return false;
  // partialUpdate is on by default and would keep fields that the definition no longer has (1.10).
  const request = equal
    ? ({ method: 'POST', path: `/v2/apps${app.id}/restart?force=true` } as const)
    : ({
        method: 'PUT',
        path: `/v2/apps${app.id}?partialUpdate=false&force=true`,
        body: JSON.stringify(app),
      } as const);
  const answer = await askMarathon(place, request);
  if (!failed(answer) && answer.status < 300) return true;
  throw new ClusterError(
    'APP_REFUSED',
    `Marathon on ${place.host.name} refused the app ${app.id}`,
    {
      host: place.host.name,
      evidence: [failed(answer) ? answer.detail : complaint(answer)],
      remedy:
        'Correct the setting it names under "jenkins:" in the cluster file, then run the same command again.',
    },
  );
}

/** Ends the app's task; what it kept in a home or a sandbox stays where it is. */
export async function removeApp(run: Run, id: string): Promise<Call> {
  const place = await leadingMarathon(run, `to remove ${id} from`);
  const call = async (): Promise<boolean> => {
    const answer = await askMarathon(place, {
      method: 'DELETE',
      path: `/v2/apps${id}?force=true`,
    });
    if (!failed(answer) && answer.status === 404) return false;
    if (!failed(answer) && answer.status < 300) return true;
    throw new ClusterError(
      'APP_REFUSED',
      `Marathon on ${place.host.name} did not remove the app ${id}`,
      {
        host: place.host.name,
        evidence: [failed(answer) ? answer.detail : complaint(answer)],
        remedy: 'ci-cluster status shows the whole stack; then run the same command again.',
      },
    );
  };
  return { host: place.host, call };
}

async function askMarathon(
  { run, host, remote }: Place,
  request: Pick<HttpRequest, 'method' | 'path' | 'body'>,
): Promise<HttpAnswer | NoAnswer> {
  return await ask(remote, host, {
    ...request,
    headers: { 'content-type': 'application/json' },
    port: run.spec.marathon.port,
    deadlineMs: callDeadlineMs,
  });
}
