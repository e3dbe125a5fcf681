import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import type { AgentInfo } from '../shared/mesos.ts';
import type { DrainWish } from './drain.ts';
import type { TaskRun } from './task-run.ts';

export interface Checkpointed {
  readonly info: AgentInfo;
  readonly runs: readonly TaskRun[];
  readonly drain: DrainWish | undefined;
}

export interface Checkpoint {
  /** The agent that this work_dir belongs to, if it ever registered. */
  readonly load: () => Checkpointed | undefined;
  readonly saveInfo: (info: AgentInfo) => void;
  readonly saveRun: (agentId: string, run: TaskRun) => void;
  readonly removeRun: (agentId: string, run: TaskRun) => void;
  /** `undefined`: no drain is under way any more. */
  readonly saveDrain: (agentId: string, wish: DrainWish | undefined) => void;
  /** The next start is that of a new agent. */
  readonly forgetIdentity: () => void;
}

/** The layout of the real one where operators touch it: `meta/slaves/latest` → the agent's id, `slave.info`. */
export function checkpointIn(workDir: string): Checkpoint {
  const slaves = join(workDir, 'meta', 'slaves');
  const latest = join(slaves, 'latest');
  const tasksOf = (agentId: string) => join(slaves, agentId, 'tasks');
  const drainOf = (agentId: string) => join(slaves, agentId, 'drain.config');
  return {
    load: () => {
      const id = linkTarget(latest);
      if (id === undefined) return undefined;
      const info = readJson(join(slaves, id, 'slave.info')) as AgentInfo;
      const runs = filesIn(tasksOf(id)).map((path) => readJson(path) as TaskRun);
      const drain = existsSync(drainOf(id)) ? (readJson(drainOf(id)) as DrainWish) : undefined;
      return { info, runs, drain };
    },
    saveInfo: (info) => {
      const id = info.id?.value ?? '';
      mkdirSync(tasksOf(id), { recursive: true });
      writeJson(join(slaves, id, 'slave.info'), info);
      rmSync(latest, { force: true });
      symlinkSync(join(slaves, id), latest);
    },
    saveRun: (agentId, run) => {
      mkdirSync(tasksOf(agentId), { recursive: true });
      writeJson(join(tasksOf(agentId), `${run.containerId}.json`), run);
    },
    removeRun: (agentId, run) => {
      rmSync(join(tasksOf(agentId), `${run.containerId}.json`), { force: true });
    },
    saveDrain: (agentId, wish) => {
      if (wish === undefined) rmSync(drainOf(agentId), { force: true });
      else writeJson(drainOf(agentId), wish);
    },
    forgetIdentity: () => {
      rmSync(latest, { force: true });
    },
  };
}

function linkTarget(path: string): string | undefined {
  try {
    return basename(readlinkSync(path));
  } catch {
    return undefined;
  }
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}

/** Never half a file: an agent killed while writing must find the old or the new one. */
function writeJson(path: string, value: unknown): void {
  writeFileSync(`${path}.tmp`, JSON.stringify(value));
  renameSync(`${path}.tmp`, path);
}
