import { nearestOf } from '../../config/nearest.ts';
import { ClusterError } from '../../errors.ts';
import { agentDrills, buildAgentDrills } from './agent-drills.ts';
import { controllerDrills, jenkinsDrills } from './controller-drills.ts';
import type { Drill } from './drill.ts';
import { entranceDrills, hostDrills, rebootDrills } from './host-drills.ts';
import { marathonDrills } from './marathon-drills.ts';
import { mesosDrills, mesosHostDrills } from './mesos-drills.ts';
import { soakOf } from './soak.ts';
import { zookeeperDrills } from './zookeeper-drills.ts';

const single: readonly Drill[] = [
  ...[...zookeeperDrills, ...mesosDrills, ...marathonDrills, ...agentDrills],
  ...[...rebootDrills, ...jenkinsDrills, ...hostDrills],
];

const added: readonly Drill[] = [
  ...[...mesosHostDrills, ...controllerDrills, ...buildAgentDrills, ...entranceDrills],
];

/** Every drill there is, those with a number first. */
export const drills: readonly Drill[] = [...single, soakOf([...single, ...added]), ...added];

/** What runs if nobody names any: one leader of each kind dies, and one steps down. */
export const defaultSet: readonly Drill[] = ['D02', 'D08', 'D13', 'D14'].map(findDrill);

/** By number or name, in any case. Throws USAGE. */
export function findDrill(wanted: string): Drill {
  const key = wanted.toLowerCase();
  const found = drills.find(({ id, name }) => id.toLowerCase() === key || name === key);
  if (found === undefined) throw unknownDrill(wanted);
  return found;
}

function unknownDrill(wanted: string): ClusterError {
  const near = nearestOf(wanted, [
    ...drills.map(({ name }) => name),
    ...drills.map(({ id }) => id),
  ]);
  const meant = near === undefined ? '' : `, did you mean ${near}?`;
  return new ClusterError('USAGE', `there is no drill ${wanted}${meant}`, {
    remedy: 'See them all: ci-cluster failover-drill --list',
  });
}
