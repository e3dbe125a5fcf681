import { ClusterError } from '../../errors.ts';
import type { Seen } from '../sample.ts';
import { canaryFolder } from './canary.ts';
import type { MemberSession } from './member-session.ts';
import type { Place, Watch } from './place.ts';
import { leaderEveryMs, leaderMost, lookMs, type Probe } from './probe.ts';

/**
 * Writes through one member, each a znode of its own: whatever was acknowledged can be looked for
 * afterwards, and no later write can hide that one is gone.
 */
export function writeProbe(
  watch: Watch,
  { host, zookeeper: link }: Place,
  { session, id }: { readonly session: MemberSession; readonly id: string },
): Probe {
  let count = 0;
  const told = (value: string, error: string | undefined): Seen => {
    return { probe: 'write', host: host.name, value, acknowledged: error === undefined, error };
  };
  return {
    ...{ everyMs: leaderEveryMs, most: leaderMost },
    blind: (error) => told('', error),
    look: async () => {
      const value = `${host.name}-${(count += 1)}`;
      const open = session.current();
      if (open === undefined) {
        return told(value, link.remote() === undefined ? 'not-connected' : 'no-session');
      }
      const begin = watch.now();
      try {
        const isNew = await open.append(`${canaryFolder(id)}/${value}`, value);
        return told(value, isNew ? undefined : 'exists');
      } catch (error) {
        if (!(error instanceof ClusterError)) throw error;
        session.drop(open);
        return told(value, watch.now() - begin >= lookMs ? 'timeout' : 'closed');
      }
    },
  };
}
