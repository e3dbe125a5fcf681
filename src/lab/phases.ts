import type { Tools } from './tools.ts';

/** The parts of a long command: each is announced, timed and summed up in one line. */
export interface Phases {
  run: <T>(name: string, work: () => Promise<T>, summary: (result: T) => string) => Promise<T>;
  /** Of the parts that ended, in their order. */
  readonly seconds: Readonly<Record<string, number>>;
}

export function createPhases({ clock, note }: Pick<Tools, 'clock' | 'note'>): Phases {
  const seconds: Record<string, number> = {};
  return {
    seconds,
    async run(name, work, summary) {
      note(`${name} …`);
      const start = clock.now();
      const result = await work();
      const took = Math.round((clock.now() - start) / 100) / 10;
      seconds[name] = took;
      note(`${name}: ${summary(result)} (${took} s)`);
      return result;
    },
  };
}
