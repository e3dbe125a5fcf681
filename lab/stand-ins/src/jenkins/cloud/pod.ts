import { parseAgentAttributes } from './agent-attributes.ts';
import { commandInfo, containerInfo, jvmXmxMb, type AgentLaunch } from './launch-command.ts';
import type { Pod } from './offer-match.ts';

/** Throws for attributes that are no pairs. */
export function podOf(launch: AgentLaunch, role: string): Pod {
  const { name, template } = launch;
  const { cpus, mem, disk, containerInfo: container } = template;
  return {
    name,
    role,
    needs: [
      { name: 'cpus', amount: cpus },
      { name: 'mem', amount: mem + jvmXmxMb },
      { name: 'disk', amount: disk },
    ],
    attributes: parseAgentAttributes(template.agentAttributes),
    domain: template.domainFilterModel,
    task: {
      // USI names tasks of its "legacy launch" by an empty text (`RunTemplate.setTaskInfo`); only the id tells.
      name: '',
      task_id: { value: name },
      command: commandInfo(launch),
      ...(container === undefined ? {} : { container: containerInfo(name, container) }),
    },
  };
}
