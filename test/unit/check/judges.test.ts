import { beforeAll, describe, expect, test } from 'vitest';
import { catalogue } from '../../../src/check/catalogue.ts';
import type { CheckFacts } from '../../../src/check/check-facts.ts';
import { runChecks } from '../../../src/check/run-checks.ts';
import { isKnown, type Scene } from '../../../src/check/scene.ts';
import { checkNames, type CheckName } from '../../../src/config/check-names.ts';
import type { ClusterSpec } from '../../../src/config/cluster-spec.ts';
import { ClusterError, type ErrorCode } from '../../../src/errors.ts';
import type { Facts, Listener } from '../../../src/plan/facts.ts';
import { changed, found, sceneOf, told, type Difference } from '../../support/check-scene.ts';
import { fakeWorld } from '../../support/fake-world.ts';
import { setUp } from '../../support/plan-world.ts';

let good: Scene;
let fresh: Scene;

beforeAll(async () => {
  const world = fakeWorld();
  fresh = await sceneOf(world);
  await setUp(world);
  good = await sceneOf(world);
}, 60_000);

function extraOf(host: string): CheckFacts {
  return good.seen.filter(isKnown).find((seen) => seen.host.name === host)!.extra;
}

function factsOf(host: string): Facts {
  return good.seen.find((seen) => seen.host.name === host)!.facts;
}

type Change = (scene: Scene) => Scene;

function at(host: string, difference: () => Difference): Change {
  return (scene) => changed(scene, host, difference());
}

function docker(difference: Partial<CheckFacts['docker']>): Change {
  return at('a1', () => ({ extra: { docker: { ...extraOf('a1').docker, ...difference } } }));
}

function engine(difference: Readonly<Record<string, unknown>>): Change {
  return at('a1', () => ({
    facts: { docker: { ...factsOf('a1').docker, ...difference } },
  }));
}

function machine(difference: Partial<Facts['machine']>): Change {
  return at('a1', () => ({ facts: { machine: { ...factsOf('a1').machine, ...difference } } }));
}

function spec(difference: (spec: ClusterSpec) => Partial<ClusterSpec>): Change {
  return (scene) => {
    const changed = { ...scene.spec, ...difference(scene.spec) };
    return { ...scene, spec: changed, input: { ...scene.input, spec: changed } };
  };
}

function without(host: string, code: ErrorCode): Change {
  return (scene) => {
    const error = new ClusterError(code, `${code} of ${host}`, { remedy: 'Look.' });
    const facts = new Map([...scene.input.observed.facts].filter(([name]) => name !== host));
    return {
      ...scene,
      seen: scene.seen.filter((seen) => seen.host.name !== host),
      missing: [{ host, error }],
      input: { ...scene.input, observed: { ...scene.input.observed, facts } },
    };
  };
}

function place(path: string, difference: Partial<ReturnType<typeof placeOf>>): Change {
  return at('m1', () => ({
    extra: {
      places: new Map([...extraOf('m1').places, [path, { ...placeOf(path), ...difference }]]),
    },
  }));
}

function placeOf(path: string) {
  return extraOf('m1').places.get(path)!;
}

function image(difference: Readonly<Record<string, unknown>>): Change {
  return at('a1', () => {
    const [[name, facts]] = [...extraOf('a1').images] as [[string, object]];
    const changed = { ...facts, ...difference } as never;
    return { extra: { images: new Map([...extraOf('a1').images, [name, changed]]) } };
  });
}

function config(host: string, env: readonly string[], entrypoint: readonly string[] = []): Change {
  return at(host, () => {
    const names = [...extraOf(host).configs.keys()];
    return { extra: { configs: new Map(names.map((name) => [name, { env, entrypoint }])) } };
  });
}

function listener(port: number, container = ''): Change {
  const made: Listener = { address: '0.0.0.0', port, process: 'nginx', pid: '77', container };
  return at('a1', () => ({ facts: { listeners: [...factsOf('a1').listeners, made] } }));
}

/** What goes wrong, and what is said of it. */
type Case = readonly [name: CheckName, host: string | undefined, change: Change, says: RegExp];

