import type { ClusterSpec } from '../config/cluster-spec.ts';
import type { Sight } from '../health/sight.ts';
import type { Ports, RemoteHost } from '../ports.ts';
import type { Secret } from '../secret.ts';
import type { Phase } from '../services/service.ts';
import type { Report } from './events.ts';

/** What the stages work with. */
export interface Run {
  readonly spec: ClusterSpec;
  readonly ports: Ports;
  readonly report: Report;
  readonly remotes: ReadonlyMap<string, RemoteHost>;
  readonly sight: Sight;
  /** Of build agents that Marathon runs: filled by one step, written to hosts by the next. */
  readonly agentSecrets: Map<string, Secret>;
}

/** One step that changed something. */
export interface Change {
  readonly phase: Phase;
  readonly host: string;
  readonly step: string;
}
