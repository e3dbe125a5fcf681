export interface ZooMember {
  readonly address: string;
  readonly quorumPort: number;
  readonly electionPort: number;
  readonly clientAddress: string;
  readonly clientPort: number;
}

export interface ZooCfg {
  readonly keys: ReadonlyMap<string, string>;
  readonly members: ReadonlyMap<number, ZooMember>;
}

/** Reads zoo.cfg as a Java properties file; server lines in the form since ZooKeeper 3.5. */
export function parseZooCfg(text: string): ZooCfg {
  const entries = text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const at = line.indexOf('=');
      if (at < 1) throw new Error(`no key=value: ${line}`);
      return [line.slice(0, at), line.slice(at + 1)] as const;
    });
  const names = entries.map(([key]) => key);
  if (new Set(names).size < names.length) throw new Error('a key stands twice');
  const isMember = ([key]: readonly [string, string]) => key.startsWith('server.');
  return {
    keys: new Map(entries.filter((entry) => !isMember(entry))),
    members: new Map(
      entries.filter(isMember).map(([key, value]) => [Number(key.slice(7)), member(value)]),
    ),
  };
}

function member(value: string): ZooMember {
  const match = /^([\d.]+):(\d+):(\d+);([\d.]+):(\d+)$/.exec(value);
  if (match === null) throw new Error(`no server line: ${value}`);
  const [, address = '', quorum, election, clientAddress = '', client] = match;
  return {
    address,
    quorumPort: Number(quorum),
    electionPort: Number(election),
    clientAddress,
    clientPort: Number(client),
  };
}
