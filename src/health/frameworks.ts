import { z } from 'zod';
import type { JenkinsController } from '../config/cluster-spec.ts';
import { readLeader } from './operator-api.ts';
import type { OrphanFramework } from './model.ts';
import type { Sight } from './sight.ts';

const time = z.object({ nanoseconds: z.number() }).optional();

const frameworksAnswer = z.object({
  get_frameworks: z.object({
    frameworks: z
      .array(
        z.object({
          framework_info: z.object({ name: z.string(), id: z.object({ value: z.string() }) }),
          active: z.boolean().default(false),
          connected: z.boolean().default(false),
          registered_time: time,
          reregistered_time: time,
        }),
      )
      .default([]),
  }),
});

/** A framework as the leading master has it now. */
export interface Framework {
  readonly id: string;
  readonly name: string;
  /** Gets offers. */
  readonly active: boolean;
  /** Its stream of events is open. */
  readonly connected: boolean;
  /** ISO 8601; undefined of one that a new leader knows from its agents alone. */
  readonly registered: string | undefined;
}

/** Undefined where no leader tells. Completed frameworks are not among them. */
export async function readFrameworks(
  sight: Sight,
  leader: string | undefined,
): Promise<readonly Framework[] | undefined> {
  const answer = frameworksAnswer.safeParse(await readLeader(sight, leader, 'GET_FRAMEWORKS'));
  return answer.data?.get_frameworks.frameworks.map((framework) => ({
    id: framework.framework_info.id.value,
    name: framework.framework_info.name,
    active: framework.active,
    connected: framework.connected,
    registered: dateOf(framework.reregistered_time ?? framework.registered_time),
  }));
}

function dateOf(moment: z.output<typeof time>): string | undefined {
  const ms = Math.floor((moment?.nanoseconds ?? 0) / 1e6);
  return ms === 0 ? undefined : new Date(ms).toISOString();
}

/** The name under which Marathon registers; set by us in its environment. */
const marathonName = 'marathon';

/**
 * Frameworks that a controller left behind: its name, not its id, and nobody connected. Marathon and
 * every configured id are no orphans whatever they are called.
 */
export function orphansAmong(
  frameworks: readonly Framework[],
  controllers: readonly JenkinsController[],
  marathonId?: string,
): readonly OrphanFramework[] {
  const ours = new Set(controllers.map(({ framework }) => framework.id));
  return frameworks.flatMap(({ id, name, active, connected, registered }) => {
    const owner = controllers.find(({ framework }) => framework.name === name);
    const isOrphan = !active && !connected && !ours.has(id);
    if (owner === undefined || !isOrphan || id === marathonId || name === marathonName) return [];
    return [{ id, name, controller: owner.name, registered }];
  });
}

/** Why builds get no build agents through Mesos; empty if the framework is as it should be. */
export function frameworkFault(
  { framework }: JenkinsController,
  frameworks: readonly Framework[],
): string {
  const own = frameworks.find(({ id }) => id === framework.id);
  const another = frameworks.find(
    ({ id, name, connected }) => name === framework.name && id !== framework.id && connected,
  );
  if (own?.connected !== true && another !== undefined) {
    return `registered with Mesos as ${another.id}, not as ${framework.id}`;
  }
  if (own === undefined) return `no framework ${framework.id} on the leading Mesos master`;
  if (!own.connected) return `framework ${framework.id} is not connected to the leading master`;
  return own.active ? '' : `framework ${framework.id} is connected but gets no offers`;
}
