import type { BuildAgentTemplate, JenkinsController } from '../config/cluster-spec.ts';
import type { BuildAgent } from '../health/builds.ts';
import type { Framework } from '../health/frameworks.ts';
import type { PoolAgent, RoleUse, TaskEnd } from './mesos-view.ts';

/** All that is known of a build that did not start or not end. Undefined: nobody told. */
export interface Observations {
  readonly controller: JenkinsController;
  readonly label: string;
  readonly job: string;
  /** Of the cluster file; undefined for a label that a JCasC fragment brings. */
  readonly template: BuildAgentTemplate | undefined;
  readonly waitedMs: number;
  /** Set once the build runs. */
  readonly number: number | undefined;
  readonly console: readonly string[];
  /** Jenkins' own words for why the build waits. */
  readonly why: string;
  /** Undefined: Jenkins does not answer, for the reason in `silence`. */
  readonly jenkins: { readonly quietingDown: boolean } | undefined;
  readonly silence: string;
  /** What Jenkins has for the label. */
  readonly supply: { readonly clouds: number; readonly nodes: number } | undefined;
  readonly buildAgents: readonly BuildAgent[] | undefined;
  readonly frameworks: readonly Framework[] | undefined;
  /** Of the controller's framework, launched since the build was asked for; oldest first. */
  readonly tasks: readonly TaskEnd[];
  readonly agents: readonly PoolAgent[] | undefined;
  readonly role: RoleUse | undefined;
  /** Name of the host in the cluster file for a Mesos agent's address. */
  readonly nameOf: (address: string) => string;
}
