import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ciCluster } from './lab.ts';
import {
  build,
  controllerContainer,
  docker,
  hostOf,
  hosts,
  jenkins,
  jsonOnLab,
  onHost,
  onLab,
  taskContainers,
  until,
  urlOf,
  useLab,
  type BuildContainer,
} from './builds-lab.ts';
import { startDirectController } from './direct-controller.ts';

// One story on one lab: builds, what they may not do, and what they survive. Each test leaves the lab
// as the next one needs it.

interface Status {
  readonly exitCode: number;
  readonly health: {
    readonly verdict: string;
    readonly mesosMasters: { readonly leader: string };
    readonly marathon: { readonly leader: string };
    readonly jenkins: readonly { readonly name: string; readonly host: string }[];
    readonly orphanFrameworks: readonly { readonly id: string }[];
    readonly diskHogs: readonly { readonly task: string; readonly usedMb: number }[];
  };
}

const labName = 'e2e-builds';
useLab(labName);

beforeAll(async () => {
  const up = await ciCluster('lab', 'up', '--name', labName);
  expect(up, up.stderr).toMatchObject({ exitCode: 0 });
  // The first thing that a user sees after "init": a build of each controller.
  expect(`${up.stdout}${up.stderr}`).toMatch(/SUCCESS|nothing to change/);
});

afterAll(async () => {
  if (process.env.KEEP_LAB === undefined) await ciCluster('lab', 'down', '--name', labName);
});

/** Runs until the lab is taken down, so that the test can look at the container in peace. */
const waits = 'echo here; sleep 600';

async function containerOf(nodeName: string): Promise<BuildContainer> {
  return await until(`${nodeName} has a container`, async () => {
    const found = await taskContainers('/build-agent:');
    for (const one of found) {
      const log = await onHost(one.host, 'docker', 'inspect', '--format', '{{json .}}', one.id);
      if (log.includes(nodeName)) return one;
    }
    return undefined;
  });
}

describe('a build', () => {
  test('checks out, compiles, tests and archives, on a build agent that Mesos launched', async () => {
    const result = await build('--controller', 'main');
    expect(result, JSON.stringify(result)).toMatchObject({ exitCode: 0 });
    const [one] = result.builds;
    expect(one).toMatchObject({ controller: 'main', result: 'SUCCESS', artifacts: ['out/hello'] });
    expect(one?.buildAgent).toMatch(/^jenkins-agent-linux-/);
    expect(['a1', 'a2']).toContain(one?.host);
    expect(one?.console).toContain('2 tests passed');
    const page = await (
      await jenkins('main')
    ).text(`/job/${one?.job ?? ''}/${one?.number ?? 0}/artifact/out/hello`);
    expect(page.slice(1, 4)).toBe('ELF');
  });

  test('runs as well on a build agent that Marathon keeps running, without the plugin', async () => {
    const result = await build('--controller', 'tools', '--label', 'static');
    expect(result, JSON.stringify(result)).toMatchObject({ exitCode: 0 });
    expect(result.builds[0]).toMatchObject({ result: 'SUCCESS', buildAgent: 'static-1' });
  });

  test('has the limits of its template on its container', async () => {
    const main = await jenkins('main');
    await main.start('limits', 'linux', waits);
    const { builtOn } = await main.says('limits', 'here');
    const { inspect } = await containerOf(builtOn);
    expect(inspect.HostConfig).toMatchObject({
      Memory: 256 * 1024 ** 2,
      CpuPeriod: 100_000,
      CpuQuota: 50_000,
      NetworkMode: 'bridge',
    });
    expect(inspect.HostConfig.Binds.filter((bind) => bind.includes('docker.sock'))).toEqual([]);
    await main.post('/job/limits/1/stop');
    expect((await main.ended('limits')).result).toBe('ABORTED');
  });

  test('of two controllers at once shares the pool, and status says what that saves', async () => {
    await Promise.all([build('--controller', 'main'), build('--controller', 'tools')]);
    const { stdout } = await onLab('status');
    expect(stdout).toMatch(/Last 24 h: \d+ builds, at most \d+ at once; static build machines/);
  });
});

