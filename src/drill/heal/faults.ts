import { ClusterError } from '../../errors.ts';
import { drillFolder } from '../strike/drill-script.ts';

/** Nothing was broken. */
export function notArmed(host: string, why: string): ClusterError {
  return new ClusterError(
    'DRILL_NOT_ARMED',
    `the dead-man's switch on ${host} is not armed: ${why}`,
    {
      host,
      remedy: `Without it nothing is broken on ${host}. ci-cluster failover-drill heal --all clears away what an earlier drill left.`,
    },
  );
}

export function notInjected(host: string, why: string): ClusterError {
  return new ClusterError('DRILL_NOT_INJECTED', `the fault was not injected on ${host}: ${why}`, {
    host,
    remedy: 'ci-cluster failover-drill heal --all, then the same drill again.',
  });
}

export function unhealed(host: string, id: string, why: string): ClusterError {
  return new ClusterError('DRILL_UNHEALED', `drill ${id} on ${host} is not healed: ${why}`, {
    host,
    remedy: `ci-cluster failover-drill heal --all; or as root on ${host}: sh ${drillFolder(id)}/heal.sh heal 30 operator`,
  });
}
