import { SaxesParser } from 'saxes';
import { beforeAll, expect, test } from 'vitest';
import { clusterFile } from '../../support/cluster-file.ts';
import { checksOf } from '../../support/fake-checks.ts';
import { fakeWorld, machine, powerOff } from '../../support/fake-world.ts';
import { runCli } from '../../support/run-cli.ts';

interface Found {
  readonly id: string;
  readonly number: number;
  readonly host?: string;
  readonly verdict: string;
  readonly severity: string;
  readonly detail: string;
}

function checksIn(stdout: string): readonly Found[] {
  return (JSON.parse(stdout) as { checks: Found[] }).checks;
}

/** The command is loaded with its first use, which takes its time on a busy machine. */
beforeAll(async () => {
  await runCli('check', fakeWorld());
}, 60_000);

test('check of good hosts fails nothing, counts what passed, and changes nothing', async () => {
  const world = fakeWorld();
  const { exitCode, stdout, log } = await runCli('check', world);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/✔ +hosts +\d+ passed/);
  expect(stdout).toMatch(/^✔ \d+ passed, 0 failed, \d+ skipped$/m);
  expect(stdout).not.toContain('HOST_KERNEL');
  expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  // Connected once, asked four times, none of them a stage that changes something.
  const ofM1 = log.filter((line) => line.includes('m1'));
  expect(ofM1).toEqual([
    ...['connect m1', 'm1: facts', 'm1: check/facts.sh', 'm1: check/listen.pl'],
    ...['m1: check/connect.pl', 'close m1'],
  ]);
});

test('--verbose lists what passed as well', async () => {
  const { stdout } = await runCli('check --verbose', fakeWorld());
  expect(stdout).toMatch(/✔ {2}107 {2}HOST_KERNEL: a kernel of/);
});

test('nobody tries before everybody listens, and all listeners are let go', async () => {
  const world = fakeWorld();
  const { log } = await runCli('check', world);
  const at = (text: string) => log.flatMap((line, index) => (line.endsWith(text) ? [index] : []));
  expect(Math.max(...at('check/listen.pl'))).toBeLessThan(Math.min(...at('check/connect.pl')));
  for (const one of world.machines.values()) expect(checksOf(one).listening.size).toBe(0);
});

test('a firewall fails the check: DROP, REJECT by ICMP and REJECT are told apart, by port and by who met them', async () => {
  const world = fakeWorld();
  const { shields } = checksOf(machine(world, 'm2'));
  shields.set(2181, 'silent').set(5050, 'unreachable EHOSTUNREACH').set(3888, 'refused');
  const { exitCode, stdout } = await runCli('check', world);
  expect(exitCode).toBe(6);
  const text = stdout.replace(/\s+/g, ' ');
  expect(text).toContain('✘ 303 PORT_MATRIX: the other hosts reach its ports');
  expect(text).toContain(
    '2181 (ZooKeeper) from m1, m3, a1, a2: no answer, a firewall drops it (DROP)',
  );
  expect(text).toContain('3888 (ZooKeeper) from m1, m3: refused by a firewall (REJECT)');
  expect(text).toContain('turned away on the way (REJECT by ICMP, EHOSTUNREACH)');
  expect(stdout.trimEnd().split('\n').at(-1)).toMatch(/^✘ .*1 failed/);
});

test('a host without perl is not taken for one behind a firewall', async () => {
  const world = fakeWorld();
  checksOf(machine(world, 'm2')).hasPerl = false;
  const { exitCode, stdout } = await runCli('check --json', world);
  expect(exitCode).toBe(0);
  const found = checksIn(stdout).filter(({ id }) => id === 'PORT_MATRIX');
  expect(found.find(({ host }) => host === 'm2')).toMatchObject({ verdict: 'skip' });
  expect(found.find(({ host }) => host === 'm2')?.detail).toContain('no perl there');
  expect(found.find(({ host }) => host === 'm1')?.detail).toContain(
    'm2 could not try: no perl there',
  );
});

test('the JSON has number, severity and verdict of every check and host', async () => {
  const { stdout } = await runCli('check --format json', fakeWorld());
  const document = JSON.parse(stdout) as Record<string, unknown>;
  expect(document).toMatchObject({ schemaVersion: 1, command: 'check', ok: true, exitCode: 0 });
  expect(checksIn(stdout)[0]).toMatchObject({
    ...{ id: 'HOST_REACHED', number: 101, group: 'hosts', host: 'm1' },
    ...{ verdict: 'pass', severity: 'fail' },
  });
});

