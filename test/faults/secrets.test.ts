import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { adminPassword } from '../support/cluster-file.ts';
import { initOf } from './after.ts';
import { publish } from './figures.ts';
import { startFleet, type Fleet } from './fleet.ts';
import { containersOf } from './host/state.ts';
import { buildProgram, recordsOf, type Program } from './program.ts';

let program: Program;

beforeAll(async () => {
  program = await buildProgram();
}, 60_000);

afterAll(() => {
  program[Symbol.dispose]();
});

/** As it is, and in every form in which programs pass text on. */
const forms = [
  adminPassword,
  encodeURIComponent(adminPassword),
  adminPassword.replaceAll(' ', '+'),
  adminPassword.replaceAll(' ', '\\ '),
  Buffer.from(adminPassword).toString('base64'),
  Buffer.from(`${adminPassword}\n`).toString('base64'),
  Buffer.from(`admin:${adminPassword}`).toString('base64'),
  Buffer.from(adminPassword).toString('hex'),
];

function tells(text: string): boolean {
  return forms.some((form) => text.includes(form));
}

test('bug 18: a password is on no command line, in no output, record or container of a whole run', async () => {
  await using fleet = await startFleet();
  const seen = new Set<string>();
  const older = new Set(processIds());
  const sampler = setInterval(() => {
    for (const text of textsOf(processIds().filter((id) => !older.has(id)))) seen.add(text);
  }, 10);
  const events = join(fleet.folder, 'events.ndjson');
  const args = [...initOf(fleet), '--verbose', '--events', events];
  const { exitCode, stdout, stderr } = await program.start(fleet, args).ended;
  clearInterval(sampler);
  expect(exitCode, stderr).toBe(0);
  const commands = [...fleet.hosts.values()].flatMap(({ sshd }) => sshd.commands);
  expect([...seen].filter(tells)).toEqual([]);
  expect(commands.filter(tells)).toEqual([]);
  expect([stdout, stderr, readFileSync(events, 'utf8')].filter(tells)).toEqual([]);
  expect(filesBelow(recordsOf(fleet)).filter((path) => tells(readFileSync(path, 'utf8')))).toEqual(
    [],
  );
  const containers = [...fleet.hosts.values()].flatMap(({ machine }) => containersOf(machine));
  expect(containers.filter(({ argv }) => tells(argv.join('\n')))).toEqual([]);
  const holders = filesThatTell(fleet);
  expect(holders).toEqual(['a1 /etc/ci-cluster/jenkins/main/secrets/ADMIN_PASSWORD 400']);
  publish('secrets', {
    'process texts sampled': seen.size,
    'command lines on the wire': commands.length,
    'files that hold the password': holders.length,
    'found elsewhere': 0,
  });
}, 120_000);

/** Of this machine; those of the hosts are among them. */
function processIds(): readonly string[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name));
}

/** Command lines and environments. */
function textsOf(ids: readonly string[]): readonly string[] {
  return ids.flatMap((id) => ['cmdline', 'environ'].map((file) => textOf(`/proc/${id}/${file}`)));
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

function filesThatTell({ hosts }: Fleet): readonly string[] {
  return [...hosts].flatMap(([name, { machine }]) =>
    ['/etc/ci-cluster', '/var/lib/ci-cluster', '/run', '/tmp', '/root', '/etc/docker'].flatMap(
      (folder) =>
        filesBelow(machine.path(folder))
          .filter((path) => tells(textOf(path)))
          .map((path) => {
            const mode = (statSync(path).mode & 0o7777).toString(8);
            return `${name} ${path.slice(machine.path('').length)} ${mode}`;
          }),
    ),
  );
}
