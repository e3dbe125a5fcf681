import { ClusterError } from '../errors.ts';
import type { Lack, PackageManager } from './facts.ts';

interface Place {
  readonly name: string;
  readonly ssh?: { readonly user: string; readonly address: string } | undefined;
}

/** A host without a program that the remote scripts need; the packages that bring it, and how. */
export function toolsMissing({ name, ssh }: Place, { tools, packages }: Lack): ClusterError {
  const message = `${name} has no ${listed(tools)}, which ci-cluster needs there`;
  const login = ssh === undefined ? '' : `ssh ${ssh.user}@${ssh.address} `;
  const remedy = `Install ${tools.length === 1 ? 'it' : 'them'}: ${login}${installing(tools, packages)}, then run the same command again.`;
  return new ClusterError('TOOL_MISSING', message, { host: name, remedy });
}

function listed(tools: readonly string[]): string {
  return tools.join(tools.length === 2 ? ' and no ' : ', no ');
}

/** The command to type on the host. */
export function installing(tools: readonly string[], packages: PackageManager): string {
  const [debian, rhel] = [0, 1].map((family) => namesOf(tools, family).join(' '));
  if (packages === 'apt') return `sudo apt-get install ${debian ?? ''}`;
  if (packages !== 'none') return `sudo ${packages} install ${rhel ?? ''}`;
  return `sudo apt-get install ${debian ?? ''} (Debian) or sudo dnf install ${rhel ?? ''} (RHEL)`;
}

function namesOf(tools: readonly string[], family: number): readonly string[] {
  return [...new Set(tools.map((tool) => (packagesOf[tool] ?? coreutils)[family] ?? tool))];
}

const coreutils = ['coreutils', 'coreutils'] as const;

/** Debian 12, RHEL 9; whatever is not named here is of coreutils in both. */
const packagesOf: Readonly<Record<string, readonly [debian: string, rhel: string]>> = {
  cmp: ['diffutils', 'diffutils'],
  flock: ['util-linux', 'util-linux'],
  getconf: ['libc-bin', 'glibc-common'],
  grep: ['grep', 'grep'],
  ip: ['iproute2', 'iproute'],
  iptables: ['iptables', 'iptables'],
  perl: ['perl-base', 'perl-interpreter'],
  ss: ['iproute2', 'iproute'],
  systemctl: ['systemd', 'systemd'],
};
