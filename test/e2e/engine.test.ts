import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  fileOfLab,
  hosts,
  jenkins,
  jsonOnLab,
  onHost,
  onLab,
  until,
  useLab,
  type Jenkins,
} from './builds-lab.ts';
import { writingTo } from './judges/writer.ts';
import { ciCluster, start, withEdited } from './lab.ts';

// One story on one lab: seen before, changed under load, interrupted, and taken down. Each test leaves
// the lab as the next one needs it.

const labName = 'e2e-engine';
useLab(labName);

interface Outcome {
  readonly exitCode: number;
  readonly changed?: number;
  readonly steps?: readonly { readonly host: string; readonly step: string }[];
  readonly error?: { readonly code: string; readonly message: string; readonly remedy: string };
  readonly health?: { readonly verdict: string };
}

interface Status extends Outcome {
  readonly health: {
    readonly verdict: string;
    readonly mesosAgents: { readonly members: readonly { host: string; state: string }[] };
  };
}

beforeAll(async () => {
  const up = await ciCluster('lab', 'up', '--name', labName, '--spare', '2');
  expect(up, up.stderr).toMatchObject({ exitCode: 0 });
});

afterAll(async () => {
  if (process.env.KEEP_LAB === undefined) await ciCluster('lab', 'down', '--name', labName);
});

describe('seen before', () => {
  test('checks find the trap that Debian leaves in /etc/hosts, and repair it; then none fails', async () => {
    const before = await jsonOnLab<Checks>('check');
    expect(before.exitCode).toBe(6);
    const failed = new Set(
      before.checks.filter(({ verdict }) => verdict === 'fail').map(({ id }) => id),
    );
    expect([...failed]).toEqual(['NAME_OWN', 'NAMES_RESOLVE']);
    const { exitCode, checks } = await jsonOnLab<Checks>('check', '--fix', '--yes');
    expect(checks.filter(({ verdict }) => verdict === 'fail')).toEqual([]);
    expect(exitCode).toBe(0);
    expect(checks.length).toBeGreaterThan(20);
  });

  test('a cluster in order has an empty plan: exit 0', async () => {
    expect(await jsonOnLab<Outcome>('plan')).toMatchObject({ exitCode: 0 });
  });

  test('a saved plan is applied as it was shown, and only once', async () => {
    const file = fileOfLab('saved.plan');
    await withEdited(fileOfLab('cluster.yml'), moreClients(150), async () => {
      const planned = await onLab('plan', '--out', file);
      expect(planned.exitCode, planned.stderr).toBe(3);
      expect(planned.stdout).toContain('+maxClientCnxns=150');
      const applied = await jsonOnLab<Outcome>('apply', file, '--yes');
      expect(applied, JSON.stringify(applied.error)).toMatchObject({ exitCode: 0 });
      const again = await jsonOnLab<Outcome>('apply', file, '--yes');
      expect(again).toMatchObject({ exitCode: 8, error: { code: 'PLAN_OUTDATED' } });
    });
    expect(await jsonOnLab<Outcome>('init', '--yes', '--no-build')).toMatchObject({ exitCode: 0 });
  });
});

