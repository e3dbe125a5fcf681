import type { FrameworkInfo, Id, KillPolicy, Offer, TaskInfo, TaskStatus } from './mesos.ts';

/** Mesos' v1 scheduler API from the scheduler's side, in JSON (include/mesos/v1/scheduler.proto, 1.11). */
export const schedulerPath = '/api/v1/scheduler';
export const streamIdHeader = 'Mesos-Stream-Id';

export interface SubscribedMaster {
  readonly id: string;
  readonly hostname?: string;
  readonly version?: string;
  readonly domain?: Domain;
}

export interface Domain {
  readonly fault_domain?: {
    readonly region: { readonly name: string };
    readonly zone: { readonly name: string };
  };
}

/** An offer says where its agent is, if the agent says so. */
export type LocatedOffer = Offer & { readonly domain?: Domain };

interface TaskReference {
  readonly task_id: Id;
  readonly agent_id?: Id;
}

/** How long what an offer has is not offered again; 5 s unless told. */
interface Filters {
  readonly refuse_seconds?: number;
}

/** What a scheduler says after SUBSCRIBE; whoever sends adds the framework's id. */
export type SchedulerMessage =
  | {
      readonly type: 'ACCEPT';
      readonly accept: {
        readonly offer_ids: readonly Id[];
        readonly operations: readonly {
          readonly type: 'LAUNCH';
          readonly launch: { readonly task_infos: readonly TaskInfo[] };
        }[];
        readonly filters?: Filters;
      };
    }
  | {
      readonly type: 'DECLINE';
      readonly decline: { readonly offer_ids: readonly Id[]; readonly filters?: Filters };
    }
  | { readonly type: 'REVIVE'; readonly revive: { readonly roles: readonly string[] } }
  | { readonly type: 'SUPPRESS'; readonly suppress: { readonly roles: readonly string[] } }
  | { readonly type: 'KILL'; readonly kill: TaskReference & { readonly kill_policy?: KillPolicy } }
  | { readonly type: 'RECONCILE'; readonly reconcile: { readonly tasks: readonly TaskReference[] } }
  | {
      readonly type: 'ACKNOWLEDGE';
      readonly acknowledge: { readonly agent_id: Id; readonly task_id: Id; readonly uuid: string };
    }
  | {
      readonly type: 'UPDATE_FRAMEWORK';
      readonly update_framework: {
        readonly framework_info: FrameworkInfo;
        readonly suppressed_roles: readonly string[];
      };
    };

export interface Subscribed {
  readonly framework_id: Id;
  readonly heartbeat_interval_seconds?: number;
  readonly master_info?: SubscribedMaster;
}

/** What comes down the stream. */
export type SchedulerEvent =
  | { readonly type: 'SUBSCRIBED'; readonly subscribed: Subscribed }
  | { readonly type: 'HEARTBEAT' }
  | { readonly type: 'OFFERS'; readonly offers: { readonly offers: readonly LocatedOffer[] } }
  | { readonly type: 'UPDATE'; readonly update: { readonly status: TaskStatus } }
  | { readonly type: 'RESCIND'; readonly rescind: { readonly offer_id: Id } }
  | { readonly type: 'FAILURE'; readonly failure: unknown }
  | {
      readonly type: 'MESSAGE';
      /** Of an executor; `data` is Base64. */
      readonly message: {
        readonly agent_id: Id;
        readonly executor_id: Id;
        readonly data: string;
      };
    }
  | { readonly type: 'ERROR'; readonly error: { readonly message: string } };
