import { release, sourceLines, type Mirror } from './mirror.ts';
import type { Argv } from '../ports.ts';

/** Left out of the base and, by dpkg's configuration in it, of everything installed on top. */
const excluded = [
  '/usr/share/doc/*',
  '/usr/share/man/*',
  '/usr/share/locale/*',
  '/usr/share/info/*',
  '/usr/lib/*/gconv/*',
];

const aptSettings = [
  'APT::Install-Recommends "false";',
  // Indexes that apt would write into every layer: 60 MB.
  'Dir::Cache::pkgcache "";',
  'Dir::Cache::srcpkgcache "";',
  'Acquire::Languages "none";',
];

/** Debian's smallest root file system with the machine's mirror in its apt configuration. */
export function bootstrapArgv(mirror: Mirror, tar: string): { argv: Argv; input: string } {
  return { argv: [...command(mirror), tar, '-'], input: sourceLines(mirror) };
}

/** Changes whenever another base would come out. */
export function baseSeed(mirror: Mirror): string {
  return JSON.stringify([command(mirror), sourceLines(mirror)]);
}

function command({ options, keyring }: Mirror): [string, ...string[]] {
  return [
    'mmdebstrap',
    '--variant=minbase',
    // Without it the package usrmerge comes in, and 50 MB of Perl with it.
    '--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr',
    '--include=usr-is-merged,ca-certificates',
    ...excluded.map((path) => `--dpkgopt=path-exclude=${path}`),
    '--dpkgopt=path-include=/usr/share/doc/*/copyright',
    '--dpkgopt=force-unsafe-io',
    ...[...aptSettings, ...options].map((setting) => `--aptopt=${setting}`),
    ...(keyring === undefined ? [] : [`--setup-hook=${copied(keyring)}`]),
    release,
  ];
}

/** mmdebstrap runs this in a shell; the path comes from the machine's own apt configuration. */
function copied(keyring: string): string {
  const path = `'${keyring.replaceAll("'", `'\\''`)}'`;
  return `mkdir -p "$1"/$(dirname ${path}) && cp ${path} "$1"/${path}`;
}
