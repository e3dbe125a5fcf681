import type { ClusterSpec, JenkinsController } from '../config/cluster-spec.ts';
import type { Demands } from './image-contract.ts';

/** An image and what the cluster file wants it for. */
export interface ImagePart {
  readonly image: string;
  readonly demands: Demands;
}

/** Every image with a contract, once for each part that it has. */
export function partsOfImages(spec: ClusterSpec): readonly ImagePart[] {
  const parts = [...spec.jenkins.flatMap(partsOf), agentPart(spec)];
  const keys = parts.map(({ image, demands }) => `${image} ${demands.kind}`);
  return parts.filter((_part, index) => keys.indexOf(keys[index] ?? '') === index);
}

function agentPart({ images }: ClusterSpec): ImagePart {
  return {
    image: images.mesosAgent,
    demands: { kind: 'mesos-agent', core: undefined, plugins: {} },
  };
}

function partsOf({ image, plugins, buildAgents }: JenkinsController): ImagePart[] {
  const core = coreOf(image);
  return [
    { image, demands: { kind: 'controller', core, plugins } },
    ...buildAgents.map((template): ImagePart => ({
      image: template.image,
      demands: { kind: 'build-agent', core, plugins: {} },
    })),
  ];
}

/** The official image's tag begins with the version of the core. */
function coreOf(image: string): string | undefined {
  return /jenkins\/jenkins:(\d+\.\d+(?:\.\d+)?)/.exec(image)?.[1];
}
