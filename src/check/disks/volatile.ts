import { eachKnown, type Check } from '../check.ts';
import { failing, passed } from '../check-result.ts';

const inMemory = ['tmpfs', 'ramfs'];

export const stateVolatile: Check = {
  name: 'STATE_VOLATILE',
  title: 'state is on a disk, not in memory',
  why: 'After a power cut ZooKeeper, Mesos and Jenkins would come up empty, and take their emptiness for the truth.',
  severity: 'fail',
  remedy:
    'Another folder in the cluster file (`folders.data`, `home.path`), or a disk mounted there.',
  judge: eachKnown(({ extra }) => {
    const volatile = [...extra.places].filter(([, { kind }]) => inMemory.includes(kind));
    if (volatile.length === 0) return passed([...extra.places.keys()].join(', '));
    const told = volatile.map(([path, { kind }]) => `${path} is on ${kind}`).join('; ');
    return failing(told, 'Mount a disk there, or name other folders in the cluster file.');
  }),
};
