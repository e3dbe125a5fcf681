import type { ClusterSpec } from '../config/cluster-spec.ts';
import type { Sight } from '../health/sight.ts';
import type { Ports, RemoteHost } from '../ports.ts';
import type { Phase } from '../services/service.ts';
import type { Report } from './events.ts';

/** What the stages work with. */
export interface Run {
  readonly spec: ClusterSpec;
  readonly ports: Ports;
  readonly report: Report;
  readonly remotes: ReadonlyMap<string, RemoteHost>;
  readonly sight: Sight;
}

/** One step that changed something. */
export interface Change {
  readonly phase: Phase;
  readonly host: string;
  readonly step: string;
}
