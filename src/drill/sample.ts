/** Milliseconds of the operator's clock that never jumps, counted from the begin of the drill. */
export type Ms = number;

/** What one probe saw. `at` is when it was sent. */
export interface Sample {
  readonly at: Ms;
  readonly tookMs: number;
  /** `operator`, or the host it was sent from. */
  readonly from: string;
  readonly seen: Seen;
  /** Equal ones in a row are kept as one. Undefined: it stands for itself alone. */
  readonly same?: Same | undefined;
}

/** A run of equal samples of one probe; `at` and `tookMs` are those of the first. */
export interface Same {
  readonly count: number;
  /** When the last was sent. */
  readonly until: Ms;
  /** Between two that were sent one after the other. */
  readonly longestGapMs: number;
}

/**
 * Errors that tell nothing about the service: the probe was not sent, or did not get as far as the
 * host. All others are an observation: nothing listens, no answer in time.
 */
export const blindErrors = ['skipped', 'not-connected', 'forwarding-refused'] as const;
export type BlindError = (typeof blindErrors)[number];

/** One kind for each probe. `error` where there was no answer: `refused`, `timeout`, `closed` … */
export type Seen =
  | {
      readonly probe: 'zookeeper';
      readonly host: string;
      readonly mode: 'leader' | 'follower' | 'standalone' | 'looking' | undefined;
      /** Top 32 bits of the zxid. */
      readonly epoch: number | undefined;
      readonly error: string | undefined;
    }
  /** Of the leader (`mntr`): followers in step. */
  | {
      readonly probe: 'zookeeper-synced';
      readonly host: string;
      readonly synced: number | undefined;
      readonly error?: string | undefined;
    }
  | {
      readonly probe: 'write';
      readonly host: string;
      readonly value: string;
      readonly acknowledged: boolean;
      readonly error: string | undefined;
    }
  /** `POST /api/v1`: 200 leads, 307 stands by, 503 has none. */
  | {
      readonly probe: 'mesos';
      readonly host: string;
      readonly status: number | undefined;
      readonly error: string | undefined;
    }
  /** What the leading master tells of its cluster. */
  | {
      readonly probe: 'mesos-state';
      readonly host: string;
      /** Agents that are active, by id. */
      readonly agents: readonly string[];
      readonly frameworks: readonly string[];
      /** Tasks that run: `framework/task@agent`. */
      readonly tasks: readonly string[];
      readonly error?: string | undefined;
    }
  /** Leaders by their znodes: hosts, undefined where nobody leads. */
  | {
      readonly probe: 'elected';
      readonly host: string;
      readonly mesos: string | undefined;
      readonly marathon: string | undefined;
      readonly error?: string | undefined;
    }
  | {
      readonly probe: 'marathon';
      readonly host: string;
      readonly leader: string | undefined;
      readonly elected: boolean | undefined;
      readonly frameworkId: string | undefined;
      readonly error: string | undefined;
    }
  | {
      readonly probe: 'apps';
      readonly host: string;
      readonly tasks: readonly string[];
      readonly error?: string | undefined;
    }
  /** The login page, through a gateway. */
  | {
      readonly probe: 'jenkins';
      readonly host: string;
      readonly controller: string;
      readonly status: number | undefined;
      readonly error: string | undefined;
    }
  /** The port of a gateway accepts connections. */
  | {
      readonly probe: 'gateway';
      readonly host: string;
      readonly open: boolean;
      readonly error?: string | undefined;
    };

export type ProbeName = Seen['probe'];
