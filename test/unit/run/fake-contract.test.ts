import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { quote } from '../../../src/adapters/quote.ts';
import type { HostStep } from '../../../src/plan/step.ts';
import { compileScript } from '../../../src/run/script.ts';
import { parseStepLine } from '../../../src/run/step-lines.ts';
import { fakeClock } from '../../support/fake-clock.ts';
import { answerFacts } from '../../support/fake-facts.ts';
import { fakeMachine, type FakeMachine } from '../../support/fake-machine.ts';
import { templates } from '../../support/fake-ports.ts';
import { performStage } from '../../support/fake-stage.ts';
import { shellHost, type ShellHost } from '../../support/shell-host.ts';

/** The fake machines of the other tests behave like the scripts on a real `sh`: same steps, same lines. */
let real: ShellHost;
let fake: FakeMachine;

beforeEach(async () => {
  real = await shellHost();
  await real.set('ports', '5050\n');
  await real.set('log', 'why it ended\n');
  await real.set('listeners');
  fake = fakeMachine('m1', '10.0.0.11');
});

afterEach(async () => {
  await real[Symbol.asyncDispose]();
});

const owner = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };

async function onFake(steps: readonly HostStep[]): Promise<readonly string[]> {
  const library = templates['remote/stage.sh'] ?? '';
  const { argv, input } = compileScript(steps, library, quote);
  const results: string[] = [];
  const onLine = (text: string) => {
    const line = parseStepLine(text);
    if (line === undefined || line.result === 'started') return;
    results.push(`${line.step} ${line.result} ${line.code ?? ''}`.trim());
  };
  const world = { clock: fakeClock(), library, log: () => undefined };
  await performStage(fake, world, { argv, options: { input, onLine, deadlineMs: 1000 } });
  return results;
}

async function onBoth(...steps: HostStep[]): Promise<readonly string[]> {
  const { results } = await real.perform(steps);
  expect(await onFake(steps)).toEqual(results);
  return results;
}

function write(path: string, content: string, mode = '0644'): HostStep {
  return { kind: 'write-file', file: { path, content, mode, owner } };
}

function start(fingerprint: string, replace = false): HostStep {
  return {
    ...{ kind: 'start-container', service: 'mesos-master', cluster: 'ci/1', fingerprint, replace },
    container: {
      ...{ name: 'ci-mesos-master', image: 'mesos:1', command: [], mounts: [], opensLater: [] },
      ...{ hostPids: false, capabilities: [], stopSeconds: 10, listens: [5050] },
      env: { MESOS_IP: '10.0.0.11', MESOS_PORT: '5050' },
    },
  };
}

test('folders and files', async () => {
  const folder = join(real.folder, 'data');
  const make: HostStep = { kind: 'ensure-folder', folder: { path: folder, mode: '0750', owner } };
  const file = join(folder, 'zoo.cfg');
  expect(await onBoth(make, make, write(file, 'a'), write(file, 'a'), write(file, 'b'))).toEqual([
    ...['0 changed', '1 unchanged', '2 changed', '3 unchanged', '4 changed'],
  ]);
  expect(await onBoth(write(file, 'b', '0600'), write(file, 'b', '0600'))).toEqual([
    ...['0 changed', '1 unchanged'],
  ]);
  expect(await onBoth(write(join(folder, 'no', 'file'), 'x'), make)).toEqual([
    '0 failed STEP_FAILED',
  ]);
  expect(fake.files.get(file)?.content).toBe(await real.read('data/zoo.cfg'));
});

test('images', async () => {
  const pull: HostStep = { kind: 'pull-image', image: 'mesos:1' };
  expect(await onBoth(pull, pull)).toEqual(['0 changed', '1 unchanged']);
  await real.set('pull-says', 'not found\n');
  fake.isPullable = () => false;
  expect(await onBoth({ kind: 'pull-image', image: 'mesos:2' })).toEqual([
    '0 failed IMAGE_MISSING',
  ]);
});

test('containers', async () => {
  fake.images.add('mesos:1');
  const remove: HostStep = { kind: 'remove-container', name: 'ci-mesos-master' };
  expect(await onBoth(start('one'), start('one'), start('one', true), start('two'))).toEqual([
    ...['0 changed', '1 unchanged', '2 changed', '3 changed'],
  ]);
  await real.set('exits', '1');
  fake.exits.set('ci-mesos-master', { exitCode: 1, lines: ['why it ended'] });
  expect(await onBoth(start('three'), remove)).toEqual(['0 failed CONTAINER_EXITED']);
  expect(await onBoth(start('two'), remove, remove)).toEqual([
    ...['0 unchanged', '1 changed', '2 unchanged'],
  ]);
});

test('facts: the same lines, with the same number of values', async () => {
  const path = join(real.folder, 'zoo.cfg');
  fake.folders.set(real.folder, { mode: '700', ...owner });
  await onBoth(write(path, 'a'), { kind: 'pull-image', image: 'mesos:1' });
  const args = [
    ...['folder', real.folder, 'folder', join(real.folder, 'no'), 'file', path],
    ...['text', path, 'image', 'mesos:1', 'image', 'mesos:2'],
  ];
  const shapeOf = (answer: string) =>
    answer.split('\n').map((line) => {
      const [key, ...values] = line.split('\t');
      return `${key ?? ''} ${values.length}`;
    });
  const { stdout } = await real.facts(args);
  expect(
    shapeOf(answerFacts(fake, args, fakeClock())).filter((l) => !l.startsWith('listener')),
  ).toEqual(shapeOf(stdout).filter((line) => !line.startsWith('listener')));
});
