import { defaultManners } from '../supervise.ts';
import type { Manners } from '../supervise.ts';

/** Every bound of the SSH adapter in one place; tests give shorter ones. */
export interface SshTiming extends Manners {
  /** From the start of the TCP connection to the end of authentication. */
  readonly readyTimeoutMs: number;
  readonly keepaliveIntervalMs: number;
  readonly keepaliveCount: number;
  /** Connections that are being opened at the same time. */
  readonly startsAtOnce: number;
  /** Spreads starts when there are many, so that a bastion or firewall sees no burst. */
  readonly startJitterMs: number;
  /** First pause before another attempt at a host whose sshd sheds load; doubles each time. */
  readonly retryPauseMs: number;
  readonly retries: number;
  /** sshd's MaxSessions is 10 by default (OpenSSH 9.2). */
  readonly sessionsPerHost: number;
  readonly forwardsPerHost: number;
  /** How long an orderly close may take before the socket is dropped. */
  readonly closeMs: number;
}

export const defaultTiming: SshTiming = {
  readyTimeoutMs: 20_000,
  keepaliveIntervalMs: 5_000,
  keepaliveCount: 3,
  startsAtOnce: 32,
  startJitterMs: 100,
  retryPauseMs: 400,
  retries: 5,
  sessionsPerHost: 8,
  forwardsPerHost: 16,
  ...defaultManners,
  closeMs: 2_000,
};
