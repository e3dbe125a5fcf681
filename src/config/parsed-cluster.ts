import type { Argv } from '../ports.ts';
import type { ClusterSpec, JenkinsController } from './cluster-spec.ts';

/** Where a secret is kept; the cluster file never has the value. */
export type SecretReference =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'env'; readonly name: string }
  /** `folder` is the one of the cluster file. */
  | { readonly kind: 'command'; readonly argv: Argv; readonly folder: string };

/** Everything that the file alone decides: a ClusterSpec but for the secrets. */
export interface ParsedCluster extends Omit<ClusterSpec, 'jenkins'> {
  readonly jenkins: readonly ParsedController[];
}

export interface ParsedController extends Omit<JenkinsController, 'admin' | 'fragments'> {
  readonly admin: { readonly user: string; readonly password: SecretReference };
  /** Folder on the operator's machine with further JCasC files. */
  readonly cascFolder: string | undefined;
}

/** What the meaning of relative paths depends on. */
export interface Origin {
  /** Of the cluster file, as given on the command line. */
  readonly path: string;
  /** Of the operator; `~/` stands for it. */
  readonly home: string;
}
