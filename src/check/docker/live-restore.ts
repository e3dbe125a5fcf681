import { ClusterError } from '../../errors.ts';
import { mergedDaemonJson } from '../../plan/docker-config.ts';
import type { HostStep } from '../../plan/step.ts';
import type { Check } from '../check.ts';
import { passed, warning } from '../check-result.ts';
import type { Scene } from '../scene.ts';
import { eachEngine, type Engine } from './engine.ts';

export const dockerLiveRestore: Check = {
  name: 'DOCKER_LIVE_RESTORE',
  title: 'containers outlive a restart of Docker (live-restore)',
  why: 'Without it an upgrade of Docker stops every service and every build of the host at once.',
  severity: 'warn',
  remedy: '`"live-restore": true` in daemon.json; `init` sets it, too.',
  fixes: 'merges the Docker settings of the cluster file into daemon.json and reloads Docker',
  judge: eachEngine((engine, scene) => {
    if (engine.docker.liveRestore) return passed('on');
    const remedy = 'ci-cluster check --fix or ci-cluster init sets it in /etc/docker/daemon.json.';
    return { ...warning('live-restore is off', remedy), fix: settingStep(engine, scene) };
  }),
};

/** With Swarm the engine would not start again; a file that is no JSON is for a person. */
function settingStep({ host, facts, extra }: Engine, { spec }: Scene): HostStep[] {
  if (extra.docker.swarm === 'active') return [];
  try {
    const content = mergedDaemonJson(host.name, facts.texts.get('daemon.json'), spec.docker);
    return content === undefined ? [] : [{ kind: 'configure-docker', content }];
  } catch (error) {
    if (error instanceof ClusterError) return [];
    throw error;
  }
}
