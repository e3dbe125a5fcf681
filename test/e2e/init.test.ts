import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { electionFaults, electionsSeenByKazoo } from './judges/elections.ts';
import {
  ciCluster,
  clusterFile,
  codesOf,
  docker,
  hostOf,
  jsonOnLab,
  knownHostsFile,
  labName,
  onHost,
  onLab,
  passwordFile,
  start,
  troubles,
  untilHealthy,
  withEdited,
} from './lab.ts';

// One story on one lab, in this order: faults on bare hosts, the first run, the second, changes.
// Each test leaves the lab as the next one needs it, also when it fails.

const inSudoLog = ['journalctl', '--quiet', '_COMM=sudo', '--output', 'cat', '--grep', 'COMMAND='];

beforeAll(async () => {
  const up = await ciCluster('lab', 'up', '--name', labName, '--bare', '--no-init');
  expect(up, up.stderr).toMatchObject({ exitCode: 0 });
});

afterAll(async () => {
  if (process.env.KEEP_LAB === undefined) await ciCluster('lab', 'down', '--name', labName);
});

describe('on bare hosts, init refuses before it changes anything', () => {
  test('when a host does not answer: exit 4, naming host and address', async () => {
    const { container, address } = await hostOf('a2');
    await docker('pause', container);
    try {
      const result = await jsonOnLab('init', '--yes');
      expect(result).toMatchObject({ exitCode: 4, changed: 0 });
      expect(result.error).toMatchObject({ code: 'HOST_UNREACHABLE', host: 'a2' });
      expect(result.error?.message).toContain(address);
      expect(result.error?.remedy).toContain(`ops@${address}`);
    } finally {
      await docker('unpause', container);
    }
  });

  test('when too few masters answer for a first start: exit 8, naming them', async () => {
    const { container } = await hostOf('m3');
    await docker('pause', container);
    try {
      const result = await jsonOnLab('init', '--yes', '--skip-unreachable');
      expect(result).toMatchObject({ exitCode: 8, changed: 0 });
      expect(result.error?.code).toBe('TOO_FEW_MASTERS');
      expect(result.error?.message).toContain('m3');
    } finally {
      await docker('unpause', container);
    }
  });

  test('when the host key is another one: exit 4, with both fingerprints', async () => {
    const { address } = await hostOf('m2');
    const other = await hostOf('m1');
    const swapped = (text: string) => {
      const lines = text.split('\n');
      const wrong = lines.find((line) => line.startsWith(other.address)) ?? '';
      const kept = lines.filter((line) => !line.startsWith(address));
      return [...kept, wrong.replace(other.address, address)].join('\n');
    };
    await withEdited(knownHostsFile, swapped, async () => {
      const result = await jsonOnLab('init', '--yes');
      expect(result).toMatchObject({ exitCode: 4, changed: 0 });
      expect(result.error).toMatchObject({ code: 'HOST_KEY_CHANGED', host: 'm2' });
      expect(JSON.stringify(result.error).match(/SHA256:/g)?.length).toBeGreaterThanOrEqual(2);
    });
  });

  test('when a port is taken: exit 6, naming port and process', async () => {
    await onHost(
      'm1',
      'systemd-run',
      '--unit',
      'squatter',
      'systemd-socket-activate',
      '--listen=3888',
      'cat',
    );
    try {
      const result = await jsonOnLab('init', '--yes');
      expect(result).toMatchObject({ exitCode: 6, changed: 0 });
      expect(result.error).toMatchObject({ code: 'PORT_IN_USE', host: 'm1' });
      expect(result.error?.message).toMatch(/port 3888 .*systemd-socket.*ci-zookeeper/);
    } finally {
      await onHost('m1', 'systemctl', 'stop', 'squatter');
    }
  });

  test('when the disk is full: exit 6, naming folder and room', async () => {
    await onHost('a1', 'mkdir', '-p', '/var/lib/ci-cluster');
    await onHost('a1', 'mount', '-t', 'tmpfs', '-o', 'size=100m', 'tmpfs', '/var/lib/ci-cluster');
    try {
      const result = await jsonOnLab('init', '--yes');
      expect(result).toMatchObject({ exitCode: 6, changed: 0 });
      expect(result.error).toMatchObject({ code: 'DISK_FULL', host: 'a1' });
      expect(result.error?.message).toMatch(/\d+ MiB free for \/var\/lib\/ci-cluster/);
    } finally {
      await onHost('a1', 'umount', '/var/lib/ci-cluster');
    }
  });

  test('without --yes and without a terminal: exit 9', async () => {
    const { exitCode, stderr } = await onLab('init');
    expect(exitCode).toBe(9);
    expect(stderr).toContain('--yes');
  });
});

