import { afterAll, describe, expect, test } from 'vitest';
import { ciCluster, dockerOf, labState } from './lab.ts';

// Small labs of their own, so that nothing here touches the one of the other story.

const shape = ['--masters', '1', '--agents', '1'];

afterAll(async () => {
  await ciCluster('lab', 'down', '--name', 'e2e-one');
  await ciCluster('lab', 'down', '--name', 'e2e-two');
});

describe('two labs side by side', () => {
  test('have hosts, networks and keys of their own, and one master is enough to try it', async () => {
    const upOne = await ciCluster('lab', 'up', '--name', 'e2e-one', ...shape, '--no-init');
    expect(upOne, upOne.stderr).toMatchObject({ exitCode: 0 });
    const upTwo = await ciCluster('lab', 'up', '--name', 'e2e-two', ...shape);
    expect(upTwo, upTwo.stderr).toMatchObject({ exitCode: 0 });
    expect(upTwo.stdout).toContain('e2e-two: healthy');
    const [one, two] = [await labState('e2e-one'), await labState('e2e-two')];
    expect(one.subnet).not.toBe(two.subnet);
    const keys = [...one.hostKeys, ...two.hostKeys];
    expect(keys.length).toBeGreaterThanOrEqual(4);
    expect(new Set(keys).size).toBe(keys.length);
  });

  test('a second "lab up" starts nothing', async () => {
    const before = await containers('e2e-one');
    const { exitCode } = await ciCluster('lab', 'up', '--name', 'e2e-one', ...shape, '--no-init');
    expect(exitCode).toBe(0);
    expect(await containers('e2e-one')).toEqual(before);
  });

  test('"lab down" removes exactly one of them', async () => {
    const kept = await containers('e2e-two');
    const { exitCode } = await ciCluster('lab', 'down', '--name', 'e2e-one');
    expect(exitCode).toBe(0);
    for (const kind of [
      ['ps', '--all'],
      ['network', 'ls'],
      ['volume', 'ls'],
    ]) {
      const left = await dockerOf('e2e-two', ...kind, '--quiet', '--filter', label('e2e-one'));
      expect(left).toBe('');
    }
    expect(await containers('e2e-two')).toEqual(kept);
  });

  test('"lab exec" on a lab that is gone says how to start it: exit 2', async () => {
    const { exitCode, stderr } = await ciCluster(
      'lab',
      'exec',
      '--name',
      'e2e-one',
      '--',
      'status',
    );
    expect(exitCode).toBe(2);
    expect(stderr).toContain('ci-cluster lab up --name e2e-one');
  });
});

function label(name: string): string {
  return `label=io.ci-cluster.lab=${name}`;
}

async function containers(name: string): Promise<string[]> {
  const running = await dockerOf(name, 'ps', '--no-trunc', '--quiet', '--filter', label(name));
  return running.split('\n').toSorted();
}
