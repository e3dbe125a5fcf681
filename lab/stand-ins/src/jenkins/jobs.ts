import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeAtomically } from './atomic-file.ts';
import { readJobConfig, type JobConfig } from './job-config.ts';
import { parseXml } from './xml-tree.ts';

export interface Job {
  readonly name: string;
  readonly xml: string;
  readonly config: JobConfig;
  readonly nextBuildNumber: number;
}

/** Jobs live in the home as Jenkins keeps them: `jobs/<name>/config.xml` and `nextBuildNumber`. */
export class Jobs {
  readonly #folder: string;
  /** Parsed definitions by name, as long as their text is the same. */
  readonly #parsed = new Map<string, { readonly xml: string; readonly config: JobConfig }>();

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
    const xml = readFileSync(path, 'utf8');
    const config = this.#parse(name, xml);
    if (config === undefined) return undefined;
    return { name, xml, config, nextBuildNumber: this.#nextBuildNumber(name) };
  }

  /** Creates or replaces. */
  save(name: string, xml: string): void {
    mkdirSync(join(this.#folder, name, 'builds'), { recursive: true });
    writeAtomically(join(this.#folder, name, 'config.xml'), xml);
    if (!existsSync(this.#counter(name))) this.setNextBuildNumber(name, 1);
  }

  remove(name: string): void {
    rmSync(join(this.#folder, name), { recursive: true, force: true });
  }

  /** Written before the build begins: a number that was given once is never given again. */
  setNextBuildNumber(name: string, number: number): void {
    writeAtomically(this.#counter(name), `${number}\n`);
  }

  #parse(name: string, xml: string): JobConfig | undefined {
    const known = this.#parsed.get(name);
    if (known?.xml === xml) return known.config;
    const root = parseXml(xml);
    if (root === undefined) return undefined;
    const config = readJobConfig(root);
    this.#parsed.set(name, { xml, config });
    return config;
  }

  #counter(name: string): string {
    return join(this.#folder, name, 'nextBuildNumber');
  }

  #nextBuildNumber(name: string): number {
    const path = this.#counter(name);
    return existsSync(path) ? Number(readFileSync(path, 'utf8').trim()) : 1;
  }
}

/** Jenkins refuses these characters in names (`Jenkins.checkGoodName`, core 2.5xx). */
export function isName(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && !/[?*/\\%!@#$^&|<>[\]:;]/.test(name);
}
