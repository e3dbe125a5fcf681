import { buildAgentsIn, computersPath, type BuildAgent } from '../health/builds.ts';
import { failed, jsonOf } from '../health/sight.ts';
import type { Ports } from '../ports.ts';
import type { BuildMoment, Report } from '../run/events.ts';
import { consoleLines, type BuildRecord } from './build-record.ts';
import { createConsole, type Console } from './console.ts';
import { hasFailed, isTaskOf } from './diagnose.ts';
import { buildAnswer, buildsAnswer, queueItem, readAs } from './jenkins-answers.ts';
import type { JenkinsClient } from '../health/jenkins-client.ts';
import type { MesosView, Task } from './mesos-view.ts';

/** What one build is watched with. */
export interface Watch {
  readonly client: JenkinsClient;
  readonly mesos: MesosView;
  readonly framework: string;
  readonly ports: Ports;
  readonly report: Report;
  readonly record: BuildRecord;
  readonly timeoutMs: number;
  readonly state: WatchState;
}

export interface WatchState {
  readonly beginMs: number;
  queueId: number | undefined;
  /** Jenkins' words for why the item waits. */
  why: string;
  cancelled: boolean;
  /** When each was seen first, by id and by name; 0 or less: before the build was asked for. */
  readonly tasks: Map<string, { task: Task; firstMs: number }>;
  readonly agents: Map<string, number>;
  console: Console | undefined;
}

/** Two looks a second: the moments are that exact. */
const pauseMs = 500;
/** A build agent that ended this often before it was online will not do better. */
const mostFailures = 3;

export function beginWatch(watch: Omit<Watch, 'state'>): Watch {
  const state: WatchState = {
    beginMs: watch.ports.clock.now(),
    queueId: undefined,
    why: '',
    cancelled: false,
    tasks: new Map(),
    agents: new Map(),
    console: undefined,
  };
  return { ...watch, state };
}

/** What is there before the build is asked for is no result of it. */
export async function lookBefore(watch: Watch): Promise<void> {
  await lookAtAgents(watch, -1);
}

/** True when the build has ended; false when it stuck or its time is over. */
export async function follow(watch: Watch): Promise<boolean> {
  const { ports, state, record, timeoutMs } = watch;
  for (;;) {
    if (record.buildAgent === undefined) await lookAtAgents(watch, elapsed(watch));
    if (record.number === undefined) await lookAtQueue(watch);
    if (record.number !== undefined && (await lookAtBuild(watch, record.number))) return true;
    if (isHopeless(watch) || ports.clock.now() - state.beginMs >= timeoutMs) return false;
    await ports.clock.sleep(pauseMs, ports.signal);
  }
}

function isHopeless({ state, record }: Watch): boolean {
  if (state.cancelled) return true;
  const failures = [...state.tasks.values()].filter(
    ({ task, firstMs }) => firstMs >= 0 && hasFailed(task) && !wasOnline(state, task),
  );
  return record.number === undefined && failures.length >= mostFailures;
}

function wasOnline({ agents }: WatchState, task: Task): boolean {
  return [...agents.keys()].some((name) => isTaskOf(task, name));
}

export function elapsed({ ports, state }: Watch): number {
  return Math.round(ports.clock.now() - state.beginMs);
}

export function reached(watch: Watch, moment: BuildMoment, detail: string): void {
  const { record, report } = watch;
  if (record.moments[moment] !== undefined) return;
  record.moments[moment] = elapsed(watch);
  report({ kind: 'build', controller: record.controller, moment, detail });
}

/** Tasks of the framework in Mesos, and build agents that are online in Jenkins. */
async function lookAtAgents(watch: Watch, atMs: number): Promise<void> {
  const { client, mesos, framework } = watch;
  const [tasks, answer] = await Promise.all([mesos.tasks(framework), client.get(computersPath)]);
  for (const task of tasks ?? []) noteTask(watch, task, atMs);
  const agents = failed(answer) ? undefined : buildAgentsIn(jsonOf(answer));
  for (const agent of agents ?? []) noteAgent(watch, agent, atMs);
}

