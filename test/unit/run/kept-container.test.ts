import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { HostStep, StartContainer, TakeBackContainer } from '../../../src/plan/step.ts';
import { shellHost, type ShellHost } from '../../support/shell-host.ts';

let host: ShellHost;

beforeEach(async () => {
  host = await shellHost();
  await host.set('ports', '2181\n');
  await host.set('log', 'last line\n');
});

afterEach(async () => {
  await host[Symbol.asyncDispose]();
});

function start(fingerprint: string, replace = false): StartContainer {
  return {
    ...{ kind: 'start-container', service: 'zookeeper', cluster: 'ci/1', fingerprint, replace },
    container: {
      ...{ name: 'ci-zookeeper', image: 'zookeeper:3.9.5', command: [], mounts: [], env: {} },
      ...{ hostPids: false, capabilities: [], stopSeconds: 30, listens: [2181], opensLater: [] },
    },
  };
}

function takeBack(fingerprint: string, listens = [2181]): TakeBackContainer {
  return {
    ...{ kind: 'take-back-container', name: 'ci-zookeeper', fingerprint },
    ...{ listens, stopSeconds: 30 },
  };
}

async function perform(...steps: readonly HostStep[]): Promise<readonly string[]> {
  return (await host.perform(steps)).results;
}

/** `ci-zookeeper new running unless-stopped`, in the order of names. */
async function containers(): Promise<readonly string[]> {
  const names = (await readdir(join(host.folder, 'stub', 'containers'))).sort();
  return await Promise.all(
    names.map(async (name) => {
      const of = (what: string) => host.read(`stub/containers/${name}/${what}`);
      return [name, await of('fingerprint'), await of('status'), await of('policy')].join(' ');
    }),
  );
}

const docker = (...words: string[]) => host.run(['docker', ...words], []);

test('the container that was replaced is kept, stopped and not to be started by Docker', async () => {
  expect(await perform(start('one'), start('two'))).toEqual(['0 changed', '1 changed']);
  expect(await containers()).toEqual([
    'ci-zookeeper two running unless-stopped',
    'ci-zookeeper.before one exited no',
  ]);
});

test('only one generation is kept', async () => {
  await perform(start('one'), start('two'), start('three'));
  expect(await containers()).toEqual([
    'ci-zookeeper three running unless-stopped',
    'ci-zookeeper.before two exited no',
  ]);
});

test('the same definition with newer files does not take the place of what is kept', async () => {
  await perform(start('one'), start('two'), start('two', true));
  expect(await containers()).toEqual([
    'ci-zookeeper two running unless-stopped',
    'ci-zookeeper.before one exited no',
  ]);
});

test('a new one that does not stay up leaves what was kept before as it was', async () => {
  await perform(start('one'), start('two'));
  await host.set('exits', '1');
  expect(await perform(start('three'))).toEqual(['0 failed CONTAINER_EXITED']);
  expect(await containers()).toEqual([
    'ci-zookeeper two running unless-stopped',
    'ci-zookeeper.before one exited no',
  ]);
});

test('the kept container is taken back, and the other one is kept instead', async () => {
  await perform(start('one'), start('two'));
  expect(await perform(takeBack('one'))).toEqual(['0 changed']);
  expect(await containers()).toEqual([
    'ci-zookeeper one running unless-stopped',
    'ci-zookeeper.before two exited no',
  ]);
  expect(await perform(takeBack('one'))).toEqual(['0 unchanged']);
  expect(await perform(takeBack('two'))).toEqual(['0 changed']);
  expect((await containers())[0]).toBe('ci-zookeeper two running unless-stopped');
});

test('nothing is stopped for a container that is not kept', async () => {
  await perform(start('one'), start('two'));
  const { results, evidence } = await host.perform([takeBack('zero')]);
  expect(results).toEqual(['0 failed STEP_FAILED']);
  expect(evidence).toEqual(['no such container is kept as ci-zookeeper.before']);
  expect((await containers())[0]).toBe('ci-zookeeper two running unless-stopped');
});

test('a kept container that does not stay up any more is put away again', async () => {
  await perform(start('one'), start('two'));
  await host.set('dies', 'one');
  const { results, evidence } = await host.perform([takeBack('one')]);
  expect(results).toEqual(['0 failed CONTAINER_EXITED']);
  expect(evidence).toEqual([
    'ci-zookeeper exited with code 1; its last lines:',
    'last line',
    'the ci-zookeeper that ran before is back',
  ]);
  expect(await containers()).toEqual([
    'ci-zookeeper two running unless-stopped',
    'ci-zookeeper.before one exited no',
  ]);
});

test('a kept container is taken back where the one that replaced it is gone', async () => {
  await perform(start('one'), start('two'));
  await docker('rm', '--force', 'ci-zookeeper');
  expect(await perform(takeBack('one'))).toEqual(['0 changed']);
  expect(await containers()).toEqual(['ci-zookeeper one running unless-stopped']);
});

test.each<[string, readonly (readonly string[])[]]>([
  ['before the swap', [['rename', 'ci-zookeeper', 'ci-zookeeper.previous']]],
  [
    'in the middle of the swap',
    [
      ['rename', 'ci-zookeeper', 'ci-zookeeper.previous'],
      ['rename', 'ci-zookeeper.before', 'ci-zookeeper'],
    ],
  ],
])('a taking back that was cut off %s is finished by the next one', async (_name, calls) => {
  await perform(start('one'), start('two'));
  await docker('update', '--restart', 'no', 'ci-zookeeper');
  await docker('stop', '--time', '1', 'ci-zookeeper');
  for (const call of calls) await docker(...call);
  expect(await perform(takeBack('one'))).toEqual(['0 changed']);
  expect(await containers()).toEqual([
    'ci-zookeeper one running unless-stopped',
    'ci-zookeeper.before two exited no',
  ]);
});

test('a start that was cut off before the keeping keeps what it had set aside', async () => {
  await perform(start('one'));
  await docker('stop', '--time', '1', 'ci-zookeeper');
  await docker('rename', 'ci-zookeeper', 'ci-zookeeper.previous');
  await host.run(
    [
      'docker',
      'run',
      '--restart',
      'unless-stopped',
      '--name',
      'ci-zookeeper',
      '--label',
      'io.ci-cluster.fingerprint=two',
    ],
    [],
  );
  expect(await perform(start('two'))).toEqual(['0 unchanged']);
  expect((await containers()).map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
    'ci-zookeeper two',
    'ci-zookeeper.before one',
  ]);
});

test('a restart is one of the same container, and tells when it does not come back', async () => {
  await perform(start('one'));
  const step: HostStep = {
    ...{ kind: 'restart-container', name: 'ci-zookeeper' },
    ...{ listens: [2181], stopSeconds: 7 },
  };
  expect(await perform(step)).toEqual(['0 changed']);
  expect(await host.calls()).toContain('docker|restart|--time|7|ci-zookeeper|');
  await host.set('ports', '');
  expect(await perform(step)).toEqual(['0 failed CONTAINER_EXITED']);
});
