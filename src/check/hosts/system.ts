import { eachSeen, type Check } from '../check.ts';
import { passed, warning } from '../check-result.ts';
import { atLeast } from '../versions.ts';

/** What the tool was made for; the lab runs Debian 12. */
const least: Readonly<Record<string, string>> = { debian: '11', ubuntu: '20.04' };

export const hostSystem: Check = {
  name: 'HOST_SYSTEM',
  title: 'an operating system that is known',
  why: 'Docker Engine is installed from the packages of the system, and paths of units and tools are those of Debian.',
  severity: 'warn',
  remedy: 'Debian 11 or Ubuntu 20.04 and later; elsewhere install Docker Engine by hand.',
  judge: eachSeen(({ facts }) => {
    const { id, version } = facts.system;
    const needed = least[id];
    const name = `${id} ${version}`.trim();
    if (needed !== undefined && atLeast(version, needed)) return passed(name);
    const told = needed === undefined ? 'nobody has tried it' : `older than ${id} ${needed}`;
    const remedy = 'Take Debian 11 or Ubuntu 20.04 or later, or try one host first.';
    return warning(`${name}: ${told}`, remedy);
  }),
};