describe('a build is kept apart', () => {
  test('it cannot reach the control ports of any host, but Jenkins', async () => {
    const machines = await hosts();
    const places = machines.flatMap(({ name, address }) => {
      const ports = name.startsWith('m') ? [2181, 2888, 3888, 5050, 8080] : [5051, 15_050, 18_080];
      return [...ports, 22].map((port) => `${address} ${port}`);
    });
    // From a host each of these is open: the test would otherwise pass for the wrong reason.
    const open = await onHost('a1', 'bash', '-c', probe(places.filter(isAlwaysOpen)));
    expect(open.split('\n').filter((line) => line.startsWith('closed'))).toEqual([]);
    const main = await jenkins('main');
    const [, , host, port] = /^(http):\/\/([^:]+):(\d+)$/.exec(await urlOf('main')) ?? [];
    const script = `cat > probe.sh <<'END'\n${probe([...places, `${host ?? ''} ${port ?? ''}`])}\nEND\nbash probe.sh`;
    await main.start('probe', 'linux', script);
    const { console: text, result } = await main.ended('probe');
    expect(result, text).toBe('SUCCESS');
    const lines = text.split('\n').filter((line) => /^(open|closed) /.test(line));
    expect(lines.filter((line) => line.startsWith('open'))).toEqual([`open ${host} ${port}`]);
    expect(lines).toHaveLength(places.length + 1);
  });

  test('it gets no more CPU than its template says', async () => {
    const main = await jenkins('main');
    const hog = 'echo here; for i in 1 2 3 4; do (while :; do :; done) & done; sleep 600';
    await main.start('cpu', 'linux', hog);
    const { builtOn } = await main.says('cpu', 'here');
    const { host, id } = await containerOf(builtOn);
    const before = await cpuStat(host, id);
    const after = await until('it was held back', async () => {
      const seen = await cpuStat(host, id);
      return seen.throttled >= before.throttled + 20 ? seen : undefined;
    });
    // Half a core is 50 ms of each period of 100 ms; what is left over is the start of a period.
    const perPeriod = (after.usedNs - before.usedNs) / (after.periods - before.periods) / 1e6;
    expect(perPeriod).toBeLessThan(60);
    await main.post('/job/cpu/1/stop');
    await main.ended('cpu');
  });

  test('one that takes too much memory is killed, and its neighbour goes on', async () => {
    const main = await jenkins('main');
    const tools = await jenkins('tools');
    await tools.start('neighbour', 'linux', 'echo here; sleep 600');
    const { builtOn } = await tools.says('neighbour', 'here');
    await main.start('hog', 'linux', 'echo here; tail /dev/zero');
    const hog = await main.ended('hog');
    expect(hog.result, hog.console).toBe('FAILURE');
    expect((await containerOf(builtOn)).inspect.State.Running).toBe(true);
    expect((await tools.lastBuild('neighbour'))?.building).toBe(true);
    await tools.post('/job/neighbour/1/stop');
    await tools.ended('neighbour');
  });

  test('one that takes more disk than it declared is reported, by name and host', async () => {
    const main = await jenkins('main');
    const fills = 'head -c 200M /dev/zero > big; echo here; sleep 600';
    await main.start('disk', 'linux', fills);
    const { builtOn } = await main.says('disk', 'here');
    const { host } = await containerOf(builtOn);
    const { health } = await jsonOnLab<Status>('status');
    expect(health.diskHogs).toMatchObject([{ task: builtOn, host, declaredMb: 100 }]);
    expect(health.diskHogs[0]?.usedMb).toBeGreaterThan(199);
    await main.post('/job/disk/1/stop');
    await main.ended('disk');
  });
});

describe('checks', () => {
  test('the shared home is proved to have one lock for all hosts', async () => {
    const { checks } = await jsonOnLab<Checks>('check');
    expect(checks.find(({ id }) => id === 'JENKINS_HOME_LOCK')).toMatchObject({
      verdict: 'pass',
      detail: 'locked from a1, refused to a2, free again after it',
    });
  });

  test('the images of controllers and build agents keep their contract', async () => {
    const { checks } = await jsonOnLab<Checks>('images', 'contract', '--core', '2.541.3');
    const others = checks.filter(({ verdict }) => verdict !== 'pass');
    // Stand-ins: Jenkins without Java, a Mesos agent that talks to Docker without its client.
    expect(others.map(({ id, title }) => [id, / as (\S+):/.exec(title)?.[1]])).toEqual([
      ['IMAGE_JAVA', 'controller'],
      ['IMAGE_DOCKER_API', 'mesos-agent'],
    ]);
    expect(checks.find(({ title }) => title.includes('as build-agent: Java'))?.detail).toBe(
      'Java 17; core 2.541.3 needs 17',
    );
  });
});

