import { ClusterError } from '../errors.ts';

/** Release of Debian that lab hosts and images are made of, whatever this machine runs. */
export const release = 'bookworm';

/** Where this machine gets Debian packages, as far as the lab's hosts need it. */
export interface Mirror {
  readonly main: string;
  readonly security: string;
  /** Key ring of a mirror that signs by itself; undefined for Debian's own keys. */
  readonly keyring: string | undefined;
  /** apt settings: proxies and what makes old snapshots acceptable. */
  readonly options: readonly string[];
}

interface Source {
  readonly uri: string;
  readonly suite: string;
  readonly components: readonly string[];
  readonly keyring: string | undefined;
}

const debianSuite = /^(buster|bullseye|bookworm|trixie|forky|oldstable|stable|testing|sid)$/;
const wantedOptions =
  /^Acquire::(https?::(Proxy(::[^ ]*)?|Verify-[A-Za-z]+) |Check-Valid-Until |Check-Date |Retries |ForceIPv[46] )/;

/** The machine's sources of Debian itself; other vendors' sources stay out of the lab. */
export function debianMirror(sourceFiles: readonly string[], aptConfig: string): Mirror {
  const sources = sourceFiles.flatMap((text) =>
    /^(URIs|Suites):/m.test(text) ? stanzas(text) : oneLiners(text),
  );
  const main = preferred(sources.filter(isMain));
  if (main === undefined) throw noMirror();
  const security = sources.find(({ suite }) => /^[a-z]+(-security|\/updates)$/.test(suite));
  return {
    main: main.uri,
    security: security?.uri ?? besideMain(main.uri),
    keyring: main.keyring?.includes('debian-archive') === true ? undefined : main.keyring,
    options: aptConfig.split('\n').filter((line) => wantedOptions.test(line)),
  };
}

function noMirror(): ClusterError {
  return new ClusterError('LAB_FAILED', "no Debian mirror among this machine's apt sources", {
    remedy: `The lab's hosts are made of Debian packages: name a mirror of ${release} in /etc/apt/sources.list.d and run the same command again.`,
  });
}

/** In apt's one-line format, for the lab's release. */
export function sourceLines({ main, security, keyring }: Mirror): string {
  const signed = `[signed-by=${keyring ?? '/usr/share/keyrings/debian-archive-keyring.gpg'}]`;
  return [
    `deb ${signed} ${main} ${release} main`,
    `deb ${signed} ${main} ${release}-updates main`,
    `deb ${signed} ${security} ${release}-security main`,
    '',
  ].join('\n');
}

/** `deb [signed-by=/x.gpg] http://mirror/debian bookworm main contrib` */
function oneLiners(text: string): Source[] {
  return text.split('\n').flatMap((line) => {
    const match = /^deb\s+(?:\[([^\]]*)\]\s*)?(\S+)\s+(\S+)\s+(.*)$/.exec(line.trim());
    if (match === null) return [];
    const [, options = '', uri = '', suite = '', components = ''] = match;
    const keyring = /signed-by=(\S+)/i.exec(options)?.[1];
    return [{ uri: withoutSlash(uri), suite, components: words(components), keyring }];
  });
}

/** deb822 stanzas: every URI with every suite. */
function stanzas(text: string): Source[] {
  return text.split(/\n\s*\n/).flatMap((stanza) => {
    const field = (name: string): string[] =>
      words(new RegExp(`^${name}:(.*(?:\\n[ \\t].*)*)`, 'mi').exec(stanza)?.[1] ?? '');
    if (!field('Types').includes('deb') || field('Enabled')[0] === 'no') return [];
    const keyring = field('Signed-By').find((word) => word.startsWith('/'));
    return field('URIs').flatMap((uri) =>
      field('Suites').map((suite) => ({
        uri: withoutSlash(uri),
        suite,
        components: field('Components'),
        keyring,
      })),
    );
  });
}

function isMain({ uri, suite, components }: Source): boolean {
  return debianSuite.test(suite) && components.includes('main') && uri.includes('://');
}

/** Debian's key ring is the best sign of Debian; others call their own repository "main" too. */
function preferred(sources: readonly Source[]): Source | undefined {
  return (
    sources.find(({ keyring }) => keyring?.includes('debian-archive')) ??
    sources.find(({ keyring, uri }) => keyring === undefined && uri.endsWith('/debian')) ??
    sources.find(({ uri }) => uri.endsWith('/debian'))
  );
}

function besideMain(main: string): string {
  return main.replace(/\/debian$/, '/debian-security');
}

function withoutSlash(uri: string): string {
  return uri.replace(/\/+$/, '');
}

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '' && !word.startsWith('#'));
}
