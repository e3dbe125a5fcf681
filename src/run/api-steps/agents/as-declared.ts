import type { Host } from '../../../config/cluster-spec.ts';
import { ClusterError } from '../../../errors.ts';
import type { RegisteredAgent } from '../../../plan/observed.ts';
import type { Run } from '../../run.ts';
import { hostNamed } from './hosts.ts';
import { leadingOf } from './leading.ts';

/** Throws unless the master has each host with the attributes and resources of the cluster file. */
export async function refuseUnlike(run: Run, hosts: readonly Host[]): Promise<void> {
  const leading = leadingOf(run);
  for (const host of hosts) {
    const agent = await leading.agent(host);
    const faults = agent === undefined ? ['it is not registered'] : unlike(host, agent);
    const [first] = faults;
    if (first !== undefined) throw differs(hostNamed(run, host.name), faults);
  }
}

function unlike({ agent: declared }: Host, agent: RegisteredAgent): readonly string[] {
  const { cpus, memoryMb, diskMb } = declared.resources;
  const amounts = [
    ['CPUs', cpus, agent.cpus],
    ['MiB memory', memoryMb, agent.memoryMb],
    ['MiB disk', diskMb, agent.diskMb],
  ] as const;
  return [
    ...Object.entries(declared.attributes)
      .filter(([name, value]) => !isSame(agent.attributes[name], value))
      .map(([name, value]) => `${name} is ${agent.attributes[name] ?? 'not set'}, not ${value}`),
    ...amounts
      .filter(([, wanted, has]) => wanted !== undefined && Math.abs(wanted - has) > 0.001)
      .map(([what, wanted = 0, has]) => `${has} ${what}, not ${wanted}`),
  ];
}

/** Mesos reads a value that looks like a number as one. */
function isSame(has: string | undefined, wanted: string): boolean {
  return has === wanted || (has !== undefined && Number(has) === Number(wanted));
}

function differs({ name }: Host, faults: readonly string[]): ClusterError {
  return new ClusterError(
    'GATE_NOT_REACHED',
    `Mesos does not have ${name} as the cluster file describes it: ${faults.join('; ')}`,
    { host: name, remedy: 'ci-cluster status shows the whole stack; then run ci-cluster init.' },
  );
}
