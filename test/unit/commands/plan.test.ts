import { expect, test, vi } from 'vitest';
import { adminPassword, clusterFile, controller } from '../../support/cluster-file.ts';
import { fakeWorld, machine, writeClusterFile } from '../../support/fake-world.ts';
import { setUp } from '../../support/plan-world.ts';
import { runCli } from '../../support/run-cli.ts';

// Each of them sets a cluster up first.
vi.setConfig({ testTimeout: 20_000 });

const shared = { kind: 'shared', path: '/srv/jenkins' };
const password = '/etc/ci-cluster/jenkins/main/secrets/ADMIN_PASSWORD';

/** For a text in a larger pattern. */
function matching(pattern: RegExp): string {
  return expect.stringMatching(pattern) as string;
}

async function running(text = clusterFile()) {
  const world = fakeWorld(text);
  await setUp(world);
  return world;
}

test('plan without changes asks each host once, says so and exits with 0', async () => {
  const { exitCode, stdout, log } = await runCli('plan', await running());
  expect(exitCode).toBe(0);
  expect(stdout).toBe('✔ nothing to change');
  expect(log.filter((line) => !/^connect|^close/.test(line)).toSorted()).toEqual(
    ['a1', 'a2', 'm1', 'm2', 'm3'].map((host) => `${host}: facts`),
  );
});

test('plan with changes exits with 3, asks only the hosts with changes a second time, and changes nothing', async () => {
  const world = await running();
  writeClusterFile(world, clusterFile({ sections: { images: { haproxy: 'haproxy:3.3' } } }));
  const { exitCode, log } = await runCli('plan', world);
  expect(exitCode).toBe(3);
  expect(log.filter((line) => line.endsWith(': details')).toSorted()).toEqual([
    'a1: details',
    'a2: details',
  ]);
  expect(log.filter((line) => !/^connect|^close|: facts$|: details$/.test(line))).toEqual([]);
});

test('a changed setting is told as a diff, with what restarts, in which order, and what the quorum does', async () => {
  const world = await running();
  const zookeeper = { syncLimit: 7, heap: '2GiB' };
  writeClusterFile(world, clusterFile({ sections: { zookeeper } }));
  const { stdout } = await runCli('plan', world);
  expect(stdout.split('\n').slice(0, 22)).toEqual([
    'ensemble: ZooKeeper',
    '  m1, m2, m3',
    '    ~ /etc/ci-cluster/zookeeper/zoo.cfg (+1 -1)',
    '        @@ -1,7 +1,7 @@',
    '         # Rendered by ci-cluster for ci; changes made here are overwritten.',
    '         tickTime=2000',
    '         initLimit=10',
    '        -syncLimit=5',
    '        +syncLimit=7',
    '         dataDir=/data',
    '         dataLogDir=/datalog',
    '         maxClientCnxns=200',
    '    ~ container ci-zookeeper is replaced',
    '        env JVMFLAGS: -Xms1024m -Xmx1024m → -Xms2048m -Xmx2048m',
    '',
    'What it does',
    '  ci-zookeeper restarts on m2, then m3, then m1 (leads now)',
    '    1 of 3 members down at a time, 0 more may fail meanwhile',
    '',
    'How long it takes',
    '  at least 0.0 s (measured), at most 21 min (sum of all bounds)',
    '    8 stages, a command or a question each: 0.0 s, measured',
  ]);
  expect(stdout).toContain(
    '6 changes on 3 hosts: 3 files, 3 containers restart; ZooKeeper keeps its quorum',
  );
});

test('a container is compared field by field, images with their digests as far as they are known', async () => {
  const world = await running();
  const sections = { images: { haproxy: 'haproxy:3.3', marathon: 'mesosphere/marathon:v1.11.25' } };
  for (const one of world.machines.values()) one.images.add('mesosphere/marathon:v1.11.25');
  writeClusterFile(world, clusterFile({ sections }));
  const { stdout } = await runCli('plan --json', world);
  const { plan } = JSON.parse(stdout) as {
    plan: { groups: { host: string; changes: unknown[] }[] };
  };
  const fieldsOn = (host: string) =>
    plan.groups.filter((group) => group.host === host).flatMap(({ changes }) => changes);
  expect(fieldsOn('m1')).toMatchObject([
    {
      name: 'ci-marathon',
      action: 'replace',
      fields: [
        {
          field: 'image',
          before: matching(/^mesosphere\/marathon:v1.11.24 \(sha256:[0-9a-f]{12}\)$/),
          after: matching(/^mesosphere\/marathon:v1.11.25 \(sha256:[0-9a-f]{12}\)$/),
        },
      ],
    },
  ]);
  expect(fieldsOn('a2')).toMatchObject([
    { kind: 'image', image: 'haproxy:3.3', action: 'pull' },
    { fields: [{ after: 'haproxy:3.3 (digest known after the pull)' }] },
  ]);
});

