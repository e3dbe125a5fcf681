export interface Comparison {
  /** Leaves of the recorded answer. */
  readonly keys: number;
  readonly covered: number;
  /** `path: what is different`. */
  readonly differences: readonly string[];
}

/** Values that differ from run to run: identities, times, addresses of this test, facts about the machine and build. */
const volatile =
  /(^|[._])(id|ids|uuid|pid|port|timestamp|time|seconds|nanoseconds|container|leader|date|user|sha|branch|version|streamId|directory|webui_dir|work_dir|zk|quorum)$|(_ids?|_pid)(\[\])?(\.value)?$|(^|\.)(id|framework_ids\[\]|frameworks\[\]|slave_ids\[\])(\.value)?$|^\.?flags|load|_bytes|avg_|cpus_total$/;

const none: Comparison = { keys: 0, covered: 0, differences: [] };

/** Key by key: presence and type always, the value unless it is volatile. */
export function compare(real: unknown, ours: unknown, path = ''): Comparison {
  return compareAny(canonical(real), canonical(ours), path);
}

/** Of a master, or of an agent, a framework, an offer that it named. */
const identity = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(-[OS]?\d+)?/g;
const uuid = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** Lists of named values by name, as flags and metrics are; keys without the ids in them. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) {
    const list = value as readonly unknown[];
    if (list.length < 20 || !list.every(isNamed)) return list.map(canonical);
    return Object.fromEntries(list.map((one) => [one.name.replaceAll(uuid, 'UUID'), one.value]));
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, one]) => [
    key.replaceAll(uuid, 'UUID'),
    canonical(one),
  ]);
  return Object.fromEntries(entries) as unknown;
}

function isNamed(value: unknown): value is { readonly name: string; readonly value: unknown } {
  return typeof (value as { readonly name?: unknown } | null)?.name === 'string';
}

function compareAny(real: unknown, ours: unknown, path: string): Comparison {
  if (Array.isArray(real)) return compareLists(real, ours, path);
  if (typeof real === 'object' && real !== null) return compareObjects(real, ours, path);
  return compareLeaves(real, ours, path);
}

function compareObjects(real: object, ours: unknown, path: string): Comparison {
  if (typeof ours !== 'object' || ours === null || Array.isArray(ours)) return missing(real, path);
  const known = real as Record<string, unknown>;
  const given = ours as Record<string, unknown>;
  const parts = Object.keys(known).map((key) =>
    compareAny(known[key], given[key], `${path}.${key}`),
  );
  const extra = Object.keys(given)
    .filter((key) => !(key in known) && given[key] !== undefined)
    .map((key) => `${path}.${key}: not in the recorded answer`);
  const own = Object.keys(known).length === 0 ? { ...none, keys: 1, covered: 1 } : none;
  return total([own, ...parts, { ...none, differences: extra }]);
}

function compareLists(real: readonly unknown[], ours: unknown, path: string): Comparison {
  if (!Array.isArray(ours)) return missing(real, path);
  if (real.length === 0 && ours.length === 0) return { ...none, keys: 1, covered: 1 };
  const { pairs, left } = paired(real, ours as readonly unknown[]);
  const parts = pairs.map(([one, match]) => compareAny(one, match, `${path}[]`));
  const extra = left.map(() => `${path}[]: one element more than recorded`);
  return total([...parts, { ...none, differences: extra }]);
}

/** Order means nothing in these answers: each recorded element with the one that resembles it most. */
export function paired(
  real: readonly unknown[],
  ours: readonly unknown[],
): { readonly pairs: [unknown, unknown][]; readonly left: readonly unknown[] } {
  const left = [...ours];
  const pairs = real.map((one): [unknown, unknown] => {
    const at = mostAlike(one, left);
    return [one, at === -1 ? undefined : left.splice(at, 1)[0]];
  });
  return { pairs, left };
}

function mostAlike(one: unknown, others: readonly unknown[]): number {
  const scores = others.map((other) => compareAny(one, other, '').covered);
  return scores.indexOf(Math.max(...scores));
}

function compareLeaves(real: unknown, ours: unknown, path: string): Comparison {
  const fault = leafFault(real, ours, path);
  if (fault === undefined) return { keys: 1, covered: 1, differences: [] };
  return { keys: 1, covered: 0, differences: [`${path}: ${fault}`] };
}

function leafFault(real: unknown, ours: unknown, path: string): string | undefined {
  if (ours === undefined) return 'missing';
  // Kept for its key alone.
  if (real === null || real === undefined) return undefined;
  if (typeof ours !== typeof real) return `${typeof ours} instead of ${typeof real}`;
  if (bare(ours) === bare(real) || volatile.test(path) || isMetric(path)) return undefined;
  return `${JSON.stringify(ours)} instead of ${JSON.stringify(real)}`;
}

/** Without ids inside texts. */
function bare(value: unknown): unknown {
  return typeof value === 'string' ? value.replaceAll(identity, 'ID') : value;
}

/** Of numbers that count what happened since the start, only these say what is the case. */
const telling =
  /^\.master\/(elected|slaves_|frameworks_|tasks_(running|staging|starting|killing|unreachable|gone_by)|(cpus|mem|disk|gpus)_(total|used|percent))|^\.registrar\/log\/recovered$/;

function isMetric(path: string): boolean {
  return /^\.\w+\//.test(path) && !telling.test(path);
}

function missing(real: unknown, path: string): Comparison {
  return { keys: leaves(real), covered: 0, differences: [`${path}: missing`] };
}

function leaves(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  const parts = Object.values(value).map(leaves);
  return Math.max(
    1,
    parts.reduce((sum, one) => sum + one, 0),
  );
}

function total(parts: readonly Comparison[]): Comparison {
  return {
    keys: parts.reduce((sum, one) => sum + one.keys, 0),
    covered: parts.reduce((sum, one) => sum + one.covered, 0),
    differences: parts.flatMap(({ differences }) => differences),
  };
}
