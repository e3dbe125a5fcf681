import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { checkHomeLocks } from '../../../src/check/home-lock.ts';
import type { Argv, RemoteHost, RunOptions } from '../../../src/ports.ts';
import { clusterFile, controller, specOf } from '../../support/cluster-file.ts';

const spec = await specOf(
  clusterFile({
    agents: 3,
    jenkins: { main: controller({ home: { kind: 'shared', path: '/srv/homes/main' } }) },
  }),
);
const script = readFileSync(
  new URL('../../../templates/check/home-lock.sh', import.meta.url),
  'utf8',
);

interface Behaviour {
  /** What the host says instead of behaving well. */
  readonly says?: string;
  /** Its folder is not the one of the others. */
  readonly own?: boolean;
}

/** Hosts with one folder and one lock between them, as far as their behaviour says so. */
function hosts(behaviours: Readonly<Record<string, Behaviour>>) {
  const holders = new Set<string>();
  const log: string[] = [];
  const answer = (name: string, action: string): string => {
    const { says, own } = behaviours[name] ?? {};
    if (says !== undefined) return says;
    if (action === 'clean') return 'free';
    return holders.size > 0 && own !== true ? 'refused' : 'free';
  };
  const host = (name: string): RemoteHost => {
    const run = async ([, , , , action = '']: Argv, options: RunOptions) => {
      log.push(`${name} ${action}`);
      const said = answer(name, action);
      if (action !== 'hold' || said !== 'free') return ran(said, options);
      holders.add(name);
      options.onLine?.('held');
      await new Promise((resolve) => options.signal?.addEventListener('abort', resolve));
      holders.delete(name);
      return ran('', options);
    };
    return { name, run } as unknown as RemoteHost;
  };
  return { log, host };
}

function ran(stdout: string, { onLine }: RunOptions) {
  if (stdout !== '') onLine?.(stdout);
  return { exitCode: 0, signal: undefined, stdout, stderr: '', truncated: false };
}

async function checked(
  behaviours: Readonly<Record<string, Behaviour>>,
  names = ['a1', 'a2', 'a3'],
) {
  const { host, log } = hosts(behaviours);
  const ports = {
    templates: { 'check/home-lock.sh': script },
    randomId: () => 'nonce',
    signal: new AbortController().signal,
  };
  const remotes = new Map(names.map((name) => [name, host(name)]));
  const [result] = await checkHomeLocks(spec, remotes, ports);
  return { result, log };
}

test('a home that refuses everybody else while one holds it, passes', async () => {
  const { result, log } = await checked({});
  expect(result).toMatchObject({
    id: 'JENKINS_HOME_LOCK',
    verdict: 'pass',
    detail: 'locked from a1, refused to a2, a3, free again after it',
  });
  expect(log).toEqual(['a1 hold', 'a2 try', 'a3 try', 'a2 try', 'a1 clean']);
});

test('a host with a folder of its own fails, by name', async () => {
  const { result } = await checked({ a3: { own: true } });
  expect(result).toMatchObject({
    verdict: 'fail',
    detail: 'a3: got the lock although another host held it',
  });
  expect(result?.remedy).toContain('Mount the same folder at /srv/homes/main');
});

test.each([
  ['missing', 'a1: there is no such folder'],
  ['unwritable', 'a1: uid 1000 may not write there'],
  ['no-tools', 'a1: flock or setpriv (util-linux) is missing'],
  ['Welcome to a1!', 'a1: no clear answer'],
])('where the first host says %j nobody else is asked', async (says, detail) => {
  const { result, log } = await checked({ a1: { says } });
  expect(result).toMatchObject({ verdict: 'fail', detail });
  expect(log).toEqual(['a1 hold']);
});

test('every host that is at fault is named', async () => {
  const { result } = await checked({ a2: { says: 'missing' }, a3: { says: 'unwritable' } });
  expect(result?.detail).toBe('a2: there is no such folder; a3: uid 1000 may not write there');
});

test('a host that was not reached makes it skipped, not passed', async () => {
  expect((await checked({}, ['a1', 'a2'])).result).toMatchObject({
    verdict: 'skip',
    detail: 'not asked: a3',
  });
  expect((await checked({}, ['a1'])).result).toMatchObject({
    verdict: 'skip',
    detail: 'needs two hosts; reached 1 of 3',
  });
});