describe('orphan frameworks', () => {
  test('are named by status, and ended by prune-frameworks, which leaves all others', async () => {
    const before = await frameworks();
    const id = await leaveOrphan('jenkins-main');
    const status = await jsonOnLab<Status>('status');
    expect(status.health.orphanFrameworks).toMatchObject([{ id }]);
    const refused = await onLab('jenkins', 'prune-frameworks');
    expect(refused.exitCode).toBe(9);
    const pruned = await onLab('jenkins', 'prune-frameworks', '--confirm', labName);
    expect(pruned, pruned.stderr).toMatchObject({ exitCode: 0 });
    expect(await frameworks()).toEqual(before);
  });
});

describe('builds survive', () => {
  test('the kill of the controller: job, number and history are there again', async () => {
    const main = await jenkins('main');
    const { builds } = await build('--controller', 'main');
    const { job, number } = builds[0] ?? { job: '', number: 0 };
    const { host, inspect } = await controllerContainer('main');
    // Not "docker kill": Docker would take that as a wish and nobody would notice a crash.
    await onHost(host, 'kill', '-9', String(inspect.State.Pid));
    await until('another controller answers', async () => {
      const now = await controllerContainer('main');
      if (now.inspect.State.Pid === inspect.State.Pid) return undefined;
      return await main.get<object>(`/job/${job}/${number}/api/json`);
    });
    const again = await until('builds run again', async () => {
      const result = await build('--controller', 'main');
      return result.exitCode === 0 ? result : undefined;
    });
    expect(again.builds[0]).toMatchObject({ job, number: expect.any(Number) as number });
    expect(again.builds[0]?.number).toBeGreaterThan(number);
    expect(await main.get(`/job/${job}/${number}/api/json`)).toMatchObject({ result: 'SUCCESS' });
  });

  test('the leading master’s host falling silent, through the gateway', async () => {
    const { health } = await jsonOnLab<Status>('status');
    const leader = await hostOf(health.mesosMasters.leader);
    // A check of the simulation: the stand-in of the plugin keeps to the address that it found first,
    // as the real plugin does, or the build below would prove nothing.
    const direct = await startDirectController('a1', leader.address);
    try {
      expect(await direct.builds('before')).toBe(true);
      await docker('pause', leader.container);
      const result = await build('--controller', 'main', '--timeout', '4m');
      expect(result, JSON.stringify(result)).toMatchObject({ exitCode: 0 });
      expect(await direct.builds('after')).toBe(false);
    } finally {
      await docker('unpause', leader.container).catch(() => undefined);
      await direct.remove();
    }
    await untilHealthy();
  });

  test('an order to move: the controller is ended first, then answers elsewhere', async () => {
    const before = await controllerContainer('main');
    const moved = await onLab('jenkins', 'failover', 'main', '--yes');
    expect(moved, moved.stderr).toMatchObject({ exitCode: 0 });
    const after = await controllerContainer('main');
    expect(after.host).not.toBe(before.host);
    await untilHealthy();
    expect(await build('--controller', 'main')).toMatchObject({ exitCode: 0 });
  });

  test('the loss of the controller’s host: it moves by itself, and the old one cannot write', async () => {
    const old = await controllerContainer('main');
    const { container } = await hostOf(old.host);
    await docker('kill', container);
    const moved = await until(
      'the controller runs elsewhere',
      async () => {
        const now = await controllerContainer('main');
        return now.host === old.host ? undefined : now;
      },
      400_000,
    );
    expect(moved.host).not.toBe(old.host);
    await until('builds run again', async () => {
      const result = await build('--controller', 'main', '--timeout', '4m');
      return result.exitCode === 0 ? result : undefined;
    });
    await docker('start', container);
    await until('Docker is up again there', () => onHost(old.host, 'docker', 'info'));
    // A controller that comes up there, as the old one did: the lock of the home keeps it out. The old
    // container itself may be gone: a Mesos agent that starts removes what has ended.
    const binds = old.inspect.HostConfig.Binds.filter((bind) => !bind.includes('sandbox'));
    const volumes = binds.flatMap((bind) => ['--volume', bind]).join(' ');
    const again = `docker run --rm --network host --entrypoint /bin/sh ${volumes} ${old.inspect.Config.Image} /ci-cluster/start.sh; echo "exit $?"`;
    expect(await onHost(old.host, 'sh', '-c', again)).toContain('exit 75');
    const home = '/srv/homes/main/.ci-cluster.lock';
    const held = await onHost(old.host, 'sh', '-c', `flock -n -E 75 ${home} true; echo $?`);
    expect(held).toBe('75');
    await untilHealthy();
    expect(await build('--controller', 'main')).toMatchObject({ exitCode: 0 });
  });
});

