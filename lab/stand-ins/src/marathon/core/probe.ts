export interface Target {
  readonly protocol: 'http' | 'https' | 'tcp';
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly timeoutMs: number;
  /** Of HTTP: the answers that count as good, 200 to 399 unless named. */
  readonly goodStatuses?: readonly number[];
}

/** Undefined: healthy; otherwise what went wrong. */
export type Probe = (target: Target) => Promise<string | undefined>;
