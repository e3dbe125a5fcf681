import { expect, test } from 'vitest';
import { clusterFile } from '../../support/cluster-file.ts';
import { fakeWorld, powerOff } from '../../support/fake-world.ts';
import { runCli } from '../../support/run-cli.ts';

const commands = [
  ...['init', 'init --yes', 'plan', 'apply nowhere.json', 'apply', 'status', 'check', 'build'],
  ...[
    'restart mesos-agent',
    'upgrade',
    'upgrade marathon=x',
    'rollback zookeeper',
    'resume',
    'runs',
  ],
  ...[
    'lock',
    'config show',
    'config validate',
    'destroy',
    'destroy --confirm other',
    'exec -- true',
  ],
  ...['jenkins failover main', 'jenkins prune-frameworks', 'images contract x', 'logs zookeeper'],
  ...['no-such-command', 'init --no-such-option', 'status extra words'],
];

const worlds = {
  'a running cluster': async () => {
    const world = fakeWorld();
    expect((await runCli('init --yes', world)).exitCode).toBe(0);
    return world;
  },
  'bare hosts': () => Promise.resolve(fakeWorld()),
  'no host in reach': () => {
    const world = fakeWorld();
    for (const name of world.machines.keys()) powerOff(world, name);
    return Promise.resolve(world);
  },
  'a bad cluster file': () => Promise.resolve(fakeWorld(clusterFile({ masters: 2 }))),
};

test.each(Object.entries(worlds))(
  'bug 19: with --json stdout is one JSON document from every command, also for errors and refusals: %s',
  async (_name, makeWorld) => {
    const world = await makeWorld();
    for (const command of commands) {
      const { stdout, exitCode } = await runCli(withJson(command), world);
      const document = documentOf(stdout, command) as { exitCode?: number; ok?: boolean };
      expect(document, command).toHaveProperty('schemaVersion');
      if (document.exitCode !== undefined) expect(document.exitCode, command).toBe(exitCode);
      if (exitCode !== 0 && exitCode !== 3) expect(document.ok, command).toBe(false);
    }
  },
  60_000,
);

/** Before the words of another program. */
function withJson(command: string): string {
  return command.includes(' -- ') ? command.replace(' -- ', ' --json -- ') : `${command} --json`;
}

function documentOf(stdout: string, command: string): unknown {
  try {
    return JSON.parse(stdout);
  } catch {
    throw new Error(`${command} printed on stdout:\n${stdout.slice(0, 300)}`);
  }
}