describe('hosts in and out, while builds run', () => {
  test('two Mesos agents come in, each with a task that ran on it', async () => {
    const spares = (await hosts()).filter(({ name }) => ['a3', 'a4'].includes(name));
    const names = spares.map(({ name, address }) => `${name}=${address}`);
    const stream = buildsWithoutEnd(await jenkins('main'));
    const resources = 'cpus:8;memory:8GiB;disk:50GiB';
    const added = await jsonOnLab<Outcome>(
      'add-agent',
      ...names,
      '--resources',
      resources,
      '--yes',
    );
    expect(added, JSON.stringify(added.error)).toMatchObject({ exitCode: 0 });
    expect(await stream.end()).toEqual([]);
    const { health } = await jsonOnLab<Status>('status');
    expect(health.mesosAgents.members.map(({ host }) => host)).toEqual(['a1', 'a2', 'a3', 'a4']);
    const text = await readFile(fileOfLab('cluster.yml'), 'utf8');
    expect(text).toMatch(/^agents: \[a1, a2, a3, a4\]$/m);
    expect(text).toContain('# beside this file, as the two below');
    expect(await jsonOnLab<Outcome>('init', '--yes')).toMatchObject({ exitCode: 0, changed: 0 });
  });

  test('one with a running build goes out when the build has ended', async () => {
    const main = await jenkins('main');
    const leaving = await buildOn(main, ['a3', 'a4']);
    const removal = jsonOnLab<Outcome>('remove-agent', leaving.host, '--yes');
    const build = await main.ended(leaving.job);
    expect(build.result, build.console).toBe('SUCCESS');
    expect(build.console).toContain('done');
    const removed = await removal;
    expect(removed, JSON.stringify(removed.error)).toMatchObject({ exitCode: 0 });
    const containers = await onHost(
      leaving.host,
      'docker',
      'ps',
      '--all',
      '--format',
      '{{.Names}}',
    );
    expect(containers.split('\n').filter((name) => name.startsWith('ci-'))).toEqual([]);
    const { health } = await jsonOnLab<Status>('status');
    expect(health.verdict).toBe('healthy');
    expect(health.mesosAgents.members.map(({ host }) => host)).not.toContain(leaving.host);
  });
});

describe('every service is rolled', () => {
  test('while a client writes to ZooKeeper and builds run: nothing acknowledged is lost', async () => {
    const masters = (await hosts()).filter(({ name }) => name.startsWith('m'));
    const servers = masters.map(({ address }) => `${address}:2181`);
    const lost: string[] = [];
    const written = await writingTo(servers, async () => {
      const stream = buildsWithoutEnd(await jenkins('main'));
      const restarted = await jsonOnLab<Outcome>('restart', '--yes', '--stop-controllers');
      expect(restarted, JSON.stringify(restarted.error)).toMatchObject({ exitCode: 0 });
      lost.push(...(await stream.end()));
    });
    expect(lost).toEqual([]);
    expect(written.missing).toEqual([]);
    expect(written.acknowledged).toBeGreaterThan(100);
  });
});

describe('another image', () => {
  const time = () => new Date().toISOString().replace(/\.\d+Z$/, 'Z');

  test('comes to every host, the canary first, and what is one-way wants a backup', async () => {
    const image = await nextOf('zookeeper');
    const refused = await jsonOnLab<Outcome>('upgrade', `zookeeper=${image}`, '--yes');
    expect(refused).toMatchObject({ exitCode: 8, error: { code: 'BACKUP_MISSING' } });
    const words = ['upgrade', `zookeeper=${image}`, '--yes', '--backup-taken-at', time()];
    const upgraded = await jsonOnLab<Outcome>(...words);
    expect(upgraded, JSON.stringify(upgraded.error)).toMatchObject({ exitCode: 0 });
    expect(await imagesOf('ci-zookeeper', ['m1', 'm2', 'm3'])).toEqual([image, image, image]);
    expect(await readFile(fileOfLab('cluster.yml'), 'utf8')).toContain(`zookeeper: ${image}`);
    const back = await jsonOnLab<Outcome>('rollback', 'zookeeper', '--yes');
    expect(back).toMatchObject({ exitCode: 8, error: { code: 'ONE_WAY' } });
  });

  test('of Mesos agents goes back to the containers before, while builds run', async () => {
    const agents = (await hosts()).map(({ name }) => name).filter((name) => /^a[12]$/.test(name));
    const before = await imagesOf('ci-mesos-agent', agents);
    const image = await nextOf('mesos-agent');
    const stream = buildsWithoutEnd(await jenkins('main'));
    const words = ['--yes', '--stop-controllers'];
    const upgraded = await jsonOnLab<Outcome>('upgrade', `mesos-agent=${image}`, ...words);
    expect(upgraded, JSON.stringify(upgraded.error)).toMatchObject({ exitCode: 0 });
    expect(await imagesOf('ci-mesos-agent', agents)).toEqual(agents.map(() => image));
    const back = await jsonOnLab<Outcome>('rollback', 'mesos-agent', ...words);
    expect(back, JSON.stringify(back.error)).toMatchObject({ exitCode: 0 });
    expect(await imagesOf('ci-mesos-agent', agents)).toEqual(before);
    expect(await stream.end()).toEqual([]);
    expect(await jsonOnLab<Outcome>('init', '--yes')).toMatchObject({ exitCode: 0, changed: 0 });
  });
});

