import type { Host } from '../../config/cluster-spec.ts';
import { isIsolated } from '../../services/isolation.ts';
import { eachKnown, type Check } from '../check.ts';
import { failing, passed } from '../check-result.ts';
import type { Known } from '../scene.ts';

export const hostTools: Check = {
  name: 'HOST_TOOLS',
  title: 'the programs that scripts on the host call',
  why: 'Without ss nobody sees whether a service listens; without systemd Docker does not come back after a reboot, nor do the rules between builds and control ports.',
  severity: 'fail',
  remedy: '`apt-get install iproute2 iptables`; a host with systemd.',
  judge: eachKnown((known) => {
    const lacks = wanted(known).filter(({ tool }) => !hasTool(known, tool));
    if (lacks.length === 0) return passed('all there');
    const packages = lacks.map((one) => one.package).join(' ');
    const names = lacks.map(({ tool }) => tool).join(', ');
    return failing(`no ${names}`, `Install them: sudo apt-get install ${packages}`);
  }),
};

interface Tool {
  readonly tool: string;
  readonly package: string;
}

function wanted({ host, facts }: Known): Tool[] {
  return [
    { tool: 'ss', package: 'iproute2' },
    { tool: 'systemctl', package: 'systemd' },
    // Docker's package brings it.
    ...(isIsolated(host) && facts.docker.kind !== 'absent' ? [iptables] : []),
    ...(runsBuilds(host) ? [{ tool: 'flock', package: 'util-linux' }] : []),
  ];
}

const iptables = { tool: 'iptables', package: 'iptables' };

function runsBuilds({ roles }: Host): boolean {
  return roles.includes('mesos-agent');
}

function hasTool({ facts, extra }: Known, tool: string): boolean {
  return facts.tools.has(tool) || extra.tools.has(tool);
}
