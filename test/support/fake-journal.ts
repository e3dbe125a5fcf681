import type { Caller, Journal } from '../../src/ports.ts';

/** Records in memory, by path. */
export function fakeJournal(records: Map<string, string[]>): Journal {
  const pathOf = ({ folder, name }: { folder: string; name: string }) =>
    `/home/ops/.local/state/ci-cluster/${folder}/runs/${name}.ndjson`;
  return {
    pathOf,
    append: (record, lines) => {
      records.set(pathOf(record), [...(records.get(pathOf(record)) ?? []), ...lines]);
      return Promise.resolve();
    },
    list: () =>
      Promise.resolve(
        [...records.keys()].map((path) => {
          const [name = '', , folder = ''] = path.split('/').reverse();
          return { folder, name: name.replace(/\.ndjson$/, '') };
        }),
      ),
    read: (record) => Promise.resolve(records.get(pathOf(record)) ?? []),
  };
}

export function fakeCaller(parts: Partial<Caller> = {}): Caller {
  return {
    owner: 'ops@desk',
    version: '1.2.3',
    args: [],
    folder: '/home/ops',
    process: 'desk:1:1',
    isRunning: () => false,
    ...parts,
  };
}
