import type { ClusterSpec, JenkinsController } from '../config/cluster-spec.ts';
import { ClusterError } from '../errors.ts';
import type { Wanted } from '../build/run-builds.ts';
import { unknownName } from './unknown-name.ts';

/** The controller of that name, or all of them. */
export function chosenControllers(
  { jenkins }: ClusterSpec,
  name: string | undefined,
): readonly JenkinsController[] {
  if (name === undefined) return jenkins;
  const chosen = jenkins.filter((controller) => controller.name === name);
  if (chosen.length > 0) return chosen;
  throw unknownName(
    'controller',
    name,
    jenkins.map((controller) => controller.name),
  );
}

/** Which builds to run: each chosen controller that has a label to build with. */
export function chosenBuilds(
  spec: ClusterSpec,
  { controller: name, label }: { readonly controller?: string; readonly label?: string },
): readonly Wanted[] {
  const chosen = chosenControllers(spec, name);
  const wanted = chosen.flatMap((controller) => wantedOf(controller, label));
  if (wanted.length > 0) return wanted;
  if (label !== undefined) {
    const known = chosen.flatMap(({ buildAgents }) => buildAgents.map((one) => one.label));
    throw unknownName('label', label, [...new Set(known)]);
  }
  const names = chosen.map((controller) => controller.name).join(', ');
  const who =
    names === '' ? 'the cluster file has no Jenkins controller' : `${names}: no build agents`;
  throw new ClusterError('USAGE', `nothing to build with: ${who}`, {
    remedy:
      'Add "buildAgents:" to a controller in the cluster file; "ci-cluster sample" shows how.',
  });
}

function wantedOf(controller: JenkinsController, label: string | undefined): Wanted[] {
  if (label === undefined) {
    const { label: usual } = controller.canary;
    return usual === undefined ? [] : [{ controller, label: usual }];
  }
  const isKnown =
    controller.canary.label === label || controller.buildAgents.some((one) => one.label === label);
  return isKnown ? [{ controller, label }] : [];
}