test('a changed attribute shows as the variable that it is, not as a new container', async () => {
  const world = await running();
  writeClusterFile(world, clusterFile({ hosts: { a2: { attributes: { disk: 'ssd' } } } }));
  const { stdout } = await runCli('plan', world);
  expect(stdout).toContain('env MESOS_ATTRIBUTES: disk:ssd');
  expect(stdout).not.toContain('env MESOS_IP');
  expect(stdout).not.toContain('mount');
});

test('a changed app is compared field by field, without what Marathon adds by itself', async () => {
  const world = await running();
  const app = world.apps.get('/ci/jenkins-main');
  Object.assign(app?.definition as object, { versionInfo: { lastScalingAt: 'now' }, backoff: 1 });
  writeClusterFile(world, clusterFile({ jenkins: { main: controller({ memory: '4GiB' }) } }));
  const { stdout } = await runCli('plan', world);
  expect(stdout).toContain(
    ['    ~ app /ci/jenkins-main is submitted anew', '        mem: 2048 → 4096', ''].join('\n'),
  );
});

test('a secret that changes is told by its path alone, whatever is on the host', async () => {
  const world = await running();
  machine(world, 'a1').files.get(password)!.content = 'an older password';
  for (const option of ['', ' --verbose', ' --json']) {
    const { stdout, stderr } = await runCli(`plan${option}`, world);
    expect(stdout).toContain(password);
    expect(stdout).toContain('(secret, changes)');
    expect(stdout + stderr).not.toContain('older password');
    expect(stdout + stderr).not.toContain(adminPassword);
  }
  expect((await runCli('plan', world)).stdout).toContain(
    '~ app /ci/jenkins-main restarts: a file that it reads changes',
  );
});

test('a password that somebody copied into a file of ours is not printed when it goes away', async () => {
  const world = await running();
  const zoo = machine(world, 'm1').files.get('/etc/ci-cluster/zookeeper/zoo.cfg')!;
  zoo.content += `# ${adminPassword}\nproxy=http://ops:hunter2@proxy:3128\n`;
  const { stdout } = await runCli('plan', world);
  expect(stdout).toContain('-proxy=http://(secret)@proxy:3128');
  expect(stdout).not.toContain('hunter2');
  expect(stdout).not.toContain(adminPassword);
});

test('what hosts say cannot steer the terminal', async () => {
  const world = await running();
  machine(world, 'm1').files.get('/etc/ci-cluster/zookeeper/zoo.cfg')!.content = '\u001B[2Jgone\n';
  const { stdout } = await runCli('plan', world);
  expect(stdout).toContain('-gone');
  expect(stdout).not.toContain('\u001B');
});

test('mode and owner that were changed by hand are told without a diff', async () => {
  const world = await running();
  Object.assign(machine(world, 'm1').files.get('/etc/ci-cluster/zookeeper/zoo.cfg')!, {
    ...{ mode: '777', uid: 12 },
  });
  const { stdout } = await runCli('plan', world);
  expect(stdout).toContain(
    [
      '    ~ /etc/ci-cluster/zookeeper/zoo.cfg (same content)',
      '        mode: 0777 → 0644',
      '        owner: 12:0 → 0:0',
    ].join('\n'),
  );
});

test("the operator's own daemon.json is compared with what it becomes", async () => {
  const world = await running();
  const docker = { insecureRegistries: ['r.example:5000'] };
  writeClusterFile(world, clusterFile({ sections: { docker } }));
  const { stdout } = await runCli('plan', world);
  expect(stdout).toContain('~ /etc/docker/daemon.json (+4 -1)');
  expect(stdout).toContain('+  "insecure-registries": [');
});

test('a first plan folds new files, shows them whole with --verbose, and names what nobody knows yet', async () => {
  const folded = await runCli('plan', fakeWorld());
  expect(folded.exitCode).toBe(3);
  expect(folded.stdout).toContain('+ /etc/ci-cluster/zookeeper/zoo.cfg (+ 17 lines, 0644, 0:0)');
  expect(folded.stdout).not.toContain('+syncLimit=5');
  expect(folded.stdout).toContain('Known after apply\n  digest of zookeeper:3.9.5\n');
  expect(folded.stdout).toContain('no quorum yet: its members start together');
  const whole = await runCli('plan --verbose', fakeWorld());
  expect(whole.stdout).toContain('        +syncLimit=5');
});

