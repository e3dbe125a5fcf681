import { isTerminal, type Resource, type TaskStatus } from '../../shared/mesos.ts';
import type { Domain, LocatedOffer } from '../../shared/scheduler-wire.ts';
import type { SchedulerEvent, SchedulerMessage } from '../../shared/scheduler-wire.ts';
import type { JenkinsLog } from '../cloud.ts';
import type { OfferInterest } from './offer-interest.ts';
import { match, type Pod, type Refusal } from './offer-match.ts';

export interface LogicOptions {
  readonly send: (message: SchedulerMessage) => void;
  readonly interest: OfferInterest;
  readonly masterDomain: Domain | undefined;
  /** Names of all agents ever launched by this Jenkins; kept over connections. */
  readonly records: Set<string>;
  readonly log: JenkinsLog;
  readonly onStatus: (name: string, status: TaskStatus) => void;
  readonly onLaunched: (name: string) => void;
  readonly onRefused: (name: string, by: Refusal) => void;
}

const logger = 'com.mesosphere.usi.core.logic.MesosEventsLogic';

/**
 * USI's scheduler over one connection. What it knows goes with the connection: launches that found no offer
 * are forgotten, and tasks without a status since then cannot be killed (`SchedulerLogicHandler` starts from
 * the records alone, `SpecLogic.killPod` from the statuses).
 */
export class SchedulerLogic {
  readonly #options: LogicOptions;
  readonly #pods = new Map<string, Pod>();
  readonly #statuses = new Map<string, TaskStatus>();

  constructor(options: LogicOptions) {
    this.#options = options;
  }

  launch(pod: Pod): void {
    if (this.#options.records.has(pod.name)) return;
    this.#pods.set(pod.name, pod);
    this.#options.interest.want(this.#pods.keys());
  }

  kill(name: string): void {
    if (this.#pods.delete(name)) this.#options.interest.want(this.#pods.keys());
    const status = this.#statuses.get(name);
    if (status === undefined) return;
    const { task_id, agent_id } = status;
    this.#options.send({
      type: 'KILL',
      kill: { task_id, ...(agent_id === undefined ? {} : { agent_id }) },
    });
  }

  handle(event: SchedulerEvent): void {
    if (event.type === 'OFFERS') {
      for (const offer of event.offers.offers) this.#offered(offer);
    } else if (event.type === 'UPDATE') this.#updated(event.update.status);
    else {
      const text = `No handler defined for event ${event.type} - ${JSON.stringify(event)}`;
      if (event.type !== 'HEARTBEAT') this.#options.log('WARNING', logger, text);
    }
  }

  #offered(offer: LocatedOffer): void {
    const launched = this.#matches(offer);
    if (launched.length === 0) {
      this.#decline(offer);
      return;
    }
    const { send, records, onLaunched, interest, log } = this.#options;
    const names = launched.map(({ pod }) => pod.name);
    log('INFO', logger, `Launching taskIds : [${names.join(', ')}] for offerId ${offer.id.value}`);
    send({
      type: 'ACCEPT',
      accept: { offer_ids: [offer.id], operations: launched.map(launchOf(offer)) },
    });
    for (const name of names) {
      this.#pods.delete(name);
      records.add(name);
      onLaunched(name);
    }
    interest.want(this.#pods.keys());
  }

  #matches(offer: LocatedOffer): Launch[] {
    const { masterDomain, onRefused } = this.#options;
    let left: readonly Resource[] = offer.resources;
    return [...this.#pods.values()].flatMap((pod) => {
      const result = match(pod, offer, { left, masterDomain });
      if (result.kind === 'refused') {
        onRefused(pod.name, result.by);
        return [];
      }
      ({ left } = result);
      return [{ pod, resources: result.taken }];
    });
  }

  /** Without a filter, so Mesos' 5 s hold. */
  #decline(offer: LocatedOffer): void {
    const names = [...this.#pods.keys()];
    const reason =
      names.length === 0
        ? 'as there are no specs to be launched'
        : `due to unmet requirement for pods : [${names.join(', ')}]`;
    const { log, send } = this.#options;
    log('INFO', logger, `Declining offer with id [${offer.id.value}] ${reason}`);
    send({ type: 'DECLINE', decline: { offer_ids: [offer.id] } });
  }

  #updated(status: TaskStatus): void {
    const { task_id, agent_id, uuid, state } = status;
    const name = task_id.value;
    this.#options.log(
      'INFO',
      logger,
      `Received task status update from taskId ${name} and podId ${name} with status ${state}`,
    );
    this.#statuses.set(name, status);
    if (uuid !== undefined && agent_id !== undefined) {
      this.#options.send({ type: 'ACKNOWLEDGE', acknowledge: { agent_id, task_id, uuid } });
    }
    this.#options.onStatus(name, status);
  }
}

interface Launch {
  readonly pod: Pod;
  readonly resources: readonly Resource[];
}

/** One operation for each, as USI does. */
function launchOf(offer: LocatedOffer) {
  return ({ pod, resources }: Launch) => ({
    type: 'LAUNCH' as const,
    launch: { task_infos: [{ ...pod.task, agent_id: offer.agent_id, resources }] },
  });
}

/** `PodStatus.isTerminalOrUnreachable`: whatever does not start or run, TASK_KILLING and unknown ones too. */
export function isOver({ state }: TaskStatus): boolean {
  return isTerminal(state) || !['TASK_STAGING', 'TASK_STARTING', 'TASK_RUNNING'].includes(state);
}
