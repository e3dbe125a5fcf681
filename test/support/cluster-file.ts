import { stringify } from 'yaml';
import type { ClusterSpec } from '../../src/config/cluster-spec.ts';
import { parseCluster } from '../../src/config/parse-cluster.ts';
import { resolveSecrets } from '../../src/config/secrets.ts';

type Section = Record<string, unknown>;

export interface ClusterFileParts {
  readonly name?: string;
  /** Number of masters, `m1` … at 10.0.0.11 …; 3 if not given. */
  readonly masters?: number;
  /** Number of Mesos agents, `a1` … at 10.0.0.101 …, the first with the role gateway; 2 if not given. */
  readonly agents?: number;
  /** Settings of single hosts by name, laid over what is made for them; further hosts as well. */
  readonly hosts?: Readonly<Record<string, Section>>;
  /** Controllers by name; one named `main`, pinned to `a1`, if not given. */
  readonly jenkins?: Readonly<Record<string, Section>>;
  /** Any other section of the file, as it is. */
  readonly sections?: Section;
}

/** Text of a valid cluster file. */
export function clusterFile(parts: ClusterFileParts = {}): string {
  const masters = numbered('m', parts.masters ?? 3);
  const agents = numbered('a', parts.agents ?? 2);
  const hosts: Record<string, Section> = {};
  for (const [index, name] of masters.entries()) hosts[name] = { address: `10.0.0.${11 + index}` };
  for (const [index, name] of agents.entries()) {
    const roles = index === 0 ? { roles: ['gateway'] } : {};
    hosts[name] = { address: agentAddress(index), ...roles };
  }
  for (const [name, host] of Object.entries(parts.hosts ?? {})) {
    hosts[name] = { ...hosts[name], ...host };
  }
  const jenkins = parts.jenkins ?? (agents.length > 0 ? { main: controller() } : {});
  const ssh = { user: 'ops' };
  return stringify({
    name: parts.name ?? 'ci',
    ssh,
    masters,
    agents,
    hosts,
    jenkins,
    ...parts.sections,
  });
}

/** The required part of a controller, pinned to `a1`. */
export function controller(parts: Section = {}): Section {
  const admin = { password: { env: 'ADMIN_PASSWORD' } };
  return { home: { kind: 'pinned', host: 'a1' }, admin, ...parts };
}

function agentAddress(index: number): string {
  return `10.0.${Math.floor(index / 150)}.${101 + (index % 150)}`;
}

function numbered(letter: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${letter}${index + 1}`);
}

export const adminPassword = 'correct horse battery';

/** What a cluster file means, as the commands see it. Every secret is `adminPassword`. */
export async function specOf(text: string = clusterFile()): Promise<ClusterSpec> {
  const parsed = parseCluster(text, { path: 'cluster.yml', home: '/home/ops' });
  return resolveSecrets(parsed, {
    readFile: () => Promise.resolve(`${adminPassword}\n`),
    fileMode: () => Promise.resolve(0o600),
    env: new Proxy({}, secretForEveryName),
    runCommand: () => Promise.resolve({ exitCode: 0, stdout: `${adminPassword}\n` }),
  });
}

const secretForEveryName: ProxyHandler<Record<string, string>> = {
  get: () => adminPassword,
  getOwnPropertyDescriptor: () => ({ value: adminPassword, configurable: true, enumerable: true }),
};

/** Small files that together use every section; what the fuzzers begin with. */
export function variousClusterFiles(): string[] {
  const sections = [
    { environment: 'lab', images: { zookeeper: 'registry.example.com:5000/zookeeper:3.9.5' } },
    { docker: { insecureRegistries: ['10.0.0.1:5000'], logs: { maxSize: '1GiB' } } },
    { folders: { config: '/etc/ci', data: '/srv/ci' }, gateway: { mesosPort: 15_051 } },
    { zookeeper: { tickTime: '500ms', syncLimit: 5 }, mesos: { zookeeperSession: '4s' } },
    { ssh: { user: 'ops', bastion: { address: '192.0.2.7' } }, marathon: { port: 8088 } },
    { jenkins: { main: controller({ memory: '4GiB' }), tools: controller({ port: 31_090 }) } },
  ];
  return sections.map((some) => clusterFile({ masters: 1, agents: 1, sections: some }));
}
