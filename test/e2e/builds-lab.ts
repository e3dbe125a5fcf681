import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { ciCluster, dockerOf, type Finished } from './lab.ts';

const labs = `${process.env.CI_CLUSTER_LAB_STATE ?? '/var/lib/ci-cluster-lab'}/labs`;
let labName = 'e2e-builds';

/** Each file of tests has a lab of its own; nothing else uses its name. */
export function useLab(name: string): void {
  labName = name;
}

/** A file of the lab: its cluster file, the administrator's password. */
export function fileOfLab(name: string): string {
  return `${labs}/${labName}/${name}`;
}

export interface BuildDocument {
  readonly exitCode: number;
  readonly error?: { readonly code: string; readonly message: string; readonly remedy: string };
  readonly builds: readonly {
    readonly controller: string;
    readonly job: string;
    readonly number: number;
    readonly result: string;
    readonly buildAgent: string;
    readonly host: string | null;
    readonly artifacts: readonly string[];
    readonly moments: Readonly<Record<string, number>>;
    readonly console: readonly string[];
  }[];
}

export async function onLab(...args: readonly string[]): Promise<Finished> {
  return await ciCluster('lab', 'exec', '--name', labName, '--', ...args);
}

export async function jsonOnLab<Form>(...args: readonly string[]): Promise<Form> {
  const { stdout, stderr } = await onLab(...args, '--json');
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as Form;
}

export async function build(...args: readonly string[]): Promise<BuildDocument> {
  return await jsonOnLab<BuildDocument>('build', ...args);
}

interface LabHost {
  readonly name: string;
  readonly address: string;
  readonly container: string;
}

export async function hosts(): Promise<readonly LabHost[]> {
  const text = await readFile(fileOfLab('lab.json'), 'utf8');
  return (JSON.parse(text) as { readonly hosts: readonly LabHost[] }).hosts;
}

export async function hostOf(name: string): Promise<LabHost> {
  const found = (await hosts()).find((host) => host.name === name);
  if (found === undefined) throw new Error(`the lab has no host ${name}`);
  return found;
}

/** The machine's own Docker, where the hosts are containers. */
export async function docker(...args: readonly string[]): Promise<string> {
  return await dockerOf(labName, ...args);
}

/** A command on a lab host as root, beside the product's own way in. */
export async function onHost(name: string, ...argv: readonly string[]): Promise<string> {
  const { container } = await hostOf(name);
  return await docker('exec', container, ...argv);
}

async function subnet(): Promise<string> {
  const text = await readFile(fileOfLab('lab.json'), 'utf8');
  return (JSON.parse(text) as { readonly subnet: string }).subnet;
}

async function addressAt(last: number): Promise<string> {
  return (await subnet()).replace(/\.0\/24$/, `.${last}`);
}

const ports = { main: 8081, tools: 8082 };
export type Controller = keyof typeof ports;

/** Where people come in: the address that moves between the gateways. */
export async function urlOf(controller: Controller): Promise<string> {
  return `http://${await addressAt(4)}:${ports[controller]}`;
}

async function authorization(): Promise<string> {
  const password = (await readFile(fileOfLab('admin-password'), 'utf8')).trim();
  return `Basic ${Buffer.from(`admin:${password}`).toString('base64')}`;
}

/** A Jenkins that tests talk to as a person's script would: login, crumb, session. */
export class Jenkins {
  readonly #url: string;
  readonly #signsIn: boolean;

  constructor(url: string, { signsIn }: { readonly signsIn: boolean } = { signsIn: true }) {
    this.#url = url;
    this.#signsIn = signsIn;
  }