test('the cluster file switches a check off, and makes others worse or milder', async () => {
  const checks = { HOST_OUTLIER: 'off', CLOCK_SERVICE: 'fail', STATE_VOLATILE: 'warn' };
  const world = fakeWorld(clusterFile({ sections: { checks } }));
  const { told } = checksOf(machine(world, 'a1'));
  told.set('clock-synced', [['no']]);
  told.set('place', [['/var/lib/ci-cluster', '1', 'tmpfs', 9e7, 9e7, 1e6, 1e6]]);
  const { exitCode, stdout } = await runCli('check --json', world);
  expect(exitCode).toBe(6);
  const bad = checksIn(stdout).filter(({ verdict }) => ['fail', 'warn'].includes(verdict));
  expect(bad.map(({ id, verdict, severity }) => `${id} ${verdict} ${severity}`)).toEqual([
    'CLOCK_SERVICE fail fail',
    'STATE_VOLATILE warn warn',
  ]);
  expect(JSON.parse(stdout)).toMatchObject({ switchedOff: ['HOST_OUTLIER'] });
  expect(checksIn(stdout).some(({ id }) => id === 'HOST_OUTLIER')).toBe(false);
});

test('a check that is off does nothing on the hosts', async () => {
  const checks = { PORT_MATRIX: 'off', CONTROL_PORTS_OUTSIDE: 'off' };
  const { log } = await runCli('check', fakeWorld(clusterFile({ sections: { checks } })));
  expect(log.filter((line) => line.includes('.pl'))).toEqual([]);
});

test('a host that is out of reach is code 4, and skips its checks in one line', async () => {
  const world = fakeWorld();
  powerOff(world, 'a2');
  const { exitCode, stdout } = await runCli('check', world);
  expect(exitCode).toBe(4);
  expect(stdout).toMatch(/^– {2}a2: not reached \(\d+ checks skipped\)$/m);
  expect(stdout).toContain('✘  101  HOST_REACHED');
});

test('a first start without one master is no other fault than the host out of reach', async () => {
  const world = fakeWorld();
  powerOff(world, 'm2');
  const { exitCode, stdout } = await runCli('check', world);
  expect(exitCode).toBe(4);
  expect(stdout).toContain('802  QUORUM_NOW');
});

test('an unfit host beside one that is out of reach is code 6', async () => {
  const world = fakeWorld();
  powerOff(world, 'a2');
  checksOf(machine(world, 'm1')).told.set('docker-driver', [['vfs']]);
  expect((await runCli('check', world)).exitCode).toBe(6);
});

test('a host that does not answer the questions of the checks fails one and skips the others', async () => {
  const world = fakeWorld();
  checksOf(machine(world, 'a1')).told.set('tool', [['perl', 'and', 'more']]);
  const { exitCode, stdout } = await runCli('check', world);
  expect(exitCode).toBe(6);
  const text = stdout.replace(/\s+/g, ' ');
  const why = 'no answer to the questions of the checks: unexpected line: tool perl and more';
  expect(text).toContain(`– a1: ${why} (`);
  expect(text).toContain(`✘ 103 HOST_FACTS: a script runs and its answer can be read a1: ${why}`);
});

test('JUnit: one test case for each check and host, failures with the remedy, for a strict parser', async () => {
  const notice = 'Maintenance <on> Sunday & "later"';
  const world = fakeWorld(clusterFile({ sections: { notice } }));
  checksOf(machine(world, 'm1')).told.set('docker-driver', [['v<f&s>']]);
  checksOf(machine(world, 'm2')).told.set('docker-driver', [['vfs']]);
  powerOff(world, 'a2');
  const { exitCode, stdout } = await runCli('check --format junit', world);
  expect(exitCode).toBe(6);
  const { cases, roots, sums } = readJunit(stdout);
  expect(roots).toEqual(['testsuites']);
  const names = cases.map(({ classname, name }) => `${classname} ${name}`);
  expect(new Set(names).size).toBe(names.length);
  const failed = cases.filter(({ failure }) => failure !== undefined);
  const driver = failed.find(({ name }) => name.startsWith('203 DOCKER_STORAGE'));
  expect(driver).toMatchObject({ classname: 'm2', failure: 'storage driver vfs' });
  expect(driver?.text).toContain('→ Put /var/lib/docker on ext4');
  const warned = cases.find(({ name, classname }) => name.startsWith('203') && classname === 'm1');
  expect(warned?.text).toContain('warning: storage driver v<f&s>');
  expect(
    cases.filter(({ skipped, classname }) => skipped && classname === 'a2').length,
  ).toBeGreaterThan(20);
  expect(sums).toEqual([
    cases.length,
    failed.length,
    cases.filter(({ skipped }) => skipped).length,
  ]);
  expect(stdout).toContain('value="Maintenance &lt;on&gt; Sunday &amp; &quot;later&quot;"');
});

