import { ClusterError } from '../../src/errors.ts';
import type { Path } from '../../src/config/fault.ts';
import { clusterOf, parseCluster } from '../../src/config/parse-cluster.ts';
import type { YamlDocument } from '../../src/config/yaml-document.ts';

const origin = { path: 'cluster.yml', home: '/home/ops' };

/** `line:column what` of each fault of a cluster file; nothing if it is accepted. */
export function faultsIn(text: string): string[] {
  try {
    parseCluster(text, origin);
    return [];
  } catch (error) {
    if (!(error instanceof ClusterError) || error.code !== 'CONFIG_INVALID') throw error;
    return error.message
      .split('\n')
      .slice(1)
      .map((line) => line.replace(/^cluster\.yml:/, ''));
  }
}

/** Accepted, or refused as the operator expects it; anything else is thrown and fails the test. */
export function outcome(text: string): 'accepted' | 'refused' {
  return outcomeOf(() => parseCluster(text, origin), text.split('\n').length);
}

/** The same for a value as YAML gives it, without the time that the text would take. */
export function valueOutcome(value: unknown): 'accepted' | 'refused' {
  const document: YamlDocument = {
    ...{ value, faults: [], usable: true, locate: () => ({ line: 1, column: 1 }) },
    keys: (path) => Object.keys(at(value, path) ?? {}),
    has: (path) => at(value, path) !== undefined,
  };
  return outcomeOf(() => clusterOf(document, origin), 1);
}

function at(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (inner, name) => (inner as Record<string, unknown> | null)?.[name],
    value,
  );
}

function outcomeOf(attempt: () => unknown, lastLine: number): 'accepted' | 'refused' {
  try {
    attempt();
    return 'accepted';
  } catch (error) {
    if (!(error instanceof ClusterError) || error.code !== 'CONFIG_INVALID') throw error;
    // No `expect` in here: some hundred thousand of them would take longer than all the rest.
    const [head = '', ...lines] = error.message.split('\n');
    const odd = lines.filter((line) => !isFault(line, lastLine));
    if (!/^cluster\.yml has \d+ faults?$/.test(head) || odd.length > 0) throw error;
    return 'refused';
  }
}

function isFault(line: string, lastLine: number): boolean {
  const place = /^cluster\.yml:([1-9]\d*):[1-9]\d* [^\u0000-\u001f\u007f-\u009f]+$/.exec(line);
  return place ? Number(place[1]) <= lastLine : /^and \d+ more$/.test(line);
}
