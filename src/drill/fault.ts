/** What is done on one host; `templates/remote/drill` carries it out and takes it back. */
export type HostFault =
  /** SIGKILL to the process of the container, by its PID on the host: a crash, as Docker sees it. */
  | { readonly kind: 'kill'; readonly container: string }
  /** `docker stop`: an orderly end, and no restart by Docker. */
  | { readonly kind: 'stop'; readonly container: string }
  | { readonly kind: 'pause'; readonly container: string }
  | { readonly kind: 'restart'; readonly container: string }
  /** Packets that a rule describes are dropped, in an iptables chain of the drill's own. */
  | { readonly kind: 'cut'; readonly rules: readonly CutRule[] }
  /** Of those packets this share is dropped. */
  | { readonly kind: 'loss'; readonly percent: number; readonly rules: readonly CutRule[] }
  /** Packets to these addresses leave later (netem). */
  | {
      readonly kind: 'delay';
      readonly ms: number;
      readonly jitterMs: number;
      readonly addresses: readonly string[];
    }
  /** The wall clock jumps; `seconds` may be negative. */
  | { readonly kind: 'clock-step'; readonly seconds: number }
  | { readonly kind: 'restart-docker' }
  | { readonly kind: 'reboot' };

/**
 * Seen from the host: traffic with `peers` (all but the operator's way in and loopback if undefined) in
 * the direction `way`. With `port`: of TCP connections to that port on the other side, or on this one,
 * the host's own members over loopback included where `own` says so.
 */
export interface CutRule {
  readonly way: 'in' | 'out' | 'both';
  readonly peers: readonly string[] | undefined;
  readonly port: number | undefined;
  readonly side: 'theirs' | 'ours' | 'either';
  readonly own: boolean;
}

/** What is done by a call to a service instead of on a host. */
export type CallFault =
  | { readonly kind: 'abdicate' }
  /** Marathon kills the one task of a controller, which it starts again. */
  | { readonly kind: 'kill-task'; readonly app: string };

export interface Strike {
  readonly host: string;
  readonly fault: HostFault;
}

/** One after the other or at once; `holdMs` later the fault is taken back, 0 if it is one of a moment. */
export type Attack =
  | {
      readonly kind: 'hosts';
      /** Those of one host in this order. */
      readonly strikes: readonly Strike[];
      readonly holdMs: number;
      /** `recovered`: taken back as soon as all that does not wait for it was seen, `holdMs` at most. */
      readonly until?: 'held' | 'recovered' | undefined;
    }
  /**
   * Each when the gate of the service holds again after the one before; `holdMs` is how long each
   * stays in effect, 0 or undefined if it is one of a moment.
   */
  | {
      readonly kind: 'in-turn';
      readonly strikes: readonly Strike[];
      readonly holdMs?: number | undefined;
    }
  | { readonly kind: 'call'; readonly call: CallFault };