describe('while it works, init names what failed and goes on the next time', () => {
  test('a missing image: exit 5, naming image and host; Docker is installed by then', async () => {
    const missing = (text: string) => text.replace(/(marathon: \S+):\S+/, '$1:no-such-tag');
    await withEdited(clusterFile, missing, async () => {
      const result = await jsonOnLab('init', '--yes');
      expect(result.exitCode).toBe(5);
      expect(codesOf(result.error)).toEqual(['IMAGE_MISSING', 'IMAGE_MISSING', 'IMAGE_MISSING']);
      expect(JSON.stringify(result.error)).toContain('no-such-tag');
      const installs = result.steps.filter(({ step }) => step.startsWith('install docker.io'));
      expect(installs).toHaveLength(5);
    });
  });

  test('a container that exits at once: exit 5, with its last log lines', async () => {
    const haproxy = /haproxy: (\S+)/;
    const broken = (text: string) =>
      text.replace(/(mesosMaster: )\S+/, `$1${haproxy.exec(text)?.[1] ?? ''}`);
    await withEdited(clusterFile, broken, async () => {
      const result = await jsonOnLab('init', '--yes');
      expect(result.exitCode).toBe(5);
      expect(new Set(codesOf(result.error))).toEqual(new Set(['CONTAINER_EXITED']));
      const [part] = result.error?.parts ?? [];
      expect(part?.evidence.join('\n')).toContain('ci-mesos-master exited with code');
      expect(part?.evidence.length).toBeGreaterThan(1);
    });
  });

  test('Ctrl-C stops before the next step: exit 130', async () => {
    const { child, finished } = start([
      'bin/ci-cluster.js',
      'lab',
      'exec',
      '--name',
      labName,
      '--',
      'init',
      '--yes',
      '--events',
      '-',
    ]);
    child.stderr.on('data', (chunk: Buffer) => {
      if (chunk.toString().includes('"result":"started"')) child.kill('SIGINT');
    });
    const { exitCode } = await finished;
    expect(exitCode).toBe(130);
  });

  test('and with the causes gone it completes: every service up and healthy', async () => {
    const result = await jsonOnLab('init', '--yes');
    expect(result.error).toBeUndefined();
    expect(result).toMatchObject({ exitCode: 0, health: { verdict: 'healthy' } });
    expect(result.changed).toBeGreaterThan(0);
  });
});

