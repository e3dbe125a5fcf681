import { expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { identityPath } from '../../../src/cluster/identity.ts';
import type { ClusterError } from '../../../src/errors.ts';
import { clusterFile, type ClusterFileParts } from '../../support/cluster-file.ts';
import { fakeWorld, machine, writeClusterFile, type FakeWorld } from '../../support/fake-world.ts';
import { plannedLines, refusals, separateEnsemble, setUp } from '../../support/plan-world.ts';

function told(faults: readonly ClusterError[]): string[] {
  return faults.map(({ code, message }) => `${code}: ${message}`);
}

async function afterChange(before: ClusterFileParts, after: ClusterFileParts): Promise<FakeWorld> {
  const world = fakeWorld(clusterFile(before));
  await setUp(world);
  writeClusterFile(world, clusterFile(after));
  return world;
}

test('a bare host and a host of this cluster are both welcome', async () => {
  const world = fakeWorld();
  expect(await refusals(world)).toEqual([]);
  await setUp(world);
  expect(await refusals(world)).toEqual([]);
});

test('a host of another cluster is refused, with its owner', async () => {
  const other = fakeWorld(clusterFile({ name: 'other' }));
  await setUp(other);
  const world = fakeWorld();
  const record = machine(other, 'm2').files.get(identityPath)!;
  machine(world, 'm2').files.set(identityPath, record);
  const [fault, ...rest] = await refusals(world);
  expect(rest).toEqual([]);
  expect(fault).toMatchObject({ code: 'FOREIGN_HOST', host: 'm2' });
  expect(fault?.message).toMatch(/^m2 belongs to cluster other \(\w+\), not to ci \(\w+\)$/);
  expect(fault?.remedy).toContain('Take m2 out of the cluster file');
});

test('a cluster of the same name but another id is another cluster', async () => {
  const world = fakeWorld();
  await setUp(world);
  const twin = fakeWorld();
  await setUp(twin);
  const record = machine(twin, 'a1').files.get(identityPath)!;
  machine(world, 'a1').files.set(identityPath, record);
  expect(await refusals(world)).toMatchObject([{ code: 'FOREIGN_HOST', host: 'a1' }]);
});

test('a host whose record cannot be read is not taken', async () => {
  const world = fakeWorld();
  machine(world, 'm1').files.set(identityPath, {
    ...{ content: '{"name": "ci"', mode: '644', uid: 0, gid: 0, modified: 0 },
  });
  const faults = await refusals(world);
  expect(told(faults)[0]).toMatch(/^FOREIGN_HOST: m1 belongs to an unreadable record, not to ci/);
});

test('two masters more are refused, with the command that adds them', async () => {
  const world = await afterChange({ masters: 3 }, { masters: 5 });
  const faults = await refusals(world);
  expect(told(faults)).toEqual([
    'MEMBERSHIP_CHANGE: the cluster file changes the ZooKeeper ensemble: adds 4=m4@10.0.0.14, 5=m5@10.0.0.15',
    'MEMBERSHIP_CHANGE: the cluster file changes the group of Mesos masters: adds m4@10.0.0.14:5050, m5@10.0.0.15:5050',
  ]);
  expect(faults[0]?.remedy).toContain('ci-cluster replace HOST');
});

test('new masters before the old ones change no id of theirs', async () => {
  const world = fakeWorld();
  await setUp(world);
  writeClusterFile(world, reordered(clusterFile({ masters: 5 })));
  expect(told(await refusals(world))[0]).toMatch(
    /^MEMBERSHIP_CHANGE: the cluster file changes the ZooKeeper ensemble: adds 4=m\d@\S+, 5=m\d@\S+$/,
  );
});

test('two masters less are refused', async () => {
  const world = await afterChange({ masters: 5 }, { masters: 3 });
  expect(told(await refusals(world))).toEqual([
    'MEMBERSHIP_CHANGE: the cluster file changes the ZooKeeper ensemble: drops 4=m4@10.0.0.14, 5=m5@10.0.0.15',
    'MEMBERSHIP_CHANGE: the cluster file changes the group of Mesos masters: drops m4@10.0.0.14:5050, m5@10.0.0.15:5050',
  ]);
});

test('a master with another address is refused', async () => {
  const moved = { hosts: { m2: { address: '10.0.0.77' } } };
  const faults = await refusals(await afterChange({}, moved));
  expect(told(faults)[0]).toBe(
    'MEMBERSHIP_CHANGE: the cluster file changes the ZooKeeper ensemble: adds 2=m2@10.0.0.77; drops 2=m2@10.0.0.12',
  );
});

test('hosts in another order are no change: ids stay with their hosts', async () => {
  const world = fakeWorld();
  await setUp(world);
  writeClusterFile(world, reordered(clusterFile()));
  expect(await refusals(world)).toEqual([]);
  expect(await plannedLines(world)).toEqual([]);
});

test('separate ensembles and masters keep their order, too', async () => {
  const world = fakeWorld(separateEnsemble());
  await setUp(world);
  expect(await plannedLines(world)).toEqual([]);
  writeClusterFile(world, reordered(separateEnsemble()));
  expect(await refusals(world)).toEqual([]);
  expect(await plannedLines(world)).toEqual([]);
});

function reordered(text: string): string {
  const file = parse(text) as Record<string, object>;
  const hosts = Object.fromEntries(Object.entries(file.hosts ?? {}).toReversed());
  return stringify({ ...file, hosts });
}

test('another ZooKeeper path is refused: everything under the old one would be lost from sight', async () => {
  const mesos = await afterChange({}, { sections: { mesos: { zookeeperPath: '/other' } } });
  expect(told(await refusals(mesos))).toEqual([
    'MEMBERSHIP_CHANGE: the cluster file changes the ZooKeeper path of Mesos: adds /other; drops /mesos',
  ]);
  const marathon = await afterChange({}, { sections: { marathon: { zookeeperPath: '/other' } } });
  expect(told(await refusals(marathon))).toEqual([
    'MEMBERSHIP_CHANGE: the cluster file changes the ZooKeeper path of Marathon: adds /other; drops /marathon',
  ]);
});

test.each([
  [{ clientPort: 2191 }, 'adds 2191:2888:3888; drops 2181:2888:3888'],
  [{ quorumPort: 2889 }, 'adds 2181:2889:3888; drops 2181:2888:3888'],
  [{ electionPort: 3889 }, 'adds 2181:2888:3889; drops 2181:2888:3888'],
])(
  'other ports of ZooKeeper are refused: members could not find each other: %o',
  async (zookeeper, difference) => {
    const world = await afterChange({}, { sections: { zookeeper } });
    expect(told(await refusals(world))).toEqual([
      `MEMBERSHIP_CHANGE: the cluster file changes the ports of ZooKeeper: ${difference}`,
    ]);
  },
);

test('another data folder is refused: everything would come up empty', async () => {
  const world = await afterChange({}, { sections: { folders: { data: '/srv/ci' } } });
  const faults = await refusals(world);
  expect(told(faults)).toEqual([
    'MEMBERSHIP_CHANGE: the cluster file changes the data folder: adds /srv/ci; drops /var/lib/ci-cluster',
  ]);
  expect(faults[0]?.remedy).toContain('/var/lib/ci-cluster');
});

test('a record of an earlier version, without ports and folder, is completed, not refused', async () => {
  const world = fakeWorld();
  await setUp(world);
  for (const one of world.machines.values()) {
    const file = one.files.get(identityPath)!;
    const { zookeeperPorts, dataFolder, ...earlier } = JSON.parse(file.content) as Record<
      string,
      unknown
    >;
    expect([zookeeperPorts, dataFolder]).toEqual(['2181:2888:3888', '/var/lib/ci-cluster']);
    file.content = JSON.stringify(earlier);
  }
  expect(await refusals(world)).toEqual([]);
  expect(await plannedLines(world)).toEqual(['m1 m2 m3 a1 a2: claim the host for cluster ci']);
});

test('another port of the Mesos agents is refused: Mesos would not know them again', async () => {
  const world = await afterChange({}, { sections: { mesos: { agentPort: 5055 } } });
  const faults = await refusals(world);
  expect(told(faults)).toEqual([
    'MEMBERSHIP_CHANGE: the cluster file changes the Mesos agent: adds 10.0.0.101:5055; drops 10.0.0.101:5051',
    'MEMBERSHIP_CHANGE: the cluster file changes the Mesos agent: adds 10.0.0.102:5055; drops 10.0.0.102:5051',
  ]);
  expect(faults[0]?.remedy).toContain('ci-cluster remove-agent HOST');
});

test('a new Mesos agent is welcome, on a new host and on a known one', async () => {
  expect(await refusals(await afterChange({ agents: 2 }, { agents: 3 }))).toEqual([]);
  const added = { hosts: { m1: { roles: ['mesos-agent'] } } };
  expect(await refusals(await afterChange({}, added))).toEqual([]);
});

test('data of another ZooKeeper server is refused before it can steal a vote', async () => {
  const world = fakeWorld();
  await setUp(world);
  machine(world, 'm2').files.get('/var/lib/ci-cluster/zookeeper/data/myid')!.content = '3\n';
  const [fault, ...rest] = await refusals(world);
  expect(rest).toEqual([]);
  expect(fault?.message).toBe(
    '/var/lib/ci-cluster/zookeeper/data/myid on m2 says ZooKeeper id 3, planned is 2',
  );
  expect(fault?.remedy).toContain('sudo mv /var/lib/ci-cluster/zookeeper ');
});

test('refusals stand alone: what follows from a wrong cluster file is not told', async () => {
  const world = await afterChange({ masters: 3 }, { masters: 5 });
  machine(world, 'm4').freeKib = () => 0;
  expect((await refusals(world)).map(({ code }) => code)).toEqual([
    'MEMBERSHIP_CHANGE',
    'MEMBERSHIP_CHANGE',
  ]);
});

const nginx = { process: 'nginx', pid: 4711, container: '' };

test('a port that somebody else listens on is found before anything is changed', async () => {
  const world = fakeWorld();
  machine(world, 'm1').strangers.push({ ...nginx, address: '0.0.0.0', port: 8080 });
  const [fault, ...rest] = await refusals(world);
  expect(rest).toEqual([]);
  expect(fault).toMatchObject({ code: 'PORT_IN_USE', host: 'm1' });
  expect(fault?.message).toBe(
    'port 8080 on m1 is taken by nginx (process 4711), ci-marathon needs it',
  );
  expect(fault?.remedy).toContain("ss -ltnp 'sport = :8080'");
});

test.each([
  ['m1', 2181, 'ci-zookeeper'],
  ['m1', 2888, 'ci-zookeeper'],
  ['m1', 3888, 'ci-zookeeper'],
  ['m1', 5050, 'ci-mesos-master'],
  ['m1', 9090, 'ci-marathon'],
  ['a1', 5051, 'ci-mesos-agent'],
  ['a1', 15_050, 'ci-gateway'],
  ['a1', 18_080, 'ci-gateway'],
  ['a1', 8081, 'ci-gateway'],
  ['a1', 50_000, 'ci-gateway'],
])('on %s, port %i is needed by %s', async (host, port, name) => {
  const world = fakeWorld();
  machine(world, host).strangers.push({ ...nginx, address: '*', port });
  expect(told(await refusals(world))).toEqual([
    `PORT_IN_USE: port ${port} on ${host} is taken by nginx (process 4711), ${name} needs it`,
  ]);
});

test('a port that our own container holds is no fault', async () => {
  const world = await afterChange({}, { sections: { marathon: { heap: '1GiB' } } });
  expect(await refusals(world)).toEqual([]);
});

test('the same port on another address of the host is no fault', async () => {
  const world = fakeWorld();
  for (const address of ['172.17.0.1', '::1', '127.0.0.53']) {
    machine(world, 'm1').strangers.push({ ...nginx, address, port: 8080 });
  }
  expect(await refusals(world)).toEqual([]);
});

test('a full disk is found before anything is changed', async () => {
  const world = fakeWorld();
  machine(world, 'm3').freeKib = (folder) =>
    folder.startsWith('/var/lib/ci-cluster') ? 500_000 : 50_000_000;
  const [fault, ...rest] = await refusals(world);
  expect(rest).toEqual([]);
  expect(fault).toMatchObject({ code: 'DISK_FULL', host: 'm3' });
  expect(fault?.message).toBe(
    'm3 has only 488 MiB free for /var/lib/ci-cluster, 1024 MiB are needed',
  );
  expect(fault?.remedy).toContain('df -h /var/lib/ci-cluster');
});

test('room for images is looked for where Docker keeps them', async () => {
  const world = fakeWorld();
  machine(world, 'm1').freeKib = (folder) => (folder === '/var/lib/docker' ? 1000 : 50_000_000);
  expect(told(await refusals(world))).toEqual([
    'DISK_FULL: m1 has only 0 MiB free for /var/lib/docker, 1024 MiB are needed',
  ]);
});

test('a disk that fills up later does not stand in the way of a run without changes', async () => {
  const world = fakeWorld();
  await setUp(world);
  machine(world, 'm1').freeKib = () => 0;
  expect(await refusals(world)).toEqual([]);
});

test('a system without Docker Engine and without apt is named', async () => {
  const world = fakeWorld();
  const system = { id: 'opensuse-leap', version: '15.6', codename: '' };
  Object.assign(machine(world, 'a1'), { system, packages: 'none', docker: 'absent' });
  expect(told(await refusals(world))).toEqual([
    'UNSUPPORTED_SYSTEM: a1 has no Docker Engine, and ci-cluster cannot install one on opensuse-leap 15.6',
  ]);
});

const rocky = {
  system: { id: 'rocky', version: '9.4', codename: '', like: 'rhel centos fedora' },
  packages: 'dnf',
  docker: 'absent',
} as const;

test.each([
  ['Rocky Linux', rocky, 'install docker-ce, docker-ce-cli, containerd.io'],
  ['RHEL 7', { ...rocky, packages: 'yum' }, 'install docker-ce, docker-ce-cli, containerd.io'],
  [
    'Fedora',
    { ...rocky, system: { id: 'fedora', version: '42', codename: '' } },
    'install moby-engine',
  ],
  ['Debian', { docker: 'absent' }, 'install docker.io'],
] as const)('%s gets Docker Engine by the names of its packages', async (_name, parts, line) => {
  const world = fakeWorld();
  Object.assign(machine(world, 'a1'), parts);
  expect(await refusals(world)).toEqual([]);
  expect((await plannedLines(world)).join('\n')).toContain(line);
});

test("podman in the place of Docker is named, as it keeps Docker's packages out", async () => {
  const world = fakeWorld();
  Object.assign(machine(world, 'a1'), rocky);
  machine(world, 'a1').tools.add('podman-docker');
  const [fault, ...rest] = await refusals(world);
  expect(rest).toEqual([]);
  expect(fault).toMatchObject({ code: 'UNSUPPORTED_SYSTEM', host: 'a1' });
  expect(fault?.remedy).toContain('sudo dnf remove podman-docker');
});

test.each([
  ['apt', 'iproute2 util-linux'],
  ['dnf', 'iproute util-linux'],
] as const)('without ss and flock nothing is begun; %s brings them', async (packages, names) => {
  const world = fakeWorld();
  Object.assign(machine(world, 'm1'), { packages });
  for (const tool of ['ss', 'flock', 'perl']) machine(world, 'm1').tools.delete(tool);
  const faults = await refusals(world);
  expect(told(faults)).toEqual([
    'TOOL_MISSING: m1 has no ss and no flock, which ci-cluster needs there',
  ]);
  const command = packages === 'apt' ? 'apt-get' : packages;
  expect(faults[0]?.remedy).toContain(`ssh ops@10.0.0.11 sudo ${command} install ${names}`);
});

test('Docker Engine that is only stopped is started, whatever the system', async () => {
  const world = fakeWorld();
  Object.assign(machine(world, 'a1'), { packages: 'none', docker: 'stopped' });
  expect(await refusals(world)).toEqual([]);
});

test('containers that outlive a stopped Docker Engine do not block their own ports', async () => {
  const world = fakeWorld();
  await setUp(world);
  machine(world, 'm2').docker = 'stopped';
  expect(await refusals(world)).toEqual([]);
});

test.each(['iptables', 'systemctl'])(
  'a host for builds without %s is named before anything is changed',
  async (tool) => {
    const world = fakeWorld();
    machine(world, 'a2').tools.delete(tool);
    machine(world, 'm1').tools.delete(tool);
    const faults = await refusals(world);
    expect(faults.map(({ code, message }) => `${code} ${message}`)).toEqual([
      `UNSUPPORTED_SYSTEM a2 has no ${tool}, without which builds there could reach the control ports of the cluster`,
    ]);
  },
);

test('a gateway without an interface for the address that moves is named, unless the file names one', async () => {
  const hosts = { a2: { roles: ['gateway'] } };
  const vipFile = (vip: object) =>
    clusterFile({
      hosts,
      sections: {
        images: { keepalived: 'registry.example.com/keepalived:2.2.7' },
        gateway: { address: 'vip', vip: { address: '10.0.0.100', ...vip } },
      },
    });
  const world = fakeWorld(vipFile({}));
  machine(world, 'a2').interface = 'odd name';
  expect(told(await refusals(world))).toEqual([
    'UNSUPPORTED_SYSTEM: no network interface of a2 has its address 10.0.0.102, so nobody knows where 10.0.0.100 belongs',
  ]);
  writeClusterFile(world, vipFile({ interface: 'bond0' }));
  expect(await refusals(world)).toEqual([]);
});
