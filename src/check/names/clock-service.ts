import { eachKnown, type Check } from '../check.ts';
import { passed, skipped, warning } from '../check-result.ts';

export const clockService: Check = {
  name: 'CLOCK_SERVICE',
  title: 'something keeps the clock right',
  why: 'Clocks of machines drift by seconds a day. Logs of several hosts then tell stories that never happened, and certificates are not valid yet.',
  severity: 'warn',
  remedy: '`apt-get install chrony`, or `systemctl enable --now systemd-timesyncd`',
  fixes: 'starts and enables the time service that is installed',
  judge: eachKnown(({ extra }) => {
    const { service, unit, synchronised } = extra.clock;
    if (extra.container !== undefined) {
      const told = `a container (${extra.container}) has the clock of its machine`;
      return skipped(told, 'Look after the clock of the machine itself.');
    }
    if (service !== undefined) {
      if (synchronised !== false) return passed(service);
      const remedy = 'timedatectl timesync-status, or chronyc sources, shows what it waits for.';
      return warning(`${service} runs, but the clock is not synchronised yet`, remedy);
    }
    if (unit === undefined) {
      return warning('no time service is installed', 'Install one: sudo apt-get install chrony');
    }
    const fix = [{ kind: 'start-unit', unit } as const];
    return { ...warning(`${unit} does not run`, `sudo systemctl enable --now ${unit}`), fix };
  }),
};