describe('once it runs', () => {
  test('init again changes nothing, with one command per host', async () => {
    const before = await sudoCommands();
    const result = await jsonOnLab('init', '--yes');
    expect(result).toMatchObject({
      exitCode: 0,
      changed: 0,
      steps: [],
      health: { verdict: 'healthy' },
    });
    expect((await sudoCommands()) - before).toBe(5);
  });

  test('status names one leader each, all followers, both agents and Jenkins', async () => {
    const { exitCode, health } = await jsonOnLab('status');
    expect(exitCode).toBe(0);
    expect(roles(health.zookeeper.members)).toEqual(['follower', 'follower', 'leader']);
    expect(roles(health.mesosMasters.members)).toEqual(['leader', 'standby', 'standby']);
    expect(roles(health.marathon.members)).toEqual(['leader', 'standby', 'standby']);
    expect(health.zookeeper.canLose).toBe(1);
    expect(health.mesosMasters.canLose).toBe(1);
    expect(health.mesosAgents.members.map(({ host, state }) => `${host} ${state}`)).toEqual([
      'a1 healthy',
      'a2 healthy',
    ]);
    expect(health.jenkins).toMatchObject([{ state: 'healthy' }, { state: 'healthy', host: 'a2' }]);
  });

  test('a ZooKeeper client by others finds nothing wrong with the elections', async () => {
    const hosts = await Promise.all(['m1', 'm2', 'm3'].map(hostOf));
    const addresses = hosts.map(({ address }) => address);
    const servers = addresses.map((address) => `${address}:2181`);
    const place = { servers, mesosPath: '/mesos', marathonPath: '/marathon' };
    expect(electionFaults(await electionsSeenByKazoo(place), addresses)).toEqual([]);
  });

  test('Jenkins answers people through the gateway', async () => {
    const { address } = await hostOf('a1');
    const answer = await fetch(`http://${address}:8081/login`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('x-jenkins')).toMatch(/^\d+\./);
  });

  test('nobody gets in without the password', async () => {
    const { address } = await hostOf('a1');
    const anonymous = await fetch(`http://${address}:8081/api/json`);
    expect(anonymous.status).toBe(403);
  });

  test('status fits a terminal of 80 columns and is piped without colour', async () => {
    const { stdout } = await onLab('status');
    expect(stdout).toContain('leader');
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(stdout).not.toContain('\u001B');
  });

  test('a changed setting touches only what depends on it, one member at a time', async () => {
    const edit = (text: string) =>
      text.replace(/^zookeeper:\n/m, 'zookeeper:\n  maxClientConnections: 150\n');
    await withEdited(clusterFile, edit, async () => {
      const result = await jsonOnLab('init', '--yes');
      expect(result).toMatchObject({ exitCode: 0, health: { verdict: 'healthy' } });
      const steps = result.steps.map(({ host, step }) => `${host} ${step}`);
      expect(steps).toHaveLength(6);
      const starts = steps.filter((step) => step.includes('start ci-zookeeper'));
      expect(new Set(starts.map((step) => step.split(' ')[0]))).toEqual(
        new Set(['m1', 'm2', 'm3']),
      );
      // Write, start, write, start: never two members at once.
      expect(steps.map((step) => step.includes('start'))).toEqual([
        false,
        true,
        false,
        true,
        false,
        true,
      ]);
    });
    expect(troubles(await jsonOnLab('init', '--yes'))).toEqual([]);
  });

  test('the gateway finds the next Mesos leader when the leading host falls silent', async () => {
    const { health } = await jsonOnLab('status');
    const leading = health.mesosMasters.leader ?? '';
    const { container } = await hostOf(leading);
    const { address } = await hostOf('a1');
    const stream = await subscribe(`http://${address}:15050`);
    await docker('pause', container);
    try {
      // The old stream is cut, so that its client asks again; then somebody else leads.
      await expect(stream.closed).resolves.toBe('closed');
      await expect
        .poll(() => statusOfHealth(address), { timeout: 90_000, interval: 500 })
        .toBe(200);
      const after = await jsonOnLab('status');
      expect(after.health.mesosMasters.leader).not.toBe(leading);
      expect(after.health.mesosMasters).toMatchObject({ state: 'degraded', canLose: 0 });
    } finally {
      await docker('unpause', container);
    }
    const healed = await jsonOnLab('init', '--yes');
    expect(troubles(healed)).toEqual([]);
    expect(healed).toMatchObject({ exitCode: 0, health: { verdict: 'healthy' } });
  });

  test('a new container that fails is taken back, and the one before runs on', async () => {
    const before = await onHost('a1', 'docker', 'inspect', '--format', '{{.Id}}', 'ci-gateway');
    const broken = (text: string) =>
      text.replace(/(haproxy: )\S+/, `$1${/marathon: (\S+:\S+)/.exec(text)?.[1] ?? ''}`);
    await withEdited(clusterFile, broken, async () => {
      const result = await jsonOnLab('init', '--yes');
      expect(result).toMatchObject({ exitCode: 5, error: { code: 'CONTAINER_EXITED' } });
      expect(result.error?.evidence.join('\n')).toContain('the ci-gateway that ran before is back');
    });
    const after = await onHost('a1', 'docker', 'inspect', '--format', '{{.Id}}', 'ci-gateway');
    expect(after).toBe(before);
    // It was stopped and started: what it leads to, and the address that moved meanwhile, come back.
    await untilHealthy();
  });

  test('through a bastion the same hosts are reached', async () => {
    const { address } = await hostOf('m1');
    const bastion = (text: string) =>
      text.replace(/^( {2}user: ops)/m, `  bastion: { address: ${address}, user: ops }\n$1`);
    await withEdited(clusterFile, bastion, async () => {
      expect(troubles(await jsonOnLab('status'))).toEqual([]);
    });
  });

  test('the administrator’s password is in one file of its own, and nowhere else', async () => {
    const secret = (await readFile(passwordFile, 'utf8')).trim();
    const path = '/etc/ci-cluster/jenkins/main/secrets/ADMIN_PASSWORD';
    expect(await onHost('a1', 'stat', '--format', '%a %u', path)).toBe('400 1000');
    const names = await onHost('a1', 'sh', '-c', 'docker inspect $(docker ps --all --quiet)');
    const { address } = await hostOf('a1');
    const apps = await (await fetch(`http://${address}:18080/v2/apps`)).text();
    const found = await onHost('a1', 'grep', '-rlF', secret, '/etc/ci-cluster');
    expect(names).toContain('ci-mesos-agent');
    expect(apps).toContain('/ci/jenkins-main');
    expect([names, apps].filter((text) => text.includes(secret))).toEqual([]);
    expect(found).toBe(path);
    const asAdmin = { headers: { authorization: `Basic ${btoa(`admin:${secret}`)}` } };
    const signedIn = await fetch(`http://${address}:8081/whoAmI/api/json`, asAdmin);
    expect(await signedIn.json()).toMatchObject({ name: 'admin', authenticated: true });
  });

  test('hosts of another cluster are refused: exit 8', async () => {
    const renamed = (text: string) => text.replace(/^name: .*$/m, 'name: other');
    await withEdited(clusterFile, renamed, async () => {
      const result = await jsonOnLab('init', '--yes');
      expect(result).toMatchObject({ exitCode: 8, changed: 0 });
      expect(new Set(codesOf(result.error))).toEqual(new Set(['FOREIGN_HOST']));
    });
  });

  test('another membership is refused: exit 8, naming the command for it', async () => {
    const { address } = await hostOf('m3');
    const moved = (text: string) => text.replace(address, address.replace(/\.\d+$/, '.99'));
    const dialled = (text: string) =>
      moved(text).replace(
        /(\n {2}m3: \{ address: \S+\.99)( \})/,
        `$1, ssh: { address: ${address} }$2`,
      );
    await withEdited(clusterFile, dialled, async () => {
      const result = await jsonOnLab('init', '--yes');
      expect(result).toMatchObject({ exitCode: 8, changed: 0 });
      expect(codesOf(result.error)).toContain('MEMBERSHIP_CHANGE');
      expect(JSON.stringify(result.error)).toContain('ci-cluster replace');
    });
  });

  test('a member that is down shows as degraded: exit 6, and init starts it again', async () => {
    await onHost('m2', 'docker', 'stop', 'ci-zookeeper');
    const { exitCode, health } = await jsonOnLab('status');
    expect(exitCode).toBe(6);
    expect(health.zookeeper).toMatchObject({ state: 'degraded', canLose: 0 });
    const result = await jsonOnLab('init', '--yes');
    expect(troubles(result)).toEqual([]);
    expect(
      result.steps.map(({ host, step }) => `${host} ${step.split(' from ')[0] ?? ''}`),
    ).toEqual(['m2 start ci-zookeeper']);
  });
});

