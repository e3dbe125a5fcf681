import type { BuildNode } from '../nodes.ts';
import type { Build } from './build.ts';

/** What a build finds in its environment (`CoreEnvironmentContributor`, core 2.5xx), over the agent's own. */
export function buildEnvironment(
  { job, number, workspace, executor, parameters }: Build,
  around: {
    readonly node: BuildNode;
    readonly home: string;
    readonly rootUrl: string | undefined;
  },
): Record<string, string> {
  const { node, home, rootUrl } = around;
  const urls = rootUrl === undefined ? {} : urlsOf(rootUrl, job, number);
  return {
    ...urls,
    ...{ CI: 'true', BUILD_NUMBER: String(number), BUILD_ID: String(number) },
    ...{ BUILD_DISPLAY_NAME: `#${number}`, BUILD_TAG: `jenkins-${job}-${number}` },
    ...{ JOB_NAME: job, JOB_BASE_NAME: job, EXECUTOR_NUMBER: String(executor) },
    ...{ NODE_NAME: node.name, NODE_LABELS: [node.name, ...node.labels].join(' ') },
    ...{ JENKINS_HOME: home, HUDSON_HOME: home, WORKSPACE: workspace },
    WORKSPACE_TMP: `${workspace}@tmp`,
    ...parameters,
  };
}

function urlsOf(root: string, job: string, number: number): Record<string, string> {
  const jobUrl = `${root}job/${encodeURIComponent(job)}/`;
  return {
    ...{ JENKINS_URL: root, HUDSON_URL: root, JOB_URL: jobUrl },
    ...{ BUILD_URL: `${jobUrl}${number}/` },
  };
}
