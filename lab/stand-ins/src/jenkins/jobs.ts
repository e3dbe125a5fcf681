import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeEntities } from './xml.ts';

export interface Job {
  readonly name: string;
  readonly config: string;
  readonly disabled: boolean;
  /** Undefined: may run anywhere, which with no executors on the controller is nowhere. */
  readonly label: string | undefined;
  readonly description: string;
  readonly nextBuildNumber: number;
}

/** Jobs live in the home as Jenkins keeps them: `jobs/<name>/config.xml` and `nextBuildNumber`. */
export class Jobs {
  readonly #folder: string;

  constructor(home: string) {
    this.#folder = join(home, 'jobs');
  }

  all(): Job[] {
    return readdirSync(this.#folder)
      .sort()
      .map((name) => this.get(name))
      .filter((job) => job !== undefined);
  }

  get(name: string): Job | undefined {
    if (!isName(name)) return undefined;
    const path = join(this.#folder, name, 'config.xml');
    if (!existsSync(path)) return undefined;
    const config = readFileSync(path, 'utf8');
    return {
      name,
      config,
      disabled: element(config, 'disabled') === 'true',
      label: element(config, 'canRoam') === 'true' ? undefined : element(config, 'assignedNode'),
      description: element(config, 'description') ?? '',
      nextBuildNumber: this.#nextBuildNumber(name),
    };
  }

  /** Creates or replaces. */
  save(name: string, config: string): void {
    mkdirSync(join(this.#folder, name, 'builds'), { recursive: true });
    writeFileSync(join(this.#folder, name, 'config.xml'), config);
    const counter = join(this.#folder, name, 'nextBuildNumber');
    if (!existsSync(counter)) writeFileSync(counter, '1\n');
  }

  remove(name: string): void {
    rmSync(join(this.#folder, name), { recursive: true, force: true });
  }

  #nextBuildNumber(name: string): number {
    const path = join(this.#folder, name, 'nextBuildNumber');
    return existsSync(path) ? Number(readFileSync(path, 'utf8').trim()) : 1;
  }
}

/** Jenkins refuses these characters in names (`Jenkins.checkGoodName`, core 2.5xx). */
export function isName(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && !/[?*/\\%!@#$^&|<>[\]:;]/.test(name);
}

/** Text of the first element of that name; job files are flat enough for it. */
function element(xml: string, name: string): string | undefined {
  const match = new RegExp(`<${name}(?:\\s[^>]*)?>([^<]*)</${name}>`).exec(xml);
  return match?.[1] === undefined ? undefined : decodeEntities(match[1].trim());
}
