import { ClusterError } from '../../src/errors.ts';
import { parseCluster } from '../../src/config/parse-cluster.ts';

/** `line:column what` of each fault of a cluster file; nothing if it is accepted. */
export function faultsIn(text: string): string[] {
  try {
    parseCluster(text, { path: 'cluster.yml', home: '/home/ops' });
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
  try {
    parseCluster(text, { path: 'cluster.yml', home: '/home/ops' });
    return 'accepted';
  } catch (error) {
    if (!(error instanceof ClusterError) || error.code !== 'CONFIG_INVALID') throw error;
    // No `expect` in here: some hundred thousand of them would take longer than all the rest.
    const [head = '', ...lines] = error.message.split('\n');
    const lastLine = text.split('\n').length;
    const odd = lines.filter((line) => !isFault(line, lastLine));
    if (!/^cluster\.yml has \d+ faults?$/.test(head) || odd.length > 0) throw error;
    return 'refused';
  }
}

function isFault(line: string, lastLine: number): boolean {
  const place = /^cluster\.yml:([1-9]\d*):[1-9]\d* [^\u0000-\u001f\u007f-\u009f]+$/.exec(line);
  return place ? Number(place[1]) <= lastLine : /^and \d+ more$/.test(line);
}