describe('interrupted', () => {
  test('by kill -9: the lock is free, runs tells it, resume completes', async () => {
    await withEdited(fileOfLab('cluster.yml'), moreClients(170), async () => {
      const { child } = start(['bin/ci-cluster.js', ...inLab, 'init', '--yes', '--no-build']);
      await until('the first member restarts', async () => {
        const { stdout } = await onLab('lock', 'status');
        return stdout.includes('init') ? true : undefined;
      });
      child.kill('SIGKILL');
      await child;
      const { stdout } = await onLab('runs');
      expect(stdout).toMatch(/died|unfinished|interrupted/);
      const resumed = await jsonOnLab<Outcome>('resume', '--yes');
      expect(resumed, JSON.stringify(resumed.error)).toMatchObject({ exitCode: 0 });
      expect(await jsonOnLab<Outcome>('plan')).toMatchObject({ exitCode: 0 });
    });
  });
});

describe('taken down', () => {
  test('destroy wants the name, keeps the data, and leaves nothing else', async () => {
    expect((await onLab('destroy', '--yes')).exitCode).toBe(9);
    const ended = await onLab('destroy', '--confirm', labName);
    expect(ended, ended.stderr).toMatchObject({ exitCode: 0 });
    for (const host of ['m1', 'a1']) {
      expect(await onHost(host, 'docker', 'ps', '--all', '--quiet')).toBe('');
      expect(await onHost(host, 'ls', '/etc').then((list) => list.split('\n'))).not.toContain(
        'ci-cluster',
      );
    }
    expect(await onHost('m1', 'ls', '/var/lib/ci-cluster')).toContain('zookeeper');
    const again = await onLab('destroy', '--confirm', labName);
    expect(again, again.stderr).toMatchObject({ exitCode: 0 });
  });
});

interface Checks {
  readonly exitCode: number;
  readonly checks: readonly { readonly id: string; readonly verdict: string }[];
}

/** Another image of a service in the registry of the lab, as a new version would be. */
async function nextOf(service: string): Promise<string> {
  const text = await readFile(fileOfLab('cluster.yml'), 'utf8');
  const [image = ''] = new RegExp(`\\S+/${service}:\\S+`).exec(text) ?? [];
  const next = image.replace(/:[^:]*$/, ':next');
  const script =
    'printf "FROM %s\\nLABEL next=1\\n" "$1" | docker build -q -t "$2" - && docker push -q "$2"';
  await onHost('m1', 'sh', '-c', script, 'sh', image, next);
  return next;
}

async function imagesOf(container: string, names: readonly string[]): Promise<readonly string[]> {
  const argv = ['docker', 'inspect', '--format', '{{.Config.Image}}', container];
  const told = await Promise.all(names.map((name) => onHost(name, ...argv)));
  return told.map((text) => text.trim());
}

const inLab = ['lab', 'exec', '--name', labName, '--'];

function moreClients(count: number): (text: string) => string {
  return (text) => text.replace(/^zookeeper:\n/m, `zookeeper:\n  maxClientConnections: ${count}\n`);
}

