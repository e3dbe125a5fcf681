import type { Cluster } from './cluster.ts';
import { currentActions, type Deployment } from './deployment.ts';
import type { World } from './world.ts';

/** Takes every deployment to its next step, or to its end, when the apps of the present one have settled. */
export function advanceDeployments(
  { cluster, world }: { readonly cluster: Cluster; readonly world: World },
  isSettled: (appId: string) => boolean,
): boolean {
  const ready = cluster
    .deployments()
    .filter((one) => currentActions(one).every(({ app }) => isSettled(app)));
  for (const deployment of ready) advance(deployment, cluster, world);
  return ready.length > 0;
}

function advance(deployment: Deployment, cluster: Cluster, world: World): void {
  const { id, version, steps, currentStep, group } = deployment;
  const plan = { id, version, steps: steps.map((actions) => ({ actions })) };
  const step = { actions: currentActions(deployment) };
  world.publish('deployment_step_success', { plan, currentStep: step });
  if (currentStep < steps.length) {
    const next = { ...deployment, currentStep: currentStep + 1 };
    void cluster.putDeployment(next);
    world.publish('deployment_info', { plan, currentStep: { actions: currentActions(next) } });
    return;
  }
  void cluster.removeDeployment(id);
  world.log.info(`deployment ${id} finished`);
  world.publish('deployment_success', { id, plan });
  world.publish('group_change_success', { groupId: group ?? '/', version });
}
