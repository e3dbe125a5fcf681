import { eachKnown, type Check } from '../check.ts';
import { failing, passed } from '../check-result.ts';

export const dockerRuns: Check = {
  name: 'DOCKER_RUNS',
  title: 'Docker Engine runs, or can be installed',
  why: 'Everything runs in containers. `init` installs Docker Engine where there is none; one that somebody stopped is started by `--fix`.',
  severity: 'fail',
  remedy: '`systemctl enable --now docker`',
  fixes: 'starts and enables a stopped Docker Engine',
  judge: eachKnown(({ facts, extra }) => {
    const { docker, packages } = facts;
    if (docker.kind === 'running') return passed(`Docker ${docker.version}`);
    const byHand = 'Install Docker Engine by hand, then: sudo systemctl enable --now docker';
    if (docker.kind === 'absent') {
      if (packages !== 'none') return passed('none yet: init installs it');
      return failing('no Docker Engine, and no package manager that is known', byHand);
    }
    const { unit } = extra.docker;
    const detail = 'installed, but its engine does not answer';
    if (unit === undefined) return failing(detail, byHand);
    const remedy = 'sudo systemctl enable --now docker; why it stopped: journalctl -u docker';
    const fix = [{ kind: 'start-unit', unit } as const];
    return { ...failing(detail, remedy), fix };
  }),
};