/** One build after the other, until `end`; what came of those that Jenkins accepted and did not succeed. */
function buildsWithoutEnd(controller: Jenkins): { readonly end: () => Promise<string[]> } {
  const state = { running: true, accepted: [] as string[] };
  const loop = (async () => {
    for (let number = 1; state.running; number += 1) {
      const name = `stream-${Date.now()}-${number}`;
      // While the controller restarts it accepts nothing: that is no lost build.
      const accepted = await controller.start(name, 'linux', 'sleep 2').then(
        () => true,
        () => false,
      );
      if (accepted) state.accepted.push(name);
      await pause(accepted ? 3000 : 500);
    }
  })();
  return {
    end: async () => {
      state.running = false;
      await loop;
      expect(state.accepted.length).toBeGreaterThan(0);
      const ended = await Promise.all(
        state.accepted.map(async (name) => ({ name, ...(await controller.ended(name)) })),
      );
      return ended
        .filter(({ result }) => result !== 'SUCCESS')
        .map(({ name, result, console: text }) => `${name}: ${result ?? ''}\n${text}`);
    },
  };
}

interface Running {
  readonly job: string;
  readonly host: string;
}

/** A build that takes its time on one of the hosts: the others get no offers until it has begun. */
async function buildOn(controller: Jenkins, wanted: readonly string[]): Promise<Running> {
  const agents = (await hosts()).filter(({ name }) => name.startsWith('a'));
  const others = agents.filter(({ name }) => !wanted.includes(name));
  await tellAgents('DEACTIVATE_AGENT', others);
  try {
    // Build agents that idle on the others take the first ones, each of them one.
    for (let number = 1; number <= 30; number += 1) {
      const job = `leaving-${number}`;
      // Long enough to be found, and to be still running when the removal asks.
      await controller.start(job, 'linux', 'echo here; sleep 45; echo done');
      const { builtOn } = await controller.says(job, 'here');
      const host = await hostRunning(builtOn);
      if (wanted.includes(host)) return { job, host };
    }
  } finally {
    await tellAgents('REACTIVATE_AGENT', others);
  }
  throw new Error(`no build runs on ${wanted.join(' or ')}`);
}

type LabHost = Awaited<ReturnType<typeof hosts>>[number];

/** By the operator API of the leading master (Mesos 1.9+). */
async function tellAgents(type: string, wanted: readonly LabHost[]): Promise<void> {
  const { master, answer } = await leadingMaster();
  const { agents } = answer.get_agents;
  for (const { address } of wanted) {
    const { id } = agents.find(({ agent_info: info }) => info.hostname === address)!.agent_info;
    const told = await askMaster(master, { type, [type.toLowerCase()]: { agent_id: id } });
    expect(told.status).toBe(200);
  }
}

interface Agents {
  readonly get_agents: {
    readonly agents: readonly {
      readonly agent_info: { readonly hostname: string; readonly id: { readonly value: string } };
    }[];
  };
}

async function leadingMaster(): Promise<{ readonly master: string; readonly answer: Agents }> {
  for (const { name, address } of await hosts()) {
    if (!name.startsWith('m')) continue;
    const asked = await askMaster(address, { type: 'GET_AGENTS' });
    if (asked.status === 200) return { master: address, answer: (await asked.json()) as Agents };
  }
  throw new Error('no master leads');
}

async function askMaster(address: string, call: object): Promise<Response> {
  return await fetch(`http://${address}:5050/api/v1`, {
    ...{ method: 'POST', redirect: 'manual', body: JSON.stringify(call) },
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    signal: AbortSignal.timeout(10_000),
  });
}

async function hostRunning(buildAgent: string): Promise<string> {
  return await until(`${buildAgent} is found`, async () => {
    for (const { name } of await hosts()) {
      const all = await onHost(name, 'docker', 'ps', '--quiet').catch(() => '');
      if (all === '') continue;
      const text = await onHost(name, 'docker', 'inspect', ...all.split('\n'));
      if (text.includes(buildAgent)) return name;
    }
    return undefined;
  });
}
