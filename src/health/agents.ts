import { z } from 'zod';
import type { ClusterSpec, Host } from '../config/cluster-spec.ts';
import type { RegisteredAgent } from '../plan/observed.ts';
import { readLeader } from './operator-api.ts';
import type { Sight } from './sight.ts';

const scalar = z.object({ value: z.number() });
const range = z.object({ begin: z.number(), end: z.number() });
const ranges = z.object({ range: z.array(range).default([]) });

const resource = z.object({
  name: z.string(),
  scalar: scalar.optional(),
  ranges: ranges.optional(),
});

const attribute = resource.extend({ text: z.object({ value: z.string() }).optional() });

const time = z.object({ nanoseconds: z.number() }).optional();

const agentsAnswer = z.object({
  get_agents: z.object({
    agents: z
      .array(
        z.object({
          active: z.boolean(),
          deactivated: z.boolean().default(false),
          drain_info: z.object({ state: z.string() }).optional(),
          registered_time: time,
          reregistered_time: time,
          agent_info: z.object({
            id: z.object({ value: z.string() }).default({ value: '' }),
            hostname: z.string(),
            port: z.number().default(5051),
            attributes: z.array(attribute).default([]),
          }),
          total_resources: z.array(resource).default([]),
        }),
      )
      .default([]),
  }),
});

type Answered = z.output<typeof agentsAnswer>['get_agents']['agents'][number];

/** Undefined where no leader tells. Those that were unreachable for long are not among them (1.12). */
export async function readAgents(
  sight: Sight,
  leader: string | undefined,
): Promise<readonly RegisteredAgent[] | undefined> {
  const answer = await readLeader(sight, leader, 'GET_AGENTS');
  return agentsAnswer.safeParse(answer).data?.get_agents.agents.map(registered);
}

/** The Mesos agent of a host: agents register with their address as hostname. */
export function agentOf(
  { mesos }: Pick<ClusterSpec, 'mesos'>,
  host: Pick<Host, 'address'>,
  agents: readonly RegisteredAgent[],
): RegisteredAgent | undefined {
  return agents.find(({ hostname, port }) => hostname === host.address && port === mesos.agentPort);
}

function registered({ active, deactivated, drain_info, ...rest }: Answered): RegisteredAgent {
  const { agent_info: info, total_resources: total } = rest;
  const { registered_time: first, reregistered_time: last } = rest;
  const amount = (name: string) => total.find((one) => one.name === name)?.scalar?.value ?? 0;
  return {
    id: info.id.value,
    hostname: info.hostname,
    port: info.port,
    state: stateOf({ active, deactivated, drain: drain_info?.state }),
    registeredNs: (last ?? first)?.nanoseconds ?? 0,
    attributes: Object.fromEntries(info.attributes.map((one) => [one.name, valueOf(one)])),
    cpus: amount('cpus'),
    memoryMb: amount('mem'),
    diskMb: amount('disk'),
    ports: total.find(({ name }) => name === 'ports')?.ranges?.range ?? [],
  };
}

interface Flags {
  readonly active: boolean;
  readonly deactivated: boolean;
  readonly drain: string | undefined;
}

function stateOf({ active, deactivated, drain }: Flags): RegisteredAgent['state'] {
  if (drain === 'DRAINING') return 'draining';
  if (drain === 'DRAINED') return 'drained';
  if (deactivated) return 'deactivated';
  return active ? 'active' : 'disconnected';
}

function valueOf({ text, scalar: number, ranges: some }: z.output<typeof attribute>): string {
  const spans = some?.range.map(({ begin, end }) => `${begin}-${end}`).join(',');
  return text?.value ?? (number === undefined ? `[${spans ?? ''}]` : String(number.value));
}
