import { eachSeen, type Check } from '../check.ts';
import { passed, warning } from '../check-result.ts';

export const agentResources: Check = {
  name: 'AGENT_RESOURCES',
  title: 'it offers no more than it has',
  why: 'Mesos believes what the cluster file declares. Builds on cores and memory that are not there slow each other down, or are killed.',
  severity: 'warn',
  remedy: 'Lower `hosts.NAME.resources`, or leave them to Mesos.',
  judge: eachSeen(({ host, facts }) => {
    if (!host.roles.includes('mesos-agent')) return passed('no Mesos agent here');
    const { cpus, memoryMb } = host.agent.resources;
    const haveMb = Math.floor(facts.memoryKib / 1024);
    const told = [
      ...(cpus !== undefined && cpus > facts.machine.cpus
        ? [`${cpus} cores of ${facts.machine.cpus}`]
        : []),
      ...(memoryMb !== undefined && memoryMb > haveMb ? [`${memoryMb} MiB of ${haveMb}`] : []),
    ];
    if (told.length === 0) return passed('within what it has');
    const remedy = `Lower hosts.${host.name}.resources in the cluster file, or leave them out.`;
    return warning(`offers ${told.join(' and ')}`, remedy);
  }),
};
