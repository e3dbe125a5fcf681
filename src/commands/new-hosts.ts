import type { ClusterSpec, Host } from '../config/cluster-spec.ts';
import type { NewHost } from '../config/edit-cluster-file.ts';
import { ClusterError } from '../errors.ts';
import type { GlobalOptions } from './options.ts';
import type { EmptyingOptions } from './emptying-options.ts';

export interface AddOptions extends GlobalOptions, EmptyingOptions {
  readonly address?: string;
  readonly attributes?: string;
  readonly resources?: string;
  readonly sshAddress?: string;
  readonly sshUser?: string;
  readonly sshPort?: string;
  readonly sshIdentityFile?: string;
  readonly sshHostKey?: string;
  readonly skipUnreachable: boolean;
  readonly trial: boolean;
}

/** What the command line says of hosts; those without an address must be in the cluster file. */
export function newHosts(words: readonly string[], options: AddOptions): readonly Wanted[] {
  const hosts = words.map((word) => {
    const [, name = '', address] = /^([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
    return { name, address: address ?? options.address };
  });
  if (options.address !== undefined && hosts.length > 1) {
    throw usage('--address is of one host', 'Write HOST=ADDRESS for each of several.');
  }
  const twice = hosts.find(
    ({ name }, index) => hosts.findIndex((one) => one.name === name) < index,
  );
  if (twice !== undefined) throw usage(`${twice.name} is named twice`, 'Name each host once.');
  const common = { ...described(options) };
  return hosts.map((host) => ({ ...host, ...common }));
}

/** A new host, or one that the cluster file has already. */
export type Wanted = Omit<NewHost, 'address'> & { readonly address: string | undefined };

function described(options: AddOptions): Omit<NewHost, 'name' | 'address'> {
  const ssh = {
    ...(options.sshAddress !== undefined && { address: options.sshAddress }),
    ...(options.sshUser !== undefined && { user: options.sshUser }),
    ...(options.sshPort !== undefined && { port: numeric(options.sshPort) }),
    ...(options.sshIdentityFile !== undefined && { identityFile: options.sshIdentityFile }),
    ...(options.sshHostKey !== undefined && { hostKey: options.sshHostKey }),
  };
  return {
    ...(options.attributes !== undefined && { attributes: attributesIn(options.attributes) }),
    ...(options.resources !== undefined && { resources: resourcesIn(options.resources) }),
    ...(Object.keys(ssh).length > 0 && { ssh }),
  };
}

/** Checked as what it is in the cluster file. */
function numeric(text: string): string | number {
  return /^\d{1,5}$/.test(text) ? Number(text) : text;
}

function attributesIn(text: string): Record<string, string> {
  return Object.fromEntries(pairsIn(text, '--attributes', 'rack:b;disk:ssd'));
}

const resourceNames: Readonly<Record<string, string>> = {
  ...{ cpus: 'cpus', memory: 'memory', disk: 'disk', ports: 'ports' },
};

function resourcesIn(text: string): Record<string, string | number> {
  const example = 'cpus:4;memory:8GiB;disk:50GiB;ports:31000-32000';
  return Object.fromEntries(
    pairsIn(text, '--resources', example).map(([name, value]) => {
      const known = resourceNames[name];
      if (known === undefined) throw usage(`--resources has no ${name}`, `As in ${example}.`);
      return [known, known === 'cpus' && /^\d+(\.\d+)?$/.test(value) ? Number(value) : value];
    }),
  );
}

/** As Mesos takes them: semicolons between, a colon within. */
function pairsIn(text: string, option: string, example: string): readonly [string, string][] {
  return text
    .split(';')
    .filter((pair) => pair.trim() !== '')
    .map((pair) => {
      const [, name, value] = /^\s*([^:\s]+)\s*:\s*(\S.*?)\s*$/.exec(pair) ?? [];
      if (name === undefined || value === undefined) {
        throw usage(`${option}: "${pair.trim()}" is no name:value`, `As in "${example}".`);
      }
      return [name, value];
    });
}

/** What is written already must not differ: nobody would know which of the two was meant. */
export function refuseOther({ hosts }: ClusterSpec, wanted: Wanted, file: string): void {
  const known = hosts.find(({ name }) => name === wanted.name);
  if (known === undefined) return;
  const differing = differences(known, wanted);
  if (differing.length === 0) return;
  throw usage(
    `${file} has ${known.name} already, with another ${differing.join(' and ')}`,
    `Correct hosts.${known.name} in ${file}, then run ci-cluster init.`,
  );
}

function differences({ address, agent, ssh }: Host, wanted: Wanted): readonly string[] {
  const same = (has: object, wants: object | undefined) =>
    Object.entries(wants ?? {}).every(([key, value]) => {
      return (has as Record<string, unknown>)[key] === value;
    });
  return [
    ...(wanted.address === undefined || wanted.address === address ? [] : ['address']),
    ...(same(agent.attributes, wanted.attributes) ? [] : ['attribute']),
    ...(same({ cpus: agent.resources.cpus }, onlyCpus(wanted)) ? [] : ['number of CPUs']),
    ...(same({ ...ssh, identityFile: wanted.ssh?.['identityFile'] }, wanted.ssh)
      ? []
      : ['way by SSH']),
  ];
}

/** Sizes are written in many ways; the file's own are kept. */
function onlyCpus({ resources }: Wanted): object {
  return resources?.['cpus'] === undefined ? {} : { cpus: resources['cpus'] };
}

function usage(message: string, remedy: string): ClusterError {
  return new ClusterError('USAGE', message, { remedy });
}
