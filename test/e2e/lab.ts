import { readFile, writeFile } from 'node:fs/promises';
import { execa } from 'execa';

/** The lab of these tests; nothing else uses its name. */
export const labName = 'e2e';
const stateRoot = process.env.CI_CLUSTER_LAB_STATE ?? '/var/lib/ci-cluster-lab';
const folder = folderOf(labName);
export const clusterFile = `${folder}/cluster.yml`;
export const passwordFile = `${folder}/admin-password`;
export const knownHostsFile = `${folder}/known_hosts`;

export interface Finished {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The built program, as a user starts it. */
export async function ciCluster(...args: readonly string[]): Promise<Finished> {
  return await start(['bin/ci-cluster.js', ...args]).finished;
}

/** A command against the lab's cluster file. */
export async function onLab(...args: readonly string[]): Promise<Finished> {
  return await ciCluster('lab', 'exec', '--name', labName, '--', ...args);
}

/** The JSON document of a command against the lab's cluster file. */
export async function jsonOnLab(...args: readonly string[]): Promise<Document> {
  const { stdout } = await onLab(...args, '--json');
  return JSON.parse(stdout) as Document;
}

export interface ErrorPart {
  readonly code: string;
  readonly message: string;
  readonly host: string | null;
  readonly remedy: string;
  readonly evidence: readonly string[];
  readonly parts: readonly ErrorPart[];
}

interface Member {
  readonly host: string;
  readonly role: string | null;
  readonly state: string;
}

interface Group {
  readonly state: string;
  readonly leader: string | null;
  readonly members: readonly Member[];
  readonly canLose: number;
}

export interface Document {
  readonly exitCode: number;
  readonly changed: number;
  readonly steps: readonly { readonly host: string; readonly step: string }[];
  readonly error?: ErrorPart;
  readonly health: {
    readonly verdict: string;
    readonly zookeeper: Group;
    readonly mesosMasters: Group;
    readonly mesosAgents: Pick<Group, 'state' | 'members'>;
    readonly marathon: Group;
    readonly gateways: Pick<Group, 'state' | 'members'>;
    readonly jenkins: readonly { readonly state: string; readonly host: string | null }[];
  };
}

/** Starts the program and hands out the process, for tests that interrupt it. */
export function start(args: readonly string[]) {
  const child = execa('node', args, {
    reject: false,
    stdin: 'ignore',
    env: { NO_COLOR: '1' },
    timeout: 900_000,
  });
  const finished = child.then(({ exitCode, stdout, stderr }) => ({
    exitCode: exitCode ?? -1,
    stdout,
    stderr,
  }));
  return { child, finished };
}

interface LabFile {
  readonly subnet: string;
  readonly ownEngine?: string;
  readonly hosts: readonly {
    readonly name: string;
    readonly address: string;
    readonly container: string;
  }[];
}

function folderOf(name: string): string {
  return `${stateRoot}/labs/${name}`;
}

async function readLabFile(name: string = labName): Promise<LabFile> {
  return JSON.parse(await readFile(`${folderOf(name)}/lab.json`, 'utf8')) as LabFile;
}

/** Subnet of a lab and the ed25519 host keys of its hosts. */
export async function labState(name: string): Promise<{ subnet: string; hostKeys: string[] }> {
  const { subnet } = await readLabFile(name);
  const known = await readFile(`${folderOf(name)}/known_hosts`, 'utf8');
  const keys = known.split('\n').filter((line) => line.includes('ssh-ed25519'));
  return { subnet, hostKeys: keys.map((line) => line.split(' ')[2] ?? '') };
}

/** The machine's own Docker, where the hosts are containers. */
export async function docker(...args: readonly string[]): Promise<string> {
  return await dockerOf(labName, ...args);
}

export async function dockerOf(name: string, ...args: readonly string[]): Promise<string> {
  const { ownEngine } = await readLabFile(name);
  const target = ownEngine === undefined ? [] : ['--host', ownEngine];
  const { stdout } = await execa('docker', [...target, ...args], { timeout: 120_000 });
  return stdout;
}

export async function hostOf(name: string): Promise<{ container: string; address: string }> {
  const { hosts } = await readLabFile();
  const host = hosts.find((candidate) => candidate.name === name);
  if (host === undefined) throw new Error(`the lab has no host ${name}`);
  return host;
}

/** Runs a command on a lab host as root, beside the product's own way in. */
export async function onHost(name: string, ...argv: readonly string[]): Promise<string> {
  const { container } = await hostOf(name);
  return await docker('exec', container, ...argv);
}

/** Changes a file for the time of `work` and puts it back on every path. */
export async function withEdited(
  path: string,
  edit: (text: string) => string,
  work: () => Promise<void>,
): Promise<void> {
  const before = await readFile(path, 'utf8');
  const after = edit(before);
  if (after === before) throw new Error(`nothing to edit in ${path}`);
  await writeFile(path, after);
  try {
    await work();
  } finally {
    await writeFile(path, before);
  }
}

/**
 * Everything that the document calls other than healthy, with its reason: what a test that expects
 * none of it shows when it fails.
 */
export function troubles(document: Document): string[] {
  const found: string[] = [];
  const walk = (value: unknown, path: string): void => {
    if (typeof value !== 'object' || value === null) return;
    const { state } = value as { readonly state?: unknown };
    if (typeof state === 'string' && state !== 'healthy')
      found.push(`${path} ${JSON.stringify(value)}`);
    for (const [key, part] of Object.entries(value)) walk(part, `${path}.${key}`);
  };
  walk(document.health, 'health');
  return [...(document.error === undefined ? [] : [JSON.stringify(document.error)]), ...found];
}

/** Looks until all is well, for at most four minutes; fails with what was not. */
export async function untilHealthy(): Promise<void> {
  const deadline = Date.now() + 240_000;
  let left = troubles(await jsonOnLab('status'));
  while (left.length > 0 && Date.now() < deadline) left = troubles(await jsonOnLab('status'));
  if (left.length > 0) throw new Error(`not healthy after four minutes:\n${left.join('\n')}`);
}

/** All error codes of a document, the parts of a summary included. */
export function codesOf(error: ErrorPart | undefined): string[] {
  if (error === undefined) return [];
  return error.parts.length === 0 ? [error.code] : error.parts.flatMap(codesOf);
}
