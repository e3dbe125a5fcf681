import type { CheckName } from '../config/check-names.ts';
import type { HostStep } from '../plan/step.ts';
import type { Finding } from './check-result.ts';
import { skipped } from './check-result.ts';
import { isKnown, type Known, type Scene, type Seen } from './scene.ts';

/** One check as data: what it is for, and who judges what was seen. */
export interface Check {
  readonly name: CheckName;
  /** What is true when it passes. */
  readonly title: string;
  /** What happens without it; for docs/check.md. */
  readonly why: string;
  /** How bad what it finds is at most. */
  readonly severity: 'fail' | 'warn';
  /** What to do, in a few words; findings name the command. */
  readonly remedy: string;
  /** Whether `--fix` can repair something of it. */
  readonly fixes?: string;
  readonly judge: (scene: Scene) => readonly Judged[];
}

export interface Judged extends Finding {
  readonly host?: string | undefined;
  /** Instead of the title of the check, where it was made several times. */
  readonly title?: string | undefined;
  /** Repairs that can harm nothing. */
  readonly fix?: readonly HostStep[] | undefined;
}

type Judgement = Omit<Judged, 'host'>;

/** A judge that looks at each host by itself. */
export function eachSeen(judge: (seen: Seen, scene: Scene) => Judgement): Check['judge'] {
  return (scene) => [
    ...scene.seen.map((seen) => ({ host: seen.host.name, ...judge(seen, scene) })),
    ...notReached(scene),
  ];
}

/** The same for judges that need what only the script of the checks tells. */
export function eachKnown(judge: (known: Known, scene: Scene) => Judgement): Check['judge'] {
  return eachSeen((seen, scene) => (isKnown(seen) ? judge(seen, scene) : untold(seen)));
}

function untold({ why }: Seen): Finding {
  return skipped(why ?? 'the host did not tell', 'Run the check again when it answers.');
}

export function notReached({ missing }: Pick<Scene, 'missing'>): Judged[] {
  return missing.map(({ host }) => ({
    host,
    ...skipped('not reached', 'Run the check again when it answers.'),
  }));
}

/** A judge of the cluster as a whole. */
export function once(judge: (scene: Scene) => Judgement): Check['judge'] {
  return (scene) => [judge(scene)];
}
