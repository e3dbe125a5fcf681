import { colorOf, type Build } from '../builds/build.ts';
import type { Controller } from '../controller.ts';
import type { Parameter } from '../job-config.ts';
import type { Job } from '../jobs.ts';
import { jobUrl } from './api.ts';
import { buildReference, buildView } from './build-view.ts';

type View = Record<string, unknown>;

/** Core shows no more in `builds`; all are in `allBuilds`. */
const mostBuilds = 100;

/** What a permalink of a job points at (`PermalinkProjectAction`), of builds with the newest first. */
export const permalinks: Readonly<Record<string, (builds: readonly Build[]) => Build | undefined>> =
  {
    firstBuild: (builds) => builds.at(-1),
    lastBuild: (builds) => builds[0],
    lastCompletedBuild: (builds) => builds.find(({ result }) => result !== undefined),
    lastFailedBuild: (builds) => builds.find(({ result }) => result === 'FAILURE'),
    lastStableBuild: (builds) => builds.find(({ result }) => result === 'SUCCESS'),
    lastSuccessfulBuild: (builds) => builds.find(({ result }) => isGood(result)),
    lastUnstableBuild: (builds) => builds.find(({ result }) => result === 'UNSTABLE'),
    lastUnsuccessfulBuild: (builds) =>
      builds.find(({ result }) => result !== undefined && result !== 'SUCCESS'),
  };

export function jobReference(controller: Controller, root: string, job: Job): View {
  return {
    _class: 'hudson.model.FreeStyleProject',
    name: job.name,
    url: jobUrl(root, job.name),
    color: colorOf(controller.builds.of(job.name), job.config.disabled),
  };
}

export function jobView(
  controller: Controller,
  job: Job,
  { root, depth }: { readonly root: string; readonly depth: number },
): View {
  const { config, name } = job;
  const builds = controller.builds.of(name);
  const waiting = controller.queue.items().find((item) => item.job === name);
  const show = (build: Build) =>
    depth > 0 ? buildView(controller, root, build) : buildReference(root, build);
  const linked = Object.entries(permalinks).map(([link, find]) => {
    const build = find(builds);
    return [link, build === undefined ? null : show(build)];
  });
  return {
    ...jobReference(controller, root, job),
    actions: parametersProperty(config.parameters),
    description: config.description,
    ...{ displayName: name, displayNameOrNull: null, fullDisplayName: name, fullName: name },
    buildable: !config.disabled,
    builds: builds.slice(0, mostBuilds).map(show),
    ...(depth === Infinity ? { allBuilds: builds.map(show) } : {}),
    ...(Object.fromEntries(linked) as View),
    healthReport: [],
    inQueue: waiting !== undefined,
    keepDependencies: false,
    nextBuildNumber: job.nextBuildNumber,
    property: [...discarderProperty(job), ...parametersProperty(config.parameters)],
    queueItem: waiting === undefined ? null : { id: waiting.id, url: `queue/item/${waiting.id}/` },
    concurrentBuild: config.concurrent,
    disabled: config.disabled,
    downstreamProjects: [],
    labelExpression: config.label ?? null,
    scm: { _class: 'hudson.scm.NullSCM' },
    upstreamProjects: [],
  };
}

function discarderProperty({ config }: Job): View[] {
  return config.retention === undefined ? [] : [{ _class: 'jenkins.model.BuildDiscarderProperty' }];
}

function parametersProperty(parameters: readonly Parameter[]): View[] {
  if (parameters.length === 0) return [];
  const property = 'hudson.model.ParametersDefinitionProperty';
  return [{ _class: property, parameterDefinitions: parameters.map(parameterView) }];
}

function parameterView({ kind, name, description, defaultValue }: Parameter): View {
  return {
    _class: `hudson.model.${kind}`,
    defaultParameterValue: {
      _class: `hudson.model.${kind.replace('Definition', 'Value')}`,
      name,
      value: defaultValue,
    },
    description,
    name,
    type: kind,
  };
}

function isGood(result: Build['result']): boolean {
  return result === 'SUCCESS' || result === 'UNSTABLE';
}