interface Case {
  readonly classname: string;
  readonly name: string;
  failure?: string;
  skipped: boolean;
  text: string;
}

function readJunit(xml: string) {
  const cases: Case[] = [];
  const roots: string[] = [];
  let sums: number[] = [];
  let depth = 0;
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name, attributes }) => {
    const { message = '' } = attributes;
    if (depth === 0) roots.push(name);
    depth++;
    if (name === 'testsuites') {
      sums = ['tests', 'failures', 'skipped'].map((key) => Number(attributes[key]));
    }
    const last = cases.at(-1);
    if (name === 'failure' && last) last.failure = message;
    if (name === 'skipped' && last) last.skipped = true;
    if (name !== 'testcase') return;
    const { classname = '', name: title = '' } = attributes;
    cases.push({ classname, name: title, skipped: false, text: '' });
  });
  parser.on('closetag', () => {
    depth--;
  });
  parser.on('text', (text) => {
    const last = cases.at(-1);
    if (last) last.text += text;
  });
  parser.write(xml).close();
  return { cases, roots, sums };
}

function unwell() {
  const world = fakeWorld();
  machine(world, 'm1').docker = 'stopped';
  const { told } = checksOf(machine(world, 'a1'));
  told.set('clock-service', []).set('own-name', [['127.0.1.1']]);
  told.set('hosts-line', [['127.0.1.1', 'a1.example.com a1']]);
  told.set('ephemeral', [['32768 60999']]);
  return world;
}

test('check names what --fix would repair, and repairs nothing', async () => {
  const { exitCode, stdout, log } = await runCli('check', unwell());
  expect(exitCode).toBe(6);
  expect(stdout).toContain(`ci-cluster check --fix would:
  m1: start and enable docker.service
  a1: reserve ports 50000 for services
  a1: give a1.example.com a1 in /etc/hosts the address 10.0.0.101 instead of 127.0.1.1
  a1: start and enable chrony.service`);
  expect(log.filter((line) => line.includes('stage'))).toEqual([]);
});

test('check --fix repairs it after a yes, tells each step, and looks again', async () => {
  const world = unwell();
  const { exitCode, stdout, log } = await runCli('check --fix', world, { answers: ['y'] });
  expect(stdout).toContain('repaired:\n  ');
  expect(stdout).toContain('a1: start and enable chrony.service');
  expect(exitCode).toBe(0);
  expect(log).toContain('m1: start unit docker.service');
  expect(log).toContain('a1: correct hosts line 127.0.1.1 to 10.0.0.101');
  expect(log).toContain('a1: reserve ports 50000');
  const again = await runCli('check --fix', world);
  expect([again.exitCode, again.log.filter((line) => line.includes('stage'))]).toEqual([0, []]);
  expect(again.stdout).toContain('nothing that --fix could repair');
});

test('check --fix does nothing without a yes', async () => {
  const world = unwell();
  const refused = await runCli('check --fix', world, { answers: ['n'] });
  const nobody = await runCli('check --fix', world);
  expect([refused.exitCode, nobody.exitCode]).toEqual([9, 9]);
  expect([...refused.log, ...nobody.log].filter((line) => line.includes('stage'))).toEqual([]);
});

test('check --fix leaves a host of another cluster alone', async () => {
  const world = unwell();
  machine(world, 'm1').files.set('/etc/ci-cluster/cluster.json', {
    ...{ content: '{"name":"other","id":"1"}', mode: '644', uid: 0, gid: 0, modified: 0 },
  });
  const { log } = await runCli('check --fix --yes', world);
  expect(log).not.toContain('m1: start unit docker.service');
  expect(log).toContain('a1: start unit chrony.service');
});