function noteTask(watch: Watch, task: Task, atMs: number): void {
  const { record, state } = watch;
  const known = state.tasks.get(task.id);
  state.tasks.set(task.id, { task, firstMs: known?.firstMs ?? atMs });
  const isNew = known === undefined && atMs >= 0;
  // The plugin leaves the name of its tasks empty; the id is the build agent's name (2.0).
  if (isNew && task.id.includes(record.label)) reached(watch, 'launched', task.id);
}

function noteAgent(watch: Watch, { name, online, labels }: BuildAgent, atMs: number): void {
  const { record, state } = watch;
  if (!online || state.agents.has(name)) return;
  state.agents.set(name, atMs);
  if (atMs >= 0 && labels.includes(record.label)) reached(watch, 'online', name);
}

async function lookAtQueue(watch: Watch): Promise<void> {
  const { client, record, state } = watch;
  const id = state.queueId ?? -1;
  const path = `/queue/item/${id}/api/json?tree=id,why,cancelled,executable[number]`;
  const answer = await client.get(path);
  const item = readAs(queueItem, answer);
  const isForgotten = !failed(answer) && answer.status === 404;
  record.number = isForgotten ? await byQueueId(watch, id) : item?.executable?.number;
  state.cancelled = item?.cancelled === true;
  if (record.number !== undefined) state.why = '';
  else waits(watch, item?.why ?? '');
}

function waits({ record, report, state, timeoutMs }: Watch, reason: string): void {
  if (reason === '') return;
  state.why = reason;
  const { controller } = record;
  report({ kind: 'build-waiting', controller, reason, deadlineMs: timeoutMs });
}

/** An item is forgotten some minutes after it left the queue (core 2.5xx); its build names it. */
async function byQueueId({ client, record }: Watch, id: number): Promise<number | undefined> {
  const answer = await client.get(`/job/${record.job}/api/json?tree=builds[number,queueId]`);
  return readAs(buildsAnswer, answer)?.builds.find(({ queueId }) => queueId === id)?.number;
}

/** True when it has ended. */
async function lookAtBuild(watch: Watch, number: number): Promise<boolean> {
  const { client, record, state } = watch;
  const path = `/job/${record.job}/${number}`;
  reached(watch, 'started', `build ${number}`);
  const answer = await client.get(
    `${path}/api/json?tree=building,result,duration,builtOn,artifacts[relativePath]`,
  );
  const build = readAs(buildAnswer, answer);
  if (build === undefined) return false;
  const builtOn = build.builtOn ?? '';
  if (builtOn !== '' && record.buildAgent === undefined) placed(watch, builtOn);
  state.console ??= createConsole(client, path);
  const ended = !build.building;
  await readConsole(watch, state.console, ended);
  if (!ended) return false;
  record.result = build.result ?? undefined;
  record.artifacts = build.artifacts.map(({ relativePath }) => relativePath);
  reached(watch, 'finished', build.result ?? '');
  trueStart(record, build.duration);
  return true;
}

/** A short build may be over at the first look: then its own length tells when it began. */
function trueStart({ moments }: BuildRecord, durationMs: number): void {
  const { online, launched, queued, started, finished } = moments;
  if (started === undefined || finished === undefined) return;
  const earliest = online ?? launched ?? queued ?? 0;
  moments.started = Math.max(earliest, Math.min(started, finished - durationMs));
}

/** Only now it is known which of several build agents the build got. */
function placed({ record, state }: Watch, builtOn: string): void {
  record.buildAgent = builtOn;
  const onlineMs = state.agents.get(builtOn);
  const launched = [...state.tasks.values()].find(({ task }) => isTaskOf(task, builtOn));
  record.reused = onlineMs !== undefined && onlineMs < 0;
  record.moments = {
    ...since('queued', record.moments.queued),
    ...since('launched', launched?.firstMs),
    ...since('online', onlineMs),
    ...since('started', record.moments.started),
  };
}

/** Nothing for what was there before. */
function since(moment: BuildMoment, ms: number | undefined): BuildRecord['moments'] {
  return ms === undefined || ms < 0 ? {} : { [moment]: ms };
}

async function readConsole(
  { record, report }: Watch,
  console: Console,
  all: boolean,
): Promise<void> {
  const lines = await console.read(all);
  if (lines.length === 0) return;
  record.console = [...record.console, ...lines].slice(-consoleLines);
  report({ kind: 'console', controller: record.controller, lines });
}
