import { z } from 'zod';
import { gatewayHosts } from '../cluster/members.ts';
import type { JenkinsController } from '../config/cluster-spec.ts';
import { createJenkinsClient, type JenkinsClient } from './jenkins-client.ts';
import { failed, jsonOf, whyNoAnswer, type Sight } from './sight.ts';

/** A build agent as Jenkins has it, with what runs on it. */
export interface LoadedNode {
  readonly name: string;
  /** Somebody took it out; the reason is in the words of whoever did. */
  readonly takenOut: boolean;
  readonly reason: string;
  readonly idle: boolean;
  /** `deploy #12`. */
  readonly builds: readonly string[];
}

/** Through every gateway that is connected. */
export function clientOf(sight: Sight, controller: JenkinsController): JenkinsClient {
  const ways = gatewayHosts(sight.spec).flatMap(({ name }) => {
    const remote = sight.remotes.get(name);
    const way = { address: '127.0.0.1', port: controller.gatewayPort };
    return remote === undefined ? [] : [{ remote, ...way }];
  });
  return createJenkinsClient(ways, controller.admin);
}

const executors = z
  .array(
    z.object({
      currentExecutable: z.object({ url: z.string().default('') }).nullish(),
    }),
  )
  .default([]);

const nodesAnswer = z.object({
  computer: z.array(
    z.object({
      _class: z.string().default(''),
      displayName: z.string(),
      temporarilyOffline: z.boolean().default(false),
      offlineCauseReason: z.string().nullable().default(''),
      idle: z.boolean().default(true),
      executors,
      oneOffExecutors: executors,
    }),
  ),
});

/** `depth` for cores that do not take it from the tree. */
const nodesPath =
  '/computer/api/json?depth=2&tree=computer[displayName,temporarilyOffline,offlineCauseReason,idle,executors[currentExecutable[url]],oneOffExecutors[currentExecutable[url]]]';

/** All but the controller itself; the reason where Jenkins does not tell. */
export async function readNodes(client: JenkinsClient): Promise<readonly LoadedNode[] | string> {
  const answer = await client.get(nodesPath);
  if (failed(answer)) return whyNoAnswer(answer);
  if (answer.status !== 200) return `answers ${answer.status}`;
  const computers = nodesAnswer.safeParse(jsonOf(answer)).data?.computer;
  if (computers === undefined) return 'does not tell its build agents';
  return computers
    .filter(({ _class }) => !_class.endsWith('MasterComputer'))
    .map(({ displayName: name, temporarilyOffline: takenOut, idle, ...node }) => ({
      ...{ name, takenOut, idle, reason: node.offlineCauseReason ?? '' },
      builds: [...node.executors, ...node.oneOffExecutors].flatMap(({ currentExecutable: one }) =>
        one == null ? [] : [buildName(one.url)],
      ),
    }));
}

/** `…/job/a/job/b/12/` is build 12 of b in a. */
function buildName(url: string): string {
  const [, path = '', number = ''] = /((?:\/job\/[^/]+)+)\/(\d+)\/?$/.exec(url) ?? [];
  const job = path.split('/job/').slice(1).join('/');
  return job === '' ? 'a build' : `${decoded(job)} #${number}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export interface Quiet {
  readonly quietingDown: boolean;
  /** Cores from 2.267 on tell it. */
  readonly reason: string;
}

const quietAnswer = z.object({
  quietingDown: z.boolean().default(false),
  quietDownReason: z.string().nullable().default(''),
});

/** Undefined where Jenkins does not tell. */
export async function readQuiet(client: JenkinsClient): Promise<Quiet | undefined> {
  const answer = await client.get('/api/json?tree=quietingDown,quietDownReason');
  if (failed(answer) || answer.status !== 200) return undefined;
  const { data } = quietAnswer.safeParse(jsonOf(answer));
  return data && { quietingDown: data.quietingDown, reason: data.quietDownReason ?? '' };
}

/** Begins every reason that we leave in Jenkins: by it a later run knows what is ours to take back. */
export const ourMark = 'ci-cluster';

/** Controllers that a run of ours told to start no builds. */
export async function readPaused(sight: Sight): Promise<ReadonlySet<string>> {
  const quiet = await Promise.all(
    sight.spec.jenkins
      .filter(({ buildAgents }) => buildAgents.length > 0)
      .map(async (controller) => {
        const found = await readQuiet(clientOf(sight, controller));
        const isOurs = found?.quietingDown === true && found.reason.startsWith(ourMark);
        return isOurs ? [controller.name] : [];
      }),
  );
  return new Set(quiet.flat());
}
