import { identityText, parseIdentity, type Identity } from '../cluster/identity.ts';
import { hostsWith } from '../cluster/members.ts';
import type { Host } from '../config/cluster-spec.ts';
import { ClusterError } from '../errors.ts';
import { probeMarathon } from '../health/marathon.ts';
import { ask, failed, jsonOf } from '../health/sight.ts';
import { fingerprintLabel } from '../plan/jenkins-stages.ts';
import { describe, type Stage } from '../plan/step.ts';
import type { HttpAnswer, RemoteHost } from '../ports.ts';
import type { MarathonApp } from '../services/jenkins.ts';
import { readApp } from '../health/jenkins.ts';
import type { Change, Run } from './run.ts';

type ApiStage = Extract<Stage, { kind: 'api' }>;

const callDeadlineMs = 30_000;
const identityZnode = '/ci-cluster/identity';

export async function performCall(stage: ApiStage, run: Run, changes: Change[]): Promise<void> {
  const { step } = stage;
  const told = describe(step);
  const { host, call } =
    step.kind === 'claim-ensemble'
      ? ensembleCall(run, step.identity)
      : await appCall(run, step.app, step.restart);
  run.report({ kind: 'step', host: host.name, step: told, result: 'started' });
  const changed = await call();
  run.report({
    kind: 'step',
    host: host.name,
    step: told,
    result: changed ? 'changed' : 'unchanged',
  });
  if (changed) changes.push({ phase: stage.phase, host: host.name, step: told });
}

interface Call {
  readonly host: Host;
  /** True if something was changed. */
  readonly call: () => Promise<boolean>;
}

function connected(run: Run, hosts: readonly Host[]): { host: Host; remote: RemoteHost } {
  for (const host of hosts) {
    const remote = run.remotes.get(host.name);
    if (remote !== undefined) return { host, remote };
  }
  throw new Error('planned a call, but no host to make it from is connected');
}

/**
 * Writes whose ensemble it is through one member and reads it back: proof that the ensemble serves
 * writes, and a guard against a second cluster on the same znodes.
 */
function ensembleCall(run: Run, identity: Identity): Call {
  const { host, remote } = connected(run, hostsWith(run.spec, 'zookeeper'));
  const endpoint = { address: host.address, port: run.spec.zookeeper.clientPort };
  const call = async (): Promise<boolean> => {
    await using session = await remote.zookeeper(endpoint, callDeadlineMs);
    const created = await session.create(identityZnode, identityText(identity));
    const found = parseIdentity((await session.read(identityZnode)) ?? '');
    if (found?.id === identity.id) return created;
    throw new ClusterError(
      'FOREIGN_HOST',
      `the ZooKeeper ensemble belongs to cluster ${found?.name ?? 'unknown'} (${found?.id ?? 'no id'})`,
      {
        host: host.name,
        remedy: `Give this cluster hosts of its own, or move the old ZooKeeper data away on all members.`,
      },
    );
  };
  return { host, call };
}

async function appCall(run: Run, app: MarathonApp, restart: boolean): Promise<Call> {
  const { leader } = await probeMarathon(run.sight);
  const place = run.spec.hosts.filter(({ name }) => name === leader);
  if (place.length === 0) {
    throw new ClusterError('GATE_NOT_REACHED', `no Marathon leader to submit ${app.id} to`, {
      remedy:
        'ci-cluster status shows the whole stack; run the same command again once Marathon has a leader.',
    });
  }
  const { host, remote } = connected(run, place);
  return { host, call: async () => await putApp({ run, host, remote }, app, restart) };
}

interface Place {
  readonly run: Run;
  readonly host: Host;
  readonly remote: RemoteHost;
}

async function putApp(place: Place, app: MarathonApp, restart: boolean): Promise<boolean> {
  const deployed = await readApp(place.run.sight, place.host.name, app.id);
  const labels = app['labels'] as Record<string, string>;
  const equal = deployed?.labels[fingerprintLabel] === labels[fingerprintLabel];
  if (equal && !restart) return false;
  // partialUpdate is on by default and would keep fields that the definition no longer has (1.10).
  const request = equal
    ? ({ method: 'POST', path: `/v2/apps${app.id}/restart?force=true` } as const)
    : ({
        method: 'PUT',
        path: `/v2/apps${app.id}?partialUpdate=false&force=true`,
        body: JSON.stringify(app),
      } as const);
  const { run, host, remote } = place;
  const headers = { 'content-type': 'application/json' };
  const answer = await ask(remote, host, {
    ...request,
    headers,
    port: run.spec.marathon.port,
    deadlineMs: callDeadlineMs,
  });
  if (!failed(answer) && answer.status < 300) return true;
  throw refused(host, app, failed(answer) ? answer.detail : complaint(answer));
}

function complaint(answer: HttpAnswer): string {
  const json = jsonOf(answer);
  return `${answer.status} ${json === undefined ? answer.body.slice(0, 300) : JSON.stringify(json).slice(0, 600)}`;
}

function refused(host: Host, app: MarathonApp, why: string): ClusterError {
  return new ClusterError('APP_REFUSED', `Marathon on ${host.name} refused the app ${app.id}`, {
    host: host.name,
    evidence: [why],
    remedy:
      'Correct the setting it names under "jenkins:" in the cluster file, then run the same command again.',
  });
}
