import { ciCluster, dockerOf } from './lab.ts';

const name = 'e2e-base';

/**
 * A small lab that lives as long as the suite: images are built once, before two files need them at
 * the same time, and the engine is not stopped between two labs.
 */
export default async function setup(): Promise<() => Promise<void>> {
  const shape = ['--masters', '1', '--agents', '1', '--no-init'];
  const { exitCode, stderr } = await ciCluster('lab', 'up', '--name', name, ...shape);
  if (exitCode !== 0) throw new Error(`no lab to begin with:\n${stderr}`);
  // Its hosts are not needed. Each has eight of the 128 inotify instances that Linux gives a user, and a
  // host without one does not come up.
  const hosts = ['m1', 'a1'].map((host) => `ci-cluster-lab-${name}-${host}`);
  await dockerOf(name, 'rm', '--force', ...hosts);
  return async () => {
    await ciCluster('lab', 'down', '--name', name);
  };
}
