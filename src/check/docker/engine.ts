import type { DockerFacts } from '../../plan/facts.ts';
import { eachKnown, type Check, type Judged } from '../check.ts';
import { skipped } from '../check-result.ts';
import type { Known, Scene } from '../scene.ts';

/** A host whose Docker Engine answers. */
export interface Engine extends Known {
  readonly docker: Extract<DockerFacts, { readonly kind: 'running' }>;
}

type Judgement = Omit<Judged, 'host'>;

/** A judge of running engines; where none runs, there is nothing to see. */
export function eachEngine(judge: (engine: Engine, scene: Scene) => Judgement): Check['judge'] {
  return eachKnown((known, scene) => {
    const { docker } = known.facts;
    if (docker.kind === 'running') return judge({ ...known, docker }, scene);
    return skipped('no Docker Engine runs there', 'Run the check again after init.');
  });
}
