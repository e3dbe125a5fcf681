import type { ClusterSpec } from '../config/cluster-spec.ts';
import type { Secret } from '../secret.ts';

/** Every secret of the cluster file, to be taken out of what hosts say. */
export function secretsOf({ jenkins }: ClusterSpec): readonly Secret[] {
  return jenkins.map(({ admin }) => admin.password);
}
