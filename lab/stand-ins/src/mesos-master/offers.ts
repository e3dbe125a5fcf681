import type { Offer } from '../shared/mesos.ts';
import { toResources, type Amounts } from '../shared/resources.ts';
import type { Core } from './core.ts';
import { countFor } from './framework-metrics.ts';
import { addressOf, machineInfo } from './machines.ts';
import type { Agent, Framework, OpenOffer } from './state.ts';

export interface Grant {
  readonly framework: Framework;
  readonly agent: Agent;
  readonly role: string;
  readonly amounts: Amounts;
}

/** Opens an offer; sending it is the caller's, so that one event can carry several. */
export function openOffer(core: Core, grant: Grant): OpenOffer {
  const id = `${core.info.id}-O${core.state.nextOffer++}`;
  const { offerTimeoutMs } = core.settings;
  const open: OpenOffer = {
    offer: describe(core, id, grant),
    agentId: grant.agent.id,
    frameworkId: grant.framework.id,
    role: grant.role,
    amounts: grant.amounts,
    cancelTimeout:
      offerTimeoutMs === undefined
        ? () => undefined
        : core.clock.after(offerTimeoutMs, () => {
            rescind(core, open);
          }),
  };
  core.state.offers.set(id, open);
  return open;
}

function describe(core: Core, id: string, grant: Grant): Offer & { unavailability?: object } {
  const { framework, agent, role, amounts } = grant;
  const ip = addressOf(agent.pid);
  const scheduled = machineInfo(core, agent);
  return {
    id: { value: id },
    framework_id: { value: framework.id },
    agent_id: { value: agent.id },
    hostname: agent.info.hostname,
    url: {
      scheme: 'http',
      address: { hostname: agent.info.hostname, ip, port: agent.info.port },
      path: '/slave(1)',
    },
    resources: toResources(amounts, role),
    attributes: agent.info.attributes,
    allocation_info: { role },
    ...(scheduled === undefined ? {} : { unavailability: scheduled.unavailability }),
  };
}

/** Takes the offer out of the books without a word: it was used or declined. */
export function closeOffer(core: Core, open: OpenOffer): void {
  open.cancelTimeout();
  core.state.offers.delete(open.offer.id.value);
}

function rescind(core: Core, open: OpenOffer): void {
  closeOffer(core, open);
  const framework = core.state.frameworks.get(open.frameworkId);
  countFor(core, open.frameworkId, { name: 'offers/rescinded' });
  framework?.stream?.send({ type: 'RESCIND', rescind: { offer_id: open.offer.id } });
}

export function rescindWhere(core: Core, isAffected: (open: OpenOffer) => boolean): void {
  for (const open of [...core.state.offers.values()].filter(isAffected)) rescind(core, open);
}

/** Mesos' default when a call says nothing (scheduler.proto `Filters.refuse_seconds`). */
const defaultRefuseSeconds = 5;

/** After a decline, and for what a launch left over. */
export function refuse(
  core: Core,
  open: OpenOffer,
  refusal: { readonly amounts: Amounts; readonly refuseSeconds: number | undefined },
): void {
  const framework = core.state.frameworks.get(open.frameworkId);
  const wantedMs = (refusal.refuseSeconds ?? defaultRefuseSeconds) * 1000;
  // 0 means no filter at all; anything shorter than an allocation would never be felt (hierarchical.cpp, 1.11).
  if (framework === undefined || wantedMs <= 0) return;
  const lastsMs = Math.max(core.settings.allocationIntervalMs, wantedMs);
  framework.filters.push({
    agentId: open.agentId,
    role: open.role,
    refused: refusal.amounts,
    until: core.clock.now() + lastsMs,
  });
}