function roles(members: readonly { readonly role: string | null }[]): (string | null)[] {
  return members.map(({ role }) => role).toSorted();
}

/** How many commands ran as root on all hosts since they booted. */
async function sudoCommands(): Promise<number> {
  const hosts = ['m1', 'm2', 'm3', 'a1', 'a2'];
  const logs = await Promise.all(hosts.map((host) => onHost(host, ...inSudoLog)));
  return logs.reduce(
    (sum, log) => sum + log.split('\n').filter((line) => line.includes('COMMAND=')).length,
    0,
  );
}

const json = { 'content-type': 'application/json', accept: 'application/json' };

async function statusOfHealth(address: string): Promise<number> {
  const url = `http://${address}:15050/api/v1`;
  const request = { method: 'POST', headers: json, body: '{"type":"GET_HEALTH"}' };
  const signal = AbortSignal.timeout(5000);
  return await fetch(url, { ...request, signal }).then(
    ({ status }) => status,
    () => 0,
  );
}

/** A scheduler's stream through the gateway; `closed` settles when the other side ends it. */
async function subscribe(gateway: string): Promise<{ closed: Promise<string> }> {
  const framework = { user: 'root', name: 'e2e', roles: ['e2e'], failover_timeout: 0 };
  const capabilities = [{ type: 'MULTI_ROLE' }];
  const subscribe = { framework_info: { ...framework, capabilities } };
  const answer = await fetch(`${gateway}/api/v1/scheduler`, {
    method: 'POST',
    headers: json,
    body: JSON.stringify({ type: 'SUBSCRIBE', subscribe }),
  });
  expect(answer.status).toBe(200);
  const reader = answer.body?.getReader();
  const drain = async (): Promise<string> => {
    for (;;) {
      const part = await reader?.read();
      if (part?.done !== false) return 'closed';
    }
  };
  return { closed: drain().catch(() => 'closed') };
}
