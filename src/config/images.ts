import type { Images } from './cluster-spec.ts';

export type ImageName = Exclude<keyof Images, 'keepalived'> | 'jenkins';

export interface DefaultImage {
  readonly reference: string;
  /** True once somebody started the stack with exactly this reference. */
  readonly verified: boolean;
}

/** What runs where the cluster file names no image. Raise a version here and nowhere else. */
export const defaultImages: Readonly<Record<ImageName, DefaultImage>> = {
  zookeeper: { reference: 'zookeeper:3.9.5', verified: false },
  // The Mesos plugin 2.0 of Jenkins refuses masters before 1.9, and the mesosphere images end earlier.
  mesosMaster: { reference: 'indigodatacloud/mesos-master:1.9.0', verified: false },
  mesosAgent: { reference: 'indigodatacloud/mesos-slave:1.9.0', verified: false },
  marathon: { reference: 'mesosphere/marathon:v1.11.24', verified: false },
  // 3.2 is a long-term line, maintained until 2030; its tag moves with the fixes only.
  haproxy: { reference: 'haproxy:3.2', verified: false },
  jenkins: { reference: 'jenkins/jenkins:2.568.2-lts-jdk21', verified: false },
};