interface Checks {
  readonly checks: readonly {
    readonly id: string;
    readonly title: string;
    readonly verdict: string;
    readonly detail: string;
  }[];
}

async function untilHealthy(): Promise<void> {
  await until('the stack is healthy', async () => {
    const { health } = await jsonOnLab<Status>('status');
    return health.verdict === 'healthy' ? health : undefined;
  });
}

/** A script that says of each "address port" whether it is open. */
function probe(places: readonly string[]): string {
  return [
    `try() { if timeout 2 bash -c ": > /dev/tcp/$1/$2" 2> /dev/null; then echo "open $1 $2"; else echo "closed $1 $2"; fi; }`,
    ...places.map((place) => `try ${place}`),
  ].join('\n');
}

/** ZooKeeper's leader alone has 2888 open, Marathon's election decides nothing here. */
function isAlwaysOpen(place: string): boolean {
  return !place.endsWith(' 2888');
}

interface CpuStat {
  readonly periods: number;
  readonly throttled: number;
  readonly usedNs: number;
}

/** Of the container's cgroup, wherever it is mounted in this host. */
async function cpuStat(host: string, id: string): Promise<CpuStat> {
  // Of cgroup v1 and v2 side by side, the one that limits.
  const find = `find /sys/fs/cgroup -path "*${id}*" -name cpu.stat -exec grep -l nr_throttled {} +`;
  const script = `f=$(${find} | head -n 1); cat "$f" "$(dirname "$f")"/cpuacct.usage || :`;
  const text = await onHost(host, 'sh', '-c', script);
  const value = (name: string) => Number(new RegExp(`${name} (\\d+)`).exec(text)?.[1] ?? 0);
  const usage = /^\d+$/m.exec(text)?.[0];
  const usedNs = usage === undefined ? value('usage_usec') * 1000 : Number(usage);
  return { periods: value('nr_periods'), throttled: value('nr_throttled'), usedNs };
}

async function leaderUrl(): Promise<string> {
  const { health } = await jsonOnLab<Status>('status');
  const { address } = await hostOf(health.mesosMasters.leader);
  return `http://${address}:5050`;
}

async function frameworks(): Promise<readonly string[]> {
  const answer = await fetch(`${await leaderUrl()}/frameworks`);
  const { frameworks: all } = (await answer.json()) as { frameworks: { id: string }[] };
  return all.map(({ id }) => id).sort();
}

/** A framework that registers and goes away, as a controller without a fixed id does. */
async function leaveOrphan(name: string): Promise<string> {
  const abort = new AbortController();
  const info = { user: 'root', name, roles: ['*'], failover_timeout: 604_800 };
  const capabilities = [{ type: 'MULTI_ROLE' }];
  const answer = await fetch(`${await leaderUrl()}/api/v1/scheduler`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({
      type: 'SUBSCRIBE',
      subscribe: { framework_info: { ...info, capabilities } },
    }),
    signal: abort.signal,
  });
  const reader = (answer.body ?? new ReadableStream<Uint8Array>()).getReader();
  const { value } = (await reader.read()) as { value: Uint8Array };
  abort.abort();
  const id = /"framework_id":\{"value":"([^"]+)"/.exec(new TextDecoder().decode(value))?.[1];
  if (id === undefined) throw new Error('Mesos gave the framework no id');
  return id;
}
