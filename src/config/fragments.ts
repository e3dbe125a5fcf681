import { ClusterError } from '../errors.ts';
import type { CascFragment } from './cluster-spec.ts';
import { pathText } from './fault.ts';
import { readFragment, type Fragment } from './fragment.ts';
import { conflicts, ownedFaults } from './fragment-faults.ts';
import type { ParsedController } from './parsed-cluster.ts';

export interface FragmentWorld {
  readonly readFile: (path: string) => Promise<string>;
  /** Names of the files directly in a folder. */
  readonly listFiles: (path: string) => Promise<readonly string[]>;
}

const mostFiles = 50;
const mostBytes = 256 * 1024;
/** Becomes part of a path on the hosts and of a comma list. */
const fileName = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$/;

/** Every JCasC file of a controller's folder, sorted. Throws CONFIG_INVALID with all faults at once. */
export async function readFragments(
  controller: ParsedController,
  world: FragmentWorld,
): Promise<readonly CascFragment[]> {
  const folder = controller.cascFolder?.replace(/\/+$/, '');
  if (folder === undefined) return [];
  const all = await world.listFiles(folder);
  const names = all.filter((name) => /^[^.].*\.ya?ml$/.test(name)).toSorted();
  if (names.length > mostFiles) throw tooMany(controller, folder, names.length);
  const files = await Promise.all(
    names.map(async (name) => ({ name, content: await world.readFile(`${folder}/${name}`) })),
  );
  const lines = faultLines(folder, files, controller);
  if (lines.length > 0) throw invalid(folder, lines);
  return files;
}

function tooMany({ name }: ParsedController, folder: string, count: number): ClusterError {
  const message = `jenkins.${name}.casc: ${folder} has ${String(count)} files, at most ${String(mostFiles)} are read`;
  return new ClusterError('CONFIG_INVALID', message, { remedy: 'Put some of them into one file.' });
}

function invalid(folder: string, lines: readonly string[]): ClusterError {
  const count = lines.length === 1 ? '1 fault' : `${String(lines.length)} faults`;
  return new ClusterError('CONFIG_INVALID', [`${folder} has ${count}`, ...lines].join('\n'), {
    remedy: 'Correct these lines; Jenkins would not start with them.',
  });
}

interface ReadFile extends CascFragment {
  readonly fragment: Fragment;
}

function faultLines(
  folder: string,
  files: readonly CascFragment[],
  controller: ParsedController,
): readonly string[] {
  const read = files.map((file): ReadFile => ({ ...file, fragment: fragmentOf(file) }));
  return read.flatMap((file, index) => {
    const faults = [
      ...nameFaults(file),
      ...file.fragment.faults,
      ...ownedFaults(file.fragment, controller),
      ...read.slice(0, index).flatMap((earlier) => conflictFaults(earlier, file)),
    ];
    return faults.map(({ message, position: { line, column } }) => {
      return `${folder}/${file.name}:${String(line)}:${String(column)} ${message}`;
    });
  });
}

function fragmentOf({ content }: CascFragment): Fragment {
  if (new TextEncoder().encode(content).length <= mostBytes) return readFragment(content);
  const message = `is larger than ${String(mostBytes / 1024)} KiB`;
  const start = { line: 1, column: 1 };
  return { value: {}, faults: [{ message, position: start }], locate: () => start };
}

function nameFaults({ name }: ReadFile): Fragment['faults'] {
  const position = { line: 1, column: 1 };
  if (name === 'jenkins.yaml')
    return [{ message: 'has the name of the file that ci-cluster renders', position }];
  if (fileName.test(name)) return [];
  const message = 'must be named with letters, digits, ".", "_" and "-" only, at most 100';
  return [{ message, position }];
}

function conflictFaults(earlier: ReadFile, { fragment }: ReadFile): Fragment['faults'] {
  return conflicts(earlier.fragment.value, fragment.value).map((path) => ({
    message: `${pathText(path)}: is set in ${earlier.name} already`,
    position: fragment.locate(path),
  }));
}
