import { createHmac } from 'node:crypto';

/** A key as a line of known_hosts has it. */
export interface KnownKey {
  readonly type: string;
  /** The whole public key in base64. */
  readonly base64: string;
  readonly line: number;
}

/** What one file says about one host. */
export interface Known {
  readonly keys: readonly KnownKey[];
  readonly revoked: readonly KnownKey[];
  /** Numbers of the lines that trust a certificate authority for this host. */
  readonly authorityLines: readonly number[];
}

export interface KnownHosts {
  readonly lookup: (host: string, port: number) => Known;
}

/** Format: sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT". Lines that cannot be understood are skipped. */
export function parseKnownHosts(text: string): KnownHosts {
  const entries = text.split('\n').flatMap((line, index) => parseLine(line, index + 1));
  const find = createIndex(entries);
  return {
    lookup: (host, port) => {
      const lower = host.toLowerCase();
      const found = find(port === 22 ? lower : `[${lower}]:${port}`);
      // OpenSSH 9.2 falls back to the name without port when the file has nothing under it.
      return isEmpty(found) && port !== 22 ? find(lower) : found;
    },
  };
}

function isEmpty(known: Known): boolean {
  return known.keys.length + known.authorityLines.length === 0;
}

interface Entry extends KnownKey {
  readonly marker: '@cert-authority' | '@revoked' | undefined;
  readonly names: readonly string[];
}

function parseLine(text: string, line: number): readonly Entry[] {
  const words = text.trim().split(/\s+/);
  const marker = markers.find((known) => known === words[0]);
  const [names = '', type = '', key = ''] = marker === undefined ? words : words.slice(1);
  if (names === '' || names.startsWith('#') || names.startsWith('@')) return [];
  const base64 = Buffer.from(key, 'base64').toString('base64');
  if (base64 === '') return [];
  return [{ marker, names: names.toLowerCase().split(','), type, base64, line, ...hashed(names) }];
}

const markers = ['@cert-authority', '@revoked'] as const;

/** A hash is base64, whose capitals count. */
function hashed(names: string): Pick<Entry, 'names'> | undefined {
  return names.startsWith('|1|') ? { names: [names] } : undefined;
}

/** Names without pattern are found by map: a file may have thousands of lines, a run 500 hosts. */
function createIndex(entries: readonly Entry[]): (name: string) => Known {
  const isPlain = (entry: Entry): boolean => !entry.names.some((name) => /[*?!|]/.test(name));
  const byName = new Map<string, Entry[]>();
  for (const entry of entries.filter(isPlain)) {
    for (const name of entry.names) byName.set(name, [...(byName.get(name) ?? []), entry]);
  }
  const others = entries.filter((entry) => !isPlain(entry));
  return (name) => {
    const matching = others.filter((entry) => matches(entry.names, name));
    return sortOut([...(byName.get(name) ?? []), ...matching]);
  };
}

function sortOut(entries: readonly Entry[]): Known {
  return {
    keys: entries.filter((entry) => entry.marker === undefined),
    revoked: entries.filter((entry) => entry.marker === '@revoked'),
    authorityLines: entries
      .filter((entry) => entry.marker === '@cert-authority')
      .map((entry) => entry.line),
  };
}

/** One negated pattern that matches outweighs all others. */
function matches(patterns: readonly string[], name: string): boolean {
  const isNegated = (pattern: string): boolean => pattern.startsWith('!');
  const positive = patterns.filter((pattern) => !isNegated(pattern));
  const negative = patterns.filter(isNegated).map((pattern) => pattern.slice(1));
  return (
    positive.some((pattern) => matchesOne(pattern, name)) &&
    !negative.some((pattern) => matchesOne(pattern, name))
  );
}

function matchesOne(pattern: string, name: string): boolean {
  if (pattern.startsWith('|1|')) return matchesHash(pattern, name);
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`).test(name);
}

function matchesHash(pattern: string, name: string): boolean {
  const [, , salt = '', hash = ''] = pattern.split('|');
  const hmac = createHmac('sha1', Buffer.from(salt, 'base64')).update(name);
  return hmac.digest('base64') === hash;
}
