import type { Check } from '../check.ts';
import { failing, passed, warning } from '../check-result.ts';
import { eachEngine } from './engine.ts';

/** `overlayfs` is what the containerd image store calls it (Docker 29). */
const good = ['overlay2', 'overlayfs', 'btrfs', 'zfs', 'stargz'];
const gone = ['vfs', 'aufs', 'devicemapper', 'overlay'];

export const dockerStorage: Check = {
  name: 'DOCKER_STORAGE',
  title: 'images are kept in layers (overlay2)',
  why: 'With vfs every container is a whole copy of its image; aufs, devicemapper and overlay are gone from newer versions of Docker, and the images with them.',
  severity: 'fail',
  remedy: 'A file system with overlay2 below Docker’s folder (ext4, or xfs with ftype=1).',
  judge: eachEngine(({ extra }) => {
    const { driver } = extra.docker;
    if (driver === undefined) return warning('Docker does not tell its driver', 'docker info');
    if (good.includes(driver)) return passed(driver);
    const remedy =
      'Put /var/lib/docker on ext4 or xfs (ftype=1) and remove "storage-driver" from /etc/docker/daemon.json.';
    const judge = gone.includes(driver) ? failing : warning;
    return judge(`storage driver ${driver}`, remedy);
  }),
};
