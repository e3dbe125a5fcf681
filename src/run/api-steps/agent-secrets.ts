import { gatewayHosts } from '../../cluster/members.ts';
import type { JenkinsController } from '../../config/cluster-spec.ts';
import { ClusterError } from '../../errors.ts';
import { failed, whyNoAnswer } from '../../health/sight.ts';
import type { ApiStep } from '../../plan/step.ts';
import type { HttpAnswer, NoAnswer } from '../../ports.ts';
import { Secret } from '../../secret.ts';
import type { Run } from '../run.ts';
import { callDeadlineMs, connected, type Call, type Place } from './call.ts';

type FetchSecrets = Extract<ApiStep, { kind: 'fetch-agent-secrets' }>;

/** Where a secret is kept between the step that reads it and the one that writes it. */
export function secretKey(controller: string, node: string): string {
  return `${controller}/${node}`;
}

/** Jenkins makes a secret from the name of a node and from a key in its home; nobody else knows it. */
export function fetchAgentSecrets(run: Run, { controller: name, nodes }: FetchSecrets): Call {
  const controller = run.spec.jenkins.find((one) => one.name === name);
  if (controller === undefined)
    throw new Error(`planned secrets of ${name}, which is no controller`);
  const place = connected(run, gatewayHosts(run.spec));
  const call = async (): Promise<boolean> => {
    for (const node of nodes) {
      const secret = secretIn(await askJenkins(place, controller, node), controller, node);
      run.agentSecrets.set(secretKey(name, node), secret);
    }
    return false;
  };
  return { host: place.host, call };
}

async function askJenkins(
  { remote }: Place,
  { gatewayPort, admin }: JenkinsController,
  node: string,
): Promise<HttpAnswer | NoAnswer> {
  return await remote.http({
    ...{ address: '127.0.0.1', port: gatewayPort, deadlineMs: callDeadlineMs, login: admin },
    ...{ method: 'GET', path: `/computer/${node}/jenkins-agent.jnlp` },
  });
}

/** The first argument of the launch file (core, `SlaveComputer/jenkins-agent.jnlp.jelly`). */
function secretIn(
  answer: HttpAnswer | NoAnswer,
  { name, admin }: JenkinsController,
  node: string,
): Secret {
  const found = failed(answer)
    ? undefined
    : /<argument>([0-9a-f]{64})<\/argument>/.exec(answer.body);
  const value = found?.[1];
  if (value !== undefined) return new Secret(value, `build agent ${node} of Jenkins ${name}`);
  const said = failed(answer) ? whyNoAnswer(answer) : `answers ${answer.status}`;
  const isLogin = !failed(answer) && [401, 403].includes(answer.status);
  throw new ClusterError(
    isLogin ? 'JENKINS_LOGIN_REFUSED' : 'JENKINS_REFUSED',
    `Jenkins ${name} does not tell the secret of build agent ${node}: ${said}`,
    {
      remedy: isLogin
        ? `The password of ${admin.user} is another one in Jenkins than in the cluster file: put back the one that Jenkins has, then run the same command again.`
        : 'ci-cluster status shows the whole stack; run the same command again once Jenkins answers.',
    },
  );
}
