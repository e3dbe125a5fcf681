import { parse } from 'yaml';
import { sha256 } from '../../src/plan/fingerprint.ts';
import type { HttpAnswer, HttpRequest } from '../../src/ports.ts';
import type { FakeMachine } from './fake-machine.ts';

/** What there is to know of a controller's build agents that Marathon keeps running. */
interface Surroundings {
  /** Of the controller: `main`. */
  readonly controller: string;
  /** Where the controller runs. */
  readonly machine: FakeMachine;
  /** Where the task of an app runs. */
  readonly placeOf: (appId: string) => FakeMachine | undefined;
}

/** The same name has the same secret for ever. */
export function agentSecret(controller: string, node: string): string {
  return sha256(`${controller} ${node}`);
}

/** The answer of Jenkins with what it knows of the nodes of its configuration. */
export function withBuildAgents(
  around: Surroundings,
  { path, login }: HttpRequest,
  answer: Partial<HttpAnswer>,
): Partial<HttpAnswer> {
  const nodes = nodesOf(around);
  const asked = /^\/computer\/([^/]+)\/jenkins-agent\.jnlp$/.exec(path)?.[1];
  if (asked !== undefined) {
    if (login === undefined || answer.status === 401) return { status: 403, ...answer };
    if (!nodes.some(({ name }) => name === asked)) return { ...answer, status: 404 };
    const secret = agentSecret(around.controller, asked);
    const body = `<jnlp><application-desc><argument>${secret}</argument><argument>${asked}</argument></application-desc></jnlp>`;
    return { ...answer, status: 200, body };
  }
  if (!path.startsWith('/computer/api/json') || answer.status !== 200) return answer;
  const { computer } = JSON.parse(answer.body ?? '') as { computer: object[] };
  const added = nodes.map(({ name, labelString }) => ({
    ...{ displayName: name, offline: !isOnline(around, name), offlineCauseReason: '', idle: true },
    assignedLabels: [{ name: labelString }, { name }],
  }));
  return { ...answer, body: JSON.stringify({ computer: [...computer, ...added] }) };
}

interface Node {
  readonly name: string;
  readonly labelString: string;
}

function nodesOf({ controller, machine }: Surroundings): readonly Node[] {
  const path = `/etc/ci-cluster/jenkins/${controller}/casc/jenkins.yaml`;
  const casc = parse(machine.files.get(path)?.content ?? '{}') as {
    readonly jenkins?: { readonly nodes?: readonly { readonly permanent: Node }[] };
  };
  return (casc.jenkins?.nodes ?? []).map(({ permanent }) => permanent);
}

/** Its task runs, and on a host that has the right secret. */
function isOnline({ controller, placeOf }: Surroundings, node: string): boolean {
  const place = placeOf(`/ci/${controller}-agents/${node}`);
  const path = `/etc/ci-cluster/jenkins/${controller}/agents/${node}/agent`;
  return place?.files.get(path)?.content === agentSecret(controller, node);
}
