import { eachKnown, type Check } from '../check.ts';
import { failing, passed } from '../check-result.ts';
import type { Known } from '../scene.ts';

/** ZooKeeper makes its logs in blocks of 64 MiB, and an image comes as a whole. */
const leastMib = 1024;
const leastInodes = 0.05;

export const diskSpace: Check = {
  name: 'DISK_SPACE',
  title: `${leastMib} MiB and some inodes are free where state and images are`,
  why: 'ZooKeeper ends when it cannot write its log, and a member that had a full disk may lose data later (ZOOKEEPER-4882).',
  severity: 'fail',
  remedy: '`docker system prune`, old files, or a larger disk.',
  judge: eachKnown(({ extra }) => {
    const faults = [...extra.places].flatMap(([path, place]) => faultsAt(path, place));
    if (faults.length > 0) {
      const remedy = 'Free room: df -h and df -i show where; sudo docker system prune.';
      return failing([...new Set(faults)].join('; '), remedy);
    }
    const free = Math.min(...[...extra.places.values()].map(({ freeKib }) => freeKib));
    return passed(`${gib(free)} free at least`);
  }),
};

type Place = Known['extra']['places'] extends ReadonlyMap<string, infer P> ? P : never;

function faultsAt(path: string, { freeKib, totalInodes, freeInodes }: Place): string[] {
  const freeMib = Math.floor(freeKib / 1024);
  return [
    ...(freeMib < leastMib ? [`${freeMib} MiB free for ${path}, ${leastMib} are needed`] : []),
    // Some file systems make inodes as they go, and say that they have none.
    ...(totalInodes > 0 && freeInodes < totalInodes * leastInodes
      ? [`${freeInodes} of ${totalInodes} inodes free for ${path}`]
      : []),
  ];
}

export function gib(kib: number): string {
  return `${(kib / 1024 ** 2).toFixed(1)} GiB`;
}
