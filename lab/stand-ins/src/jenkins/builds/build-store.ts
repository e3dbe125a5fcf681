import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { writeAtomically } from '../atomic-file.ts';
import type { Build } from './build.ts';
import { fromBuildXml, toBuildXml } from './build-xml.ts';

/** A job's builds in the home: `jobs/<job>/builds/<n>/{build.xml,log,archive/}`, the newest first. */
export class BuildStore {
  readonly #home: string;
  readonly #version: string;
  readonly #byJob = new Map<string, Map<number, Build>>();

  constructor(home: string, version: string) {
    this.#home = home;
    this.#version = version;
  }

  of(job: string): readonly Build[] {
    return [...this.#load(job).values()].sort((a, b) => b.number - a.number);
  }

  /** All that run, of jobs that were asked for; others cannot run. */
  running(): readonly Build[] {
    return [...this.#byJob.values()]
      .flatMap((builds) => [...builds.values()])
      .filter(({ result }) => result === undefined);
  }

  get(job: string, number: number): Build | undefined {
    return this.#load(job).get(number);
  }

  save(build: Build): void {
    this.#load(build.job).set(build.number, build);
    const folder = this.folder(build.job, build.number);
    mkdirSync(folder, { recursive: true });
    writeAtomically(join(folder, 'build.xml'), toBuildXml(build, this.#version));
  }

  remove(job: string, number: number): void {
    this.#load(job).delete(number);
    const folder = this.folder(job, number);
    if (!existsSync(folder)) return;
    // As core does: under another name first, so that a half-deleted build is never loaded again.
    const doomed = join(dirname(folder), `.${number}`);
    rmSync(doomed, { recursive: true, force: true });
    renameSync(folder, doomed);
    rmSync(doomed, { recursive: true, force: true });
  }

  forget(job: string): void {
    this.#byJob.delete(job);
  }

  /** The highest number that was ever used, as far as the folders tell. */
  highest(job: string): number {
    return Math.max(0, ...this.#load(job).keys());
  }

  folder(job: string, number: number): string {
    return join(this.#home, 'jobs', job, 'builds', String(number));
  }

  append({ job, number }: Build, text: string | Buffer): void {
    const path = join(this.folder(job, number), 'log');
    // The job may have been deleted under its running build.
    if (existsSync(dirname(path))) appendFileSync(path, text);
  }

  log({ job, number }: Build): Buffer {
    const path = join(this.folder(job, number), 'log');
    return existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
  }

  /** Relative paths of what was archived. */
  artifacts({ job, number }: Build): readonly string[] {
    const folder = join(this.folder(job, number), 'archive');
    if (!existsSync(folder)) return [];
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((path) => statSync(join(folder, path)).isFile())
      .sort();
  }

  artifact({ job, number }: Build, path: string): Buffer | undefined {
    const file = this.#artifactPath({ job, number }, path);
    return file !== undefined && existsSync(file) && statSync(file).isFile()
      ? readFileSync(file)
      : undefined;
  }

  /** Starts the file anew; the result appends to it. */
  archive(build: Build, path: string): (chunk: Buffer) => void {
    const file = this.#artifactPath(build, path);
    if (file === undefined) throw new Error(`${path} is outside of the archive`);
    if (!existsSync(this.folder(build.job, build.number))) throw new Error('the build is deleted');
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, '');
    return (chunk) => {
      appendFileSync(file, chunk);
    };
  }

  #artifactPath({ job, number }: Pick<Build, 'job' | 'number'>, path: string): string | undefined {
    const inside = normalize(path);
    if (inside.startsWith('..') || inside.startsWith('/')) return undefined;
    return join(this.folder(job, number), 'archive', inside);
  }

  #load(job: string): Map<number, Build> {
    const known = this.#byJob.get(job);
    if (known !== undefined) return known;
    const loaded = new Map<number, Build>();
    for (const number of this.#numbers(job)) {
      const build = this.#read(job, number);
      if (build !== undefined) loaded.set(number, build);
    }
    this.#byJob.set(job, loaded);
    return loaded;
  }

  #numbers(job: string): number[] {
    const folder = join(this.#home, 'jobs', job, 'builds');
    if (!existsSync(folder)) return [];
    return readdirSync(folder)
      .filter((name) => /^[1-9]\d*$/.test(name))
      .map(Number);
  }

  #read(job: string, number: number): Build | undefined {
    const path = join(this.folder(job, number), 'build.xml');
    return existsSync(path) ? fromBuildXml(job, number, readFileSync(path, 'utf8')) : undefined;
  }
}
