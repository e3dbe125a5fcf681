export interface ZooKeeperUrl {
  /** `h1:2181,h2:2181`. */
  readonly servers: string;
  /** `/mesos`; `/` when the URL has none. */
  readonly path: string;
  /** `user:password` of the digest scheme. */
  readonly credentials: string | undefined;
}

/** As Mesos' `include/mesos/zookeeper/url.hpp` reads it (trimmed; path from the first slash after the servers). */
export function parseZooKeeperUrl(text: string): ZooKeeperUrl {
  const trimmed = text.trim();
  if (!trimmed.startsWith('zk://')) {
    throw new Error("Expecting 'zk://' at the beginning of the URL");
  }
  const rest = trimmed.slice('zk://'.length);
  const slash = rest.indexOf('/');
  const authority = slash === -1 ? rest : rest.slice(0, slash);
  const path = slash === -1 ? '/' : rest.slice(slash);
  const at = authority.lastIndexOf('@');
  return {
    servers: authority.slice(at + 1),
    path: path.length > 1 ? path.replace(/\/+$/, '') : path,
    credentials: at === -1 ? undefined : authority.slice(0, at),
  };
}
