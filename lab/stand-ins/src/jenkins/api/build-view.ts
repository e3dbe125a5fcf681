import { estimatedDuration, type Build } from '../builds/build.ts';
import type { Controller } from '../controller.ts';
import { jobUrl } from './api.ts';

type View = Record<string, unknown>;

const buildClass = 'hudson.model.FreeStyleBuild';

/** As another object refers to it. */
export function buildReference(root: string, { job, number }: Build): View {
  return { _class: buildClass, number, url: `${jobUrl(root, job)}${number}/` };
}

export function buildView(controller: Controller, root: string, build: Build): View {
  const { builds, clock } = controller;
  const { job, number, result, timestamp, durationMs } = build;
  const history = builds.of(job);
  const previous = history.find((one) => one.number < number);
  const next = history.findLast((one) => one.number > number);
  return {
    ...buildReference(root, build),
    actions: [causeAction(build.user), ...parametersAction(build.parameters)],
    artifacts: builds.artifacts(build).map((path) => ({
      displayPath: path,
      fileName: path.split('/').at(-1),
      relativePath: path,
    })),
    building: result === undefined,
    description: null,
    displayName: `#${number}`,
    duration: durationMs,
    estimatedDuration: estimatedDuration(history),
    executor: result === undefined ? executorView(build, clock.now()) : null,
    fullDisplayName: `${job} #${number}`,
    id: String(number),
    inProgress: result === undefined,
    keepLog: false,
    queueId: build.queueId,
    result: result ?? null,
    timestamp,
    builtOn: build.builtOn,
    changeSet: { _class: 'hudson.scm.EmptyChangeLogSet', items: [], kind: null },
    changeSets: [],
    culprits: [],
    previousBuild: previous === undefined ? null : buildReference(root, previous),
    nextBuild: next === undefined ? null : buildReference(root, next),
  };
}

export function causeAction(user: string): View {
  const cause = {
    _class: 'hudson.model.Cause$UserIdCause',
    shortDescription: `Started by user ${user}`,
    userId: user,
    userName: user,
  };
  return { _class: 'hudson.model.CauseAction', causes: [cause] };
}

export function parametersAction(parameters: Readonly<Record<string, string>>): View[] {
  const list = Object.entries(parameters).map(([name, value]) => ({
    _class: 'hudson.model.StringParameterValue',
    name,
    value,
  }));
  return list.length === 0 ? [] : [{ _class: 'hudson.model.ParametersAction', parameters: list }];
}

function executorView({ executor, timestamp }: Build, now: number): View {
  return { number: executor, idle: false, likelyStuck: false, elapsedTime: now - timestamp };
}
