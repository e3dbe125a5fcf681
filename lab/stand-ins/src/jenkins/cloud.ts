import type { Clock } from '../shared/clock.ts';
import type { Nodes } from './nodes.ts';

/** What makes build agents on demand; asked whenever a buildable item has no node. */
export interface Cloud {
  readonly name: string;
  /** True if a template of this cloud has that label; undefined: a job without a label. */
  provides(label: string | undefined): boolean;
  /** One more build agent for this label is wanted; returns at once. */
  provision(label: string): void;
  /**
   * Agents planned or launching for the label that are not online yet, whether their nodes have been
   * added or not. No more are asked for than items wait beyond these.
   */
  pending(label: string): number;
  /**
   * A node that this cloud made (its `owner`) is gone from `nodes`: idle for too long, or deleted by
   * hand. What runs its agent has to end. Not called for nodes that the cloud removed itself.
   */
  terminate(node: string): void;
  start(): void;
  /** Before the configuration is made anew, and at the end; its nodes may stay. */
  stop(): Promise<void>;
}

/** What a cloud is given. */
export interface CloudHost {
  readonly nodes: Nodes;
  readonly log: JenkinsLog;
  readonly clock: Clock;
  /** The configured address of this controller, ending in `/`; for a cloud without its own. */
  readonly jenkinsUrl: string;
  /** A Java property (`-Dname=value`) of the controller, such as `usi.jenkins.agent-timeout`. */
  readonly property: (name: string) => string | undefined;
}

/** One line in the form of Jenkins' own log; the logger is the class that speaks. */
export type JenkinsLog = (
  level: 'INFO' | 'WARNING' | 'SEVERE',
  logger: string,
  message: string,
) => void;
