import { Group, type Member } from '../../shared/zookeeper-group.ts';
import { parseZooKeeperUrl } from '../../shared/zookeeper-url.ts';

interface MasterInfo {
  readonly address?: { readonly ip?: string; readonly hostname?: string; readonly port?: number };
}

/**
 * Follows the leading master: the lowest `json.info_*` below the path of the zk:// address. A plain
 * `host:port` is taken as it is. The result answers with the present leader.
 */
export function detectMaster(
  master: string,
  sessionTimeoutMs: number,
  onChange: () => void,
): () => string | undefined {
  if (!master.startsWith('zk://')) return () => plainAddress(master);
  let leader: string | undefined;
  const url = parseZooKeeperUrl(master);
  const group = new Group({
    url,
    sessionTimeoutMs,
    path: url.path,
    prefix: 'json.info_',
    onMembers: (members) => {
      leader = members?.map(addressOf).find((address) => address !== undefined);
      onChange();
    },
  });
  group.start();
  return () => leader;
}

function addressOf({ content }: Member): string | undefined {
  const { address } = JSON.parse(content) as MasterInfo;
  const host = address?.ip ?? address?.hostname;
  return host === undefined ? undefined : `${host}:${address?.port ?? 5050}`;
}

function plainAddress(master: string): string {
  const address = master.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
  return address.includes(':') ? address : `${address}:5050`;
}
