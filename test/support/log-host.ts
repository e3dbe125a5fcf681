import { execFileSync } from 'node:child_process';
import {
  appendFile,
  mkdir,
  mkdtemp,
  readFile,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadTemplates } from '../../src/adapters/files.ts';
import { localHost } from '../../src/adapters/local-host.ts';
import type { Host } from '../../src/config/cluster-spec.ts';
import type { Argv, Ran, RemoteHost, RunOptions } from '../../src/ports.ts';
import { logsCommand, logsScript, type LogRequest } from '../../src/run/logs/request.ts';
import type { LogSource } from '../../src/run/logs/source.ts';

const stubs = fileURLToPath(new URL('../fixtures/log-stubs', import.meta.url));
const templates = await loadTemplates(new URL('../../templates/', import.meta.url));

export interface LogContainer {
  readonly id: string;
  readonly running?: boolean;
  readonly started?: string;
  readonly log?: readonly string[];
  readonly errors?: readonly string[];
  /** Makes it a task of Mesos. */
  readonly env?: readonly string[];
  /** Its log can be followed. */
  readonly live?: boolean;
}

/** The script for logs, run by the real `sh` with a Docker that has the containers of a folder. */
export class LogHost {
  readonly folder: string;

  /** Where the script runs; this machine without SSH if nothing else is said. */
  host: RemoteHost = localHost('m1', { politeStopMs: 5000, drainMs: 1000 });

  constructor(folder: string) {
    this.folder = folder;
  }

  async put(name: string, one: LogContainer): Promise<void> {
    const { id, running = true, started = 't1', log = [], errors, env, live = false } = one;
    await mkdir(this.folder, { recursive: true });
    const place = await mkdtemp(`${this.folder}-`);
    await writeFile(join(place, 'log'), log.map((line) => `${line}\n`).join(''));
    await writeFile(join(place, 'started'), started);
    await writeFile(join(place, 'running'), String(running));
    if (errors !== undefined) await writeFile(join(place, 'errors'), `${errors.join('\n')}\n`);
    if (env !== undefined) {
      await writeFile(join(place, 'env'), JSON.stringify(env));
      await appendFile(join(this.folder, 'task-ids'), `${id}\n`);
    }
    if (live) execFileSync('mkfifo', [join(place, 'live')]);
    await writeFile(join(place, 'id'), id);
    // There is no moment in which Docker knows neither the old nor the new one.
    await symlink(place, `${place}.link`);
    await rename(`${place}.link`, join(this.folder, name));
  }

  async remove(name: string): Promise<void> {
    await rm(join(this.folder, name));
  }

  async stopDocker(): Promise<void> {
    await writeFile(join(this.folder, 'daemon-is-down'), '');
  }

  /** Whoever follows the container reads it, then its log ends. */
  async say(name: string, ...lines: readonly string[]): Promise<void> {
    await writeFile(join(this.folder, name, 'live'), lines.map((line) => `${line}\n`).join(''));
  }

  async calls(): Promise<string> {
    return await readFile(join(this.folder, 'calls'), 'utf8').catch(() => '');
  }

  async run(argv: Argv, options: Partial<RunOptions> = {}): Promise<Ran> {
    const path = [stubs, process.env.PATH ?? ''].join(':');
    return await this.host.run(['env', `STUB=${this.folder}`, `PATH=${path}`, ...argv], {
      deadlineMs: 20_000,
      ...options,
    });
  }

  async ask(request: Partial<LogRequest>, options: Partial<RunOptions> = {}): Promise<Ran> {
    const argv = logsCommand(
      {
        ...{ mode: 'once', tail: 100, since: undefined, text: undefined },
        ...{ sources: [], limitBytes: 1_000_000, ...request },
      },
      templates[logsScript] ?? '',
    );
    return await this.run(argv, options);
  }
}

const host = { name: 'm1' } as Host;

export function containerSource(name: string): LogSource {
  return { host, service: name.replace('ci-', ''), kind: 'container', name };
}

export function appSource(controller: string): LogSource {
  return { host, service: `jenkins/${controller}`, kind: 'app', name: `/ci/jenkins-${controller}` };
}