test('secrets of build agents are known after apply', async () => {
  const image = 'r.example:5000/build-agent:1';
  const buildAgents = { small: { image, via: 'marathon', count: 2 } };
  const jenkins = { main: controller({ buildAgents }) };
  const { stdout } = await runCli('plan', fakeWorld(clusterFile({ jenkins })));
  expect(stdout).toContain('secrets of 2 build agents of main: Jenkins makes them');
  expect(stdout).toContain('agents/small-1/agent (secret, known after');
});

test.each([80, 60, 120])(
  'no line of a plan is wider than a terminal of %i columns',
  async (columns) => {
    const world = await running();
    writeClusterFile(world, clusterFile({ sections: { marathon: { heap: '1GiB', port: 8090 } } }));
    const { stdout } = await runCli('plan --verbose', world, { columns });
    expect(stdout.split('\n').filter((line) => line.length > columns)).toEqual([]);
  },
);

test('plan refuses what init would refuse, with its exit code', async () => {
  const lost = await running();
  lost.cut.set('a2', 'HOST_UNREACHABLE');
  expect(await runCli('plan', lost)).toMatchObject({ exitCode: 4, stdout: '' });
  expect(await runCli('plan --skip-unreachable', lost)).toMatchObject({ exitCode: 0 });
  const foreign = await running();
  writeClusterFile(foreign, clusterFile({ masters: 1 }));
  expect((await runCli('plan', foreign)).exitCode).toBe(8);
  const full = await running();
  machine(full, 'm1').freeKib = () => 1;
  writeClusterFile(full, clusterFile({ sections: { zookeeper: { syncLimit: 7 } } }));
  expect((await runCli('plan', full)).exitCode).toBe(6);
});

test('the JSON of a plan has the same order each time, and everything the text has', async () => {
  const world = await running();
  writeClusterFile(world, clusterFile({ sections: { zookeeper: { syncLimit: 7 } } }));
  const [one, other] = [await runCli('plan --json', world), await runCli('plan --json', world)];
  expect(one.stdout).toBe(other.stdout);
  expect(JSON.parse(one.stdout)).toMatchObject({
    ...{ schemaVersion: 1, command: 'plan', ok: false, exitCode: 3, saved: null },
    plan: {
      fingerprint: matching(/^[0-9a-f]{32}$/),
      summary: { changes: 6, hosts: 3, files: 3, containersRestarted: 3 },
      effects: {
        services: [
          {
            ...{ container: 'ci-zookeeper', kind: 'restart', leader: 'm1' },
            rounds: [['m2'], ['m3'], ['m1']],
            quorum: { members: 3, running: 3, downAtOnce: 1, moreMayFail: 0, kept: true },
          },
        ],
      },
      duration: { leastMs: 0, mostMs: 1_230_000 },
    },
  });
});

test('a plan that stops a Mesos agent names the builds there, and that it waits for them', async () => {
  const image = 'r.example:5000/build-agent:1';
  const jenkins = { main: controller({ buildAgents: { linux: { image } }, home: shared }) };
  const world = await running(clusterFile({ jenkins }));
  const { builds, course } = world.jenkins.get('main')!;
  course.finishedMs = Infinity;
  builds.splice(0, builds.length, {
    ...{ id: 17, job: 'tests', askedMs: world.clock.now(), number: 9 },
    ...{ cancelled: false, stopped: false },
  });
  await world.clock.sleep(60_000);
  const attributes = { disk: 'ssd' };
  writeClusterFile(world, clusterFile({ jenkins, hosts: { a1: { attributes } } }));
  const patient = await runCli('plan', world);
  expect(patient.stdout.replaceAll(/\s+/g, ' ')).toContain(
    'build on jenkins-agent-linux-9f of main (a1) is waited for',
  );
  const hasty = await runCli('plan --kill-builds', world);
  expect(hasty.stdout.replaceAll(/\s+/g, ' ')).toContain(
    'build on jenkins-agent-linux-9f of main (a1) ends',
  );
  expect(hasty.stdout).toContain('1 build ends');
});

test('init asks with the effects of its plan, and names the command that shows all', async () => {
  const world = await running();
  writeClusterFile(world, clusterFile({ sections: { zookeeper: { syncLimit: 7 } } }));
  const { exitCode, stderr } = await runCli('init', world, { answers: ['n'] });
  expect(exitCode).toBe(9);
  expect(stderr).toContain(
    '    ~ container ci-zookeeper is replaced: files that it reads change\n',
  );
  expect(stderr).toContain('1 of 3 members down at a time, 0 more may fail meanwhile');
  expect(stderr).toContain('6 changes on 3 hosts: 3 files, 3 containers restart');
  expect(stderr).toContain('ci-cluster plan shows all\nMake these 6 changes? [y/N] ');
  expect(stderr).toContain('~ /etc/ci-cluster/zookeeper/zoo.cfg (content changes)');
});