  async get<Form>(path: string): Promise<Form> {
    return (await (await this.#ask(path)).json()) as Form;
  }

  async text(path: string): Promise<string> {
    return await (await this.#ask(path)).text();
  }

  async post(path: string, xml?: string): Promise<Response> {
    const type = xml === undefined ? 'application/x-www-form-urlencoded' : 'application/xml';
    return await fetch(`${this.#url}${path}`, {
      method: 'POST',
      redirect: 'manual',
      headers: { ...(await this.#login()), ...(await this.#crumb()), 'content-type': type },
      ...(xml === undefined ? {} : { body: xml }),
      signal: AbortSignal.timeout(15_000),
    });
  }

  /** Only a Jenkins that knows its users asks for one; it belongs to its session. */
  async #crumb(): Promise<Record<string, string>> {
    if (!this.#signsIn) return {};
    const answer = await this.#ask('/crumbIssuer/api/json');
    const { crumb, crumbRequestField } = (await answer.json()) as Readonly<Record<string, string>>;
    const cookies = answer.headers.getSetCookie().map((one) => one.split(';')[0]);
    return { cookie: cookies.join('; '), [crumbRequestField ?? '']: crumb ?? '' };
  }

  async #ask(path: string): Promise<Response> {
    return await fetch(`${this.#url}${path}`, {
      headers: await this.#login(),
      signal: AbortSignal.timeout(15_000),
    });
  }

  async #login(): Promise<Record<string, string>> {
    return this.#signsIn ? { authorization: await authorization() } : {};
  }

  /** Starts a job that runs the shell commands on a build agent with the label. */
  async start(name: string, label: string, commands: string): Promise<void> {
    const escaped = commands.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
    const xml = `<?xml version='1.1' encoding='UTF-8'?>
<project>
  <assignedNode>${label}</assignedNode>
  <canRoam>false</canRoam>
  <builders><hudson.tasks.Shell><command>${escaped}</command></hudson.tasks.Shell></builders>
  <publishers/>
</project>`;
    const created = await this.post(`/createItem?name=${name}`, xml);
    if (created.status === 400) await this.post(`/job/${name}/config.xml`, xml);
    const started = await this.post(`/job/${name}/build?delay=0sec`);
    if (started.status !== 201) throw new Error(`${name} was not started: ${started.status}`);
  }

  async lastBuild(name: string): Promise<Build | undefined> {
    const answer = await this.#ask(`/job/${name}/lastBuild/api/json`);
    return answer.status === 200 ? ((await answer.json()) as Build) : undefined;
  }

  /** The build after it ended, with its console. */
  async ended(name: string): Promise<Build & { readonly console: string }> {
    const last = await until(`${name} has ended`, async () => {
      const found = await this.lastBuild(name);
      return found?.building === false ? found : undefined;
    });
    return { ...last, console: await this.text(`/job/${name}/${last.number}/consoleText`) };
  }

  /** The console says the word: the build is where the test needs it. */
  async says(name: string, word: string): Promise<Build> {
    return await until(`${name} says ${word}`, async () => {
      const found = await this.lastBuild(name);
      if (found === undefined) return undefined;
      const text = await this.text(`/job/${name}/${found.number}/consoleText`);
      // The shell prints each command before it runs: the word alone on a line is the answer.
      return text.split('\n').includes(word) ? found : undefined;
    });
  }
}

export interface Build {
  readonly building: boolean;
  readonly result: string | null;
  readonly number: number;
  readonly builtOn: string;
}

export async function jenkins(controller: Controller): Promise<Jenkins> {
  return new Jenkins(await urlOf(controller));
}

/** Looks again until there is an answer; fails with what was waited for. */
export async function until<Found>(
  what: string,
  look: () => Promise<Found | undefined>,
  deadlineMs = 240_000,
): Promise<Found> {
  const deadline = Date.now() + deadlineMs;
  let last: unknown = '';
  while (Date.now() < deadline) {
    const found = await look().catch((error: unknown) => {
      last = error;
      return undefined;
    });
    if (found !== undefined) return found;
    await pause(500);
  }
  throw new Error(`waited ${deadlineMs / 1000} s in vain until ${what}`, { cause: last });
}

export interface BuildContainer {
  readonly host: string;
  readonly id: string;
  readonly inspect: Inspect;
}

interface Inspect {
  readonly Name: string;
  readonly State: { readonly Pid: number; readonly Running: boolean };
  readonly Config: { readonly Image: string };
  readonly HostConfig: {
    readonly Memory: number;
    readonly CpuQuota: number;
    readonly CpuPeriod: number;
    readonly NetworkMode: string;
    readonly Binds: readonly string[];
  };
}

/** Containers that Mesos runs on the agents, by a part of their image's name. */
export async function taskContainers(image: string): Promise<readonly BuildContainer[]> {
  const agents = (await hosts()).filter(({ name }) => name.startsWith('a'));
  const found = await Promise.all(
    agents.map(async ({ name }) => {
      const ids = await onHost(name, 'docker', 'ps', '-q', '--filter', 'name=mesos-').catch(
        () => '',
      );
      if (ids === '') return [];
      const text = await onHost(name, 'docker', 'inspect', ...ids.split('\n'));
      return (JSON.parse(text) as (Inspect & { Id: string })[]).map((inspect) => ({
        ...{ host: name, id: inspect.Id, inspect },
      }));
    }),
  );
  return found.flat().filter(({ inspect }) => inspect.Config.Image.includes(image));
}

/** The container of one controller, by its home. */
export async function controllerContainer(controller: Controller): Promise<BuildContainer> {
  const all = await taskContainers('/jenkins:');
  const found = all.find(({ inspect }) =>
    inspect.HostConfig.Binds.some(
      (bind) => bind.includes(`/${controller}:`) && bind.includes('/var/jenkins_home'),
    ),
  );
  if (found === undefined) throw new Error(`no container of ${controller}`);
  return found;
}