const cases: readonly Case[] = [
  ['HOST_REACHED', 'm1', without('m1', 'HOST_UNREACHABLE'), /^fail HOST_UNREACHABLE of m1/],
  ['HOST_REACHED', 'm1', without('m1', 'HOST_KEY_CHANGED'), /^fail HOST_KEY_CHANGED/],
  ['HOST_REACHED', 'm1', without('m1', 'SUDO_REFUSED'), /^pass/],
  ['HOST_SUDO', 'm1', without('m1', 'SUDO_REFUSED'), /^fail SUDO_REFUSED/],
  ['HOST_SUDO', 'm1', without('m1', 'HOST_UNREACHABLE'), /^skip not reached/],
  ['HOST_FACTS', 'm1', without('m1', 'FACTS_UNREADABLE'), /^fail FACTS_UNREADABLE/],
  [
    ...(['SSH_FORWARDING', 'a1'] as const),
    (scene) => ({ ...scene, forwarding: new Map([['a1', 'administratively prohibited']]) }),
    /^fail sshd refuses to forward: administratively prohibited/,
  ],
  [
    ...(['HOST_SYSTEM', 'a1'] as const),
    at('a1', () => ({
      facts: { system: { ...factsOf('a1').system, id: 'debian', version: '10' } },
    })),
    /^warn debian 10: older than debian 11/,
  ],
  [
    ...(['HOST_SYSTEM', 'a1'] as const),
    at('a1', () => ({ facts: { system: { ...factsOf('a1').system, id: 'arch', version: '' } } })),
    /^warn arch: nobody has tried it/,
  ],
  ['HOST_ARCHITECTURE', 'a1', machine({ architecture: 'aarch64' }), /^warn aarch64: /],
  ['HOST_KERNEL', 'a1', machine({ kernel: '3.16.0-4-amd64' }), /^fail kernel 3.16.0-4-amd64 is/],
  ['HOST_KERNEL', 'a1', machine({ kernel: '3.10.0-1160.el7.x86_64' }), /^pass/],
  [
    ...(['HOST_TOOLS', 'a1'] as const),
    at('a1', () => ({ facts: { tools: new Set() }, extra: { tools: new Set(['systemctl']) } })),
    /^fail no ss, iptables, flock$/,
  ],
  ['HOST_SELINUX', 'a1', at('a1', () => ({ extra: { selinuxEnforces: true } })), /^warn SELinux/],
  ['HOST_OUTLIER', 'a1', machine({ kernel: '5.10.0-1-amd64' }), /^warn kernel 5.10, most have 6.1/],
  ['HOST_OUTLIER', 'm1', at('m1', () => ({ facts: { memoryKib: 2e6 } })), /memory 1.9 GiB, most/],
  [
    'HOST_MEMORY',
    'm1',
    at('m1', () => ({ facts: { memoryKib: 1e6 } })),
    /^warn planned are \d+ of 976/,
  ],
  [
    ...(['INIT_PREFLIGHT', undefined] as const),
    at('a1', () => ({ facts: { texts: new Map([['identity', '{"name":"other"}']]) } })),
    /^fail a1 belongs to an unreadable record/,
  ],
  [
    ...(['INIT_PREFLIGHT', undefined] as const),
    at('a1', () => ({ facts: { texts: new Map([...factsOf('a1').texts, ['daemon.json', 'x']]) } })),
    /^fail \/etc\/docker\/daemon.json on a1 is no JSON object/,
  ],
  [
    ...(['DRILL_RESIDUE', 'a1'] as const),
    at('a1', () => ({
      facts: {
        residue: [
          { kind: 'drill', name: 'd1', detail: 'injected' },
          { kind: 'chain', name: 'CICD-d1', detail: 'iptables' },
        ],
      },
    })),
    /^fail drill d1 has injected its fault and is not healed, chain CICD-d1 of iptables/,
  ],
  [
    ...(['DRILL_RESIDUE', 'a1'] as const),
    at('a1', () => ({ facts: { residue: [{ kind: 'drill', name: 'd1', detail: 'healed' }] } })),
    /^warn drill d1 is healed, but not cleared away/,
  ],
  [
    ...(['DRILL_RESIDUE', 'm1'] as const),
    at('m1', () => {
      const [first, ...others] = factsOf('m1').containers;
      return { facts: { containers: [{ ...first!, status: 'paused' }, ...others] } };
    }),
    /^fail container .+ is paused$/,
  ],
  ['DOCKER_RUNS', 'a1', engine({ kind: 'stopped' }), /^fail installed, but/],
  ['DOCKER_RUNS', 'a1', engine({ kind: 'absent' }), /^pass none yet: init installs it/],
  [
    ...(['DOCKER_RUNS', 'a1'] as const),
    at('a1', () => ({ facts: { docker: { kind: 'absent' }, packages: 'none' } })),
    /^fail no Docker Engine, and no package manager/,
  ],
  [
    'DOCKER_VERSION',
    'a1',
    engine({ version: '19.03.1', apiVersion: '1.40' }),
    /^fail .*older than 20.10/,
  ],
  [
    ...(['DOCKER_VERSION', 'a1'] as const),
    at('a1', () => ({
      facts: {
        docker: { ...factsOf('a1').docker, version: '29.1.0', apiVersion: '1.52' } as never,
      },
      extra: { docker: { ...extraOf('a1').docker, leastApi: '1.44' }, client: undefined },
    })),
    /^warn Docker 29.1.0, API 1.44 to 1.52: refuses older Docker clients/,
  ],
  // The client in the running Mesos agent has proved the contrary.
  ['DOCKER_VERSION', 'a1', docker({ leastApi: '1.44' }), /^pass/],
  ['DOCKER_STORAGE', 'a1', docker({ driver: 'vfs' }), /^fail storage driver vfs/],
  ['DOCKER_STORAGE', 'a1', docker({ driver: 'fuse-overlayfs' }), /^warn storage driver fuse/],
  ['DOCKER_LIVE_RESTORE', 'a1', engine({ liveRestore: false }), /^warn live-restore is off/],
  ['DOCKER_MODE', 'a1', docker({ kind: 'podman' }), /^fail "docker" is Podman/],
  ['DOCKER_MODE', 'a1', docker({ security: '["name=rootless"]' }), /^fail the engine is rootless/],
  ['DOCKER_MODE', 'a1', docker({ security: '["name=userns"]' }), /^fail the engine maps users/],
  ['DOCKER_MODE', 'a1', docker({ swarm: 'active' }), /^fail .*Swarm/],
  ['DOCKER_MODE', 'a1', engine({ rootFolder: '/var/snap/docker/common' }), /^fail .*snap/],
  ['DOCKER_LIMITS', 'a1', docker({ limitsCpu: false }), /^warn no limits of processor time/],
  ['DOCKER_LIMITS', 'a1', docker({ limitsMemory: undefined }), /^skip Docker did not tell/],
  [
    ...(['CGROUP_VERSION', 'a1'] as const),
    (scene) =>
      spec(({ images }) => ({ images: { ...images, mesosAgent: 'clusterd/mesos-agent:1.11' } }))(
        changed(scene, 'a1', { facts: { cgroupVersion: 1 } }),
      ),
    /^fail version 1, but clusterd\/mesos-agent:1.11 needs version 2/,
  ],
  ['CGROUP_VERSION', 'a1', at('a1', () => ({ facts: { cgroupVersion: 1 } })), /^pass version 1$/],
  [
    ...(['AGENT_DOCKER_CLIENT', 'a1'] as const),
    at('a1', () => ({
      extra: { client: { works: false, said: 'client version 1.24 is too old' } },
    })),
    /^fail client version 1.24 is too old/,
  ],
  [
    ...(['AGENT_DOCKER_CLIENT', 'a1'] as const),
    at('a1', () => ({
      extra: {
        client: { works: false, said: 'exec: "docker": executable file not found in $PATH' },
      },
    })),
    /^skip no "docker" in its container to ask/,
  ],
  [
    ...(['HOST_ADDRESS', 'a1'] as const),
    at('a1', () => ({ facts: { addresses: [{ name: 'eth0', address: '192.0.2.9' }] } })),
    /^fail no interface has 10.0.0.101; the host has 192.0.2.9/,
  ],
  [
    'PORTS_FREE',
    'a1',
    listener(31_080),
    /^fail 31080 is taken by nginx \(process 77\), Jenkins main/,
  ],
  ['PORTS_FREE', 'a1', listener(31_080, 'f'.repeat(64)), /^pass/],
  [
    ...(['EPHEMERAL_PORTS', 'a1'] as const),
    at('a1', () => ({ extra: { ephemeral: { first: 32_768, last: 60_999 } } })),
    /^warn 50000 among 32768 to 60999/,
  ],
  [
    ...(['EPHEMERAL_PORTS', 'a1'] as const),
    at('a1', () => ({
      extra: {
        ephemeral: { first: 32_768, last: 60_999 },
        reserved: [{ first: 50_000, last: 50_010 }],
      },
    })),
    /^pass/,
  ],
  [
    ...(['EPHEMERAL_PORTS', 'a2'] as const),
    at('a2', () => ({ extra: { ephemeral: { first: 15_000, last: 31_500 } } })),
    /the ports offered to Mesos \(31000 to 32000\)/,
  ],
  [
    ...(['CONTROL_PORTS_OUTSIDE', 'm1'] as const),
    (scene) => ({
      ...scene,
      outside: { reached: new Map([['m1', [2181, 5050]]]), tried: new Map([['m1', 6]]) },
    }),
    /^warn this machine reached 2181, 5050 without SSH/,
  ],
  [
    'NAME_OWN',
    'a1',
    at('a1', () => ({ extra: { ownName: ['127.0.1.1'] } })),
    /^fail a1 is 127.0.1.1/,
  ],
  [
    'NAME_OWN',
    'a1',
    at('a1', () => ({ extra: { ownName: ['192.0.2.1'] } })),
    /which is not this host/,
  ],
  ['NAME_OWN', 'a1', at('a1', () => ({ extra: { ownName: [] } })), /^warn .*its own name a1/],
  [
    ...(['NAMES_RESOLVE', 'm1'] as const),
    at('m1', () => ({
      extra: { names: new Map([...extraOf('m1').names, ['a1', ['127.0.1.1']]]) },
    })),
    /^fail a1 is 127.0.1.1, loopback/,
  ],
  [
    ...(['NAMES_RESOLVE', 'm1'] as const),
    at('m1', () => ({
      extra: { names: new Map([...extraOf('m1').names, ['a1', ['192.0.2.4']]]) },
    })),
    /^fail a1 is 192.0.2.4, planned is 10.0.0.101/,
  ],
  [
    ...(['NAMES_RESOLVE', 'm1'] as const),
    at('m1', () => ({ extra: { names: new Map([...extraOf('m1').names, ['a1', []]]) } })),
    /^warn does not know a1$/,
  ],
  [
    ...(['JENKINS_URL_NAME', 'a2'] as const),
    spec(({ jenkins }) => ({
      jenkins: jenkins.map((one) => ({ ...one, url: 'http://ci.example/' })),
    })),
    /^fail does not know ci.example \(Jenkins main\)/,
  ],
  [
    ...(['CLOCK_SERVICE', 'a1'] as const),
    at('a1', () => ({ extra: { clock: { ...extraOf('a1').clock, service: undefined } } })),
    /^warn chrony.service does not run/,
  ],
  [
    ...(['CLOCK_SERVICE', 'a1'] as const),
    at('a1', () => ({
      extra: { clock: { service: 'chronyd', unit: undefined, synchronised: false } },
    })),
    /^warn chronyd runs, but the clock is not synchronised yet/,
  ],
  [
    'CLOCK_SERVICE',
    'a1',
    at('a1', () => ({ extra: { container: 'docker' } })),
    /^skip a container/,
  ],
  [
    ...(['CLOCK_OFFSET', 'a1'] as const),
    (scene) => ({
      ...scene,
      clocks: new Map([...scene.clocks, ['a1', { leastMs: 4e12, mostMs: 4e12 + 20 }]]),
    }),
    /^fail [+]\d+.0 s ± 10 ms from the median of 5 hosts$/,
  ],
  ['DISK_SPACE', 'm1', place('/var/lib/ci-cluster', { freeKib: 100_000 }), /^fail 97 MiB free for/],
  ['DISK_SPACE', 'm1', place('/var/lib/docker', { freeInodes: 10 }), /^fail 10 of 1000000 inodes/],
  [
    ...(['DISK_FORECAST', 'm1'] as const),
    at('m1', () => ({
      extra: {
        images: new Map(),
        places: new Map(
          [...extraOf('m1').places].map(([path, own]) => [path, { ...own, freeKib: 1.1e6 }]),
        ),
      },
    })),
    /^warn 1.0 GiB free, \d.\d GiB to come \(images \d.\d GiB, logs/,
  ],
  ['STATE_VOLATILE', 'm1', place('/var/lib/ci-cluster', { kind: 'tmpfs' }), /^fail .* is on tmpfs/],
  [
    ...(['DUPLICATE_MACHINE_ID', 'a1'] as const),
    at('a1', () => ({ extra: { machineId: extraOf('a2').machineId } })),
    /^fail the same machine id as a2/,
  ],
  [
    ...(['DUPLICATE_HOST_KEY', 'a1'] as const),
    at('a1', () => ({ extra: { hostKeys: extraOf('m2').hostKeys } })),
    /^fail the same host key as m2/,
  ],
  [
    ...(['DUPLICATE_HOSTNAME', 'a1'] as const),
    at('a1', () => ({ extra: { hostname: 'debian' } })),
    /^pass/,
  ],
  [
    ...(['DUPLICATE_HOSTNAME', 'a1'] as const),
    at('a1', () => ({ extra: { hostname: 'm1' } })),
    /^fail the same host name as m1/,
  ],
  [
    ...(['IMAGE_AVAILABLE', 'a2'] as const),
    at('a2', () => ({
      extra: {
        images: new Map(),
        pulls: new Map(
          [...extraOf('a2').images.keys()].map((name) => [name, { kind: 'no', why: '' }]),
        ),
      },
    })),
    /^fail no registry has /,
  ],
  [
    ...(['IMAGE_AVAILABLE', 'a2'] as const),
    at('a2', () => ({ extra: { images: new Map(), pulls: new Map() } })),
    /^warn could not ask for /,
  ],
  ['IMAGE_SAME', 'a1', image({ id: 'sha256:other', digests: [] }), /^fail .* is not the one of /],
  [
    'IMAGE_ARCHITECTURE',
    'a1',
    image({ architecture: 'arm64' }),
    /^fail .* is for arm64; |^fail .* is for arm64, the host is amd64/,
  ],
  ['IMAGE_ENVIRONMENT', 'm1', config('m1', ['MESOS_WORK_DIR=/tmp']), /^pass/],
  [
    ...(['IMAGE_ENVIRONMENT', 'm1'] as const),
    config('m1', ['MESOS_SLAVE_PING_TIMEOUT=1secs']),
    /^fail .*sets MESOS_SLAVE_PING_TIMEOUT, which is MESOS_AGENT_PING_TIMEOUT again/,
  ],
  [
    ...(['IMAGE_ENVIRONMENT', 'm1'] as const),
    config('m1', ['MARATHON_HOME=/marathon', 'MARATHON_APP_ID=/x', 'MARATHON_ZK=zk://x/y']),
    /^fail mesosphere\/marathon:\S+ sets MARATHON_HOME, which Marathon takes for a flag$/,
  ],
  [
    ...(['IMAGE_ENVIRONMENT', 'a1'] as const),
    config('a1', [], ['mesos-slave', '--work_dir=/x']),
    /^fail .*has --work_dir in its entry point/,
  ],
  [
    ...(['JENKINS_HOME_OWNER', 'a1'] as const),
    at('a1', () => ({
      extra: { homes: new Map([['/var/lib/ci-cluster/jenkins/main', '/x/config.xml']]) },
    })),
    /^warn \/x\/config.xml in .* does not belong to uid 1000/,
  ],
  [
    ...(['JENKINS_HOME_LOCK', undefined] as const),
    (scene) => ({
      ...scene,
      homeLocks: [
        {
          ...{ id: 'JENKINS_HOME_LOCK', title: 'x', host: undefined, verdict: 'fail' },
          ...{ detail: 'a2: got the lock although another host held it', remedy: 'Mount it.' },
        },
      ],
    }),
    /^fail a2: got the lock/,
  ],
  [
    ...(['ENSEMBLE_SIZE', undefined] as const),
    spec(({ hosts }) => ({ hosts: hosts.filter(({ name }) => !['m2', 'm3'].includes(name)) })),
    /^warn 1 zookeeper, 1 mesos-master: the only zookeeper and mesos-master may not be lost/,
  ],
  [
    ...(['ENSEMBLE_SIZE', undefined] as const),
    spec(({ hosts }) => ({ hosts: hosts.filter(({ name }) => name !== 'm3') })),
    /even numbers/,
  ],
  [
    'VERSION_SET',
    undefined,
    withImage('mesosMaster', 'x/mesos-master:1.4.1'),
    /^fail Marathon 1.7/,
  ],
  [
    'VERSION_SET',
    undefined,
    withImage('mesosAgent', 'x/mesos-agent:1.10.0'),
    /^fail Mesos agents are newer/,
  ],
  [
    'VERSION_SET',
    undefined,
    withImage('mesosAgent', 'x/mesos-agent:1.8.0'),
    /^warn Mesos agents are older/,
  ],
  ['VERSION_SET', undefined, withImage('marathon', 'x/marathon:own'), /^skip not all tags tell/],
  [
    ...(['PORT_COLLISION', undefined] as const),
    spec(({ marathon, zookeeper }) => ({ marathon: { ...marathon, port: zookeeper.clientPort } })),
    /^fail m1: 2181 of ci-zookeeper and ci-marathon/,
  ],
  [
    ...(['AGENT_RESOURCES', 'a1'] as const),
    spec(({ hosts }) => ({ hosts: hosts.map(greedy) })),
    /^warn offers 64 cores of 4/,
  ],
];

function withImage(name: keyof ClusterSpec['images'], reference: string): Change {
  return spec(({ images }) => ({ images: { ...images, [name]: reference } }));
}

function greedy(host: ClusterSpec['hosts'][number]): ClusterSpec['hosts'][number] {
  const resources = { ...host.agent.resources, cpus: 64 };
  return { ...host, agent: { ...host.agent, resources } };
}

test('on good hosts nothing fails and nothing is doubtful, before and after init', () => {
  for (const scene of [fresh, good]) {
    const { results } = runChecks(scene);
    const bad = results.filter(({ verdict }) => ['fail', 'warn'].includes(verdict));
    expect(bad.map(({ id, host, detail }) => `${id} ${host ?? ''} ${detail}`)).toEqual([]);
    expect(results.length).toBeGreaterThan(150);
  }
  expect(runChecks(good).results.filter(({ verdict }) => verdict === 'skip')).toEqual([]);
});

describe('each check tells', () => {
  test.each(cases.map((one, index) => [one[0], index] as const))('%s (%i)', (name, index) => {
    const [, host, change, says] = cases[index]!;
    // A host of the spec is found in what was seen, too.
    const scene = change(good);
    const hosts = new Map(scene.spec.hosts.map((host) => [host.name, host]));
    const seen = scene.seen.flatMap((one) => {
      const host = hosts.get(one.host.name);
      return host === undefined ? [] : [{ ...one, host }];
    });
    expect(told({ ...scene, seen }, name, host)).toMatch(says);
    for (const { verdict, remedy, id, severity } of found({ ...scene, seen }, name)) {
      if (verdict === 'fail') expect(severity, id).toBe('fail');
      if (verdict === 'pass') expect(remedy, id).toBeUndefined();
      else expect(remedy, id).toMatch(/.{4}/);
    }
  });

  // The matrix has its own test; these two are of the cluster as a whole.
  const apart = ['PORT_MATRIX', 'QUORUM_NOW'];
  test('no check is without a bad case', () => {
    const tried = new Set(cases.map(([name]) => name));
    expect(checkNames.filter((name) => !tried.has(name) && !apart.includes(name))).toEqual([]);
  });
});

test('a first start without one of the masters is told by QUORUM_NOW', () => {
  expect(told(without('m1', 'HOST_UNREACHABLE')(fresh), 'QUORUM_NOW')).toMatch(
    /^fail a first start needs all 3 masters, m1 does not answer/,
  );
});

test('every check has a number of its own, in the order of the list, and words for the documentation', () => {
  expect(catalogue.map(({ name }) => name)).toEqual(checkNames);
  for (const { title, why, remedy } of catalogue) {
    expect([title, why, remedy].filter((text) => text.length < 8)).toEqual([]);
    expect(title.length).toBeLessThan(90);
  }
});
