import type { ClusterSpec, Host, JenkinsController } from '../config/cluster-spec.ts';
import { render, type Templates } from './render.ts';
import { root, type Folder, type ManagedFile } from './service.ts';

/** Controllers whose home is on this host alone: nothing else would be left if its disk died. */
export function backedUpOn(spec: ClusterSpec, host: Host): readonly JenkinsController[] {
  return spec.jenkins.filter(({ home }) => home.kind === 'pinned' && home.host === host.name);
}

export function backupTimer({ name }: JenkinsController): string {
  return `ci-cluster-backup-${name}.timer`;
}

/** Exists once systemd starts the timer at boot. */
export function timerLink(controller: JenkinsController): string {
  return `/etc/systemd/system/timers.target.wants/${backupTimer(controller)}`;
}

export function backupFolders(spec: ClusterSpec, host: Host): readonly Folder[] {
  return backedUpOn(spec, host).flatMap(({ home }) =>
    home.kind === 'pinned' ? [{ path: home.backup.folder, mode: '0700', owner: root }] : [],
  );
}

/** Nothing for a controller that is not pinned. */
export function backupFiles(
  spec: ClusterSpec,
  controller: JenkinsController,
  templates: Templates,
): readonly ManagedFile[] {
  const { home, name } = controller;
  if (home.kind !== 'pinned') return [];
  const script = `${spec.folders.config}/jenkins/${name}/backup.sh`;
  const { folder, keep, everyHours: hours } = home.backup;
  const common = { cluster: spec.name, controller: name, home: home.path };
  const file = (path: string, template: string, values: object): ManagedFile => ({
    ...{ path, mode: '0644', owner: root },
    content: render(templates, template, { ...common, ...values }),
  });
  const unit = `/etc/systemd/system/${backupTimer(controller)}`;
  return [
    file(script, 'jenkins/backup.sh', { folder, keep }),
    file(unit.replace(/timer$/, 'service'), 'jenkins/backup.service', { script }),
    file(unit, 'jenkins/backup.timer', { hours }),
  ];
}
