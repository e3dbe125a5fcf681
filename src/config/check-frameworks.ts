import type { Check, Checked } from './check.ts';
import type { FrameworkSettings } from './cluster-spec.ts';
import type { Fault, Path } from './fault.ts';
import type { ParsedController } from './parsed-cluster.ts';

/** How Mesos tells the controllers apart, and what it gives them. */
export const checkFrameworks: Check = (checked) =>
  checked.spec.jenkins.flatMap((controller) => [
    ...sharedIds(checked, controller),
    ...foreignId(controller),
    ...sharedRoles(checked, controller),
    ...narrowLimits(controller),
  ]);

function at({ name }: ParsedController, ...fields: readonly string[]): Path {
  return ['jenkins', name, 'framework', ...fields];
}

function earlier({ spec }: Checked, controller: ParsedController): readonly ParsedController[] {
  return spec.jenkins.slice(0, spec.jenkins.indexOf(controller));
}

/** The second one to subscribe takes over from the first, and its builds end. */
function sharedIds(checked: Checked, controller: ParsedController): Fault[] {
  const { id } = controller.framework;
  const other = earlier(checked, controller).find(({ framework }) => framework.id === id);
  if (other === undefined) return [];
  const message = `${id} is already the id of ${other.name}: Mesos would end the builds of one when the other registers`;
  return [{ path: at(controller, 'id'), message, needs: [at(controller), at(other)] }];
}

/** Mesos makes ids of this form itself; such a one may be Marathon's, who would lose its tasks. */
function foreignId(controller: ParsedController): Fault[] {
  if (!/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}-\d{4}$/.test(controller.framework.id))
    return [];
  const message =
    'has the form of the ids that Mesos gives, and may be that of Marathon: choose one of your own';
  return [{ path: at(controller, 'id'), message }];
}

/** Weight and limit belong to the role: two controllers on one role share them. */
function sharedRoles(checked: Checked, controller: ParsedController): Fault[] {
  const { role } = controller.framework;
  const other = earlier(checked, controller).find(
    ({ framework }) => framework.role === role && !sameShare(framework, controller.framework),
  );
  if (other === undefined) return [];
  const message = `${role} is also the role of ${other.name}, with another weight or limit: both belong to the role, so write the same, or take another role`;
  return [{ path: at(controller, 'role'), message, needs: [at(controller), at(other)] }];
}

function sameShare(one: FrameworkSettings, other: FrameworkSettings): boolean {
  return (
    one.weight === other.weight &&
    one.limit.cpus === other.limit.cpus &&
    one.limit.memoryMb === other.limit.memoryMb
  );
}

const parts = [
  { field: 'cpus', of: 'cpus', unit: ' cores' },
  { field: 'memory', of: 'memoryMb', unit: ' MiB' },
] as const;

function narrowLimits(controller: ParsedController): Fault[] {
  const templates = controller.buildAgents.filter(({ via }) => via === 'mesos');
  return parts.flatMap(({ field, of, unit }) => {
    const limit = controller.framework.limit[of];
    const first = templates.find((template) => limit !== undefined && template[of] > limit);
    if (limit === undefined || first === undefined) return [];
    const path = at(controller, 'limit', field);
    const message = `${String(limit)}${unit} are less than one build agent for ${first.label} takes (${String(first[of])}): it would never start`;
    return [{ path, message, needs: [path, ['jenkins', controller.name, 'buildAgents']] }];
  });
}
