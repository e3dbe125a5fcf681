import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { dockerRun } from '../../../src/run/docker-run.ts';
import { render } from '../../../src/services/render.ts';
import { controllerApp, controllerFiles } from '../../../src/services/jenkins.ts';
import { Secret } from '../../../src/secret.ts';
import { adminPassword, clusterFile, controller, specOf } from '../../support/cluster-file.ts';
import { templates } from '../../support/fake-ports.ts';
import { parseHaproxy } from '../../support/haproxy-cfg.ts';
import { allTexts, contentOf, ofService, rendered, type Rendered } from '../../support/rendered.ts';
import { parseZooCfg } from '../../support/zoo-cfg.ts';

/**
 * What a cluster of three masters and two agents gets, whole: a change of a template or a definition
 * shows in the diff. After a change on purpose: npx vitest run --project unit -u test/unit/services
 */
const spec = await specOf();
const all = rendered(spec);

function golden(name: string): string {
  return fileURLToPath(new URL(`../../fixtures/rendered/${name}`, import.meta.url));
}

test('zoo.cfg is as expected', async () => {
  const [server] = ofService(all, 'zookeeper');
  await expect(contentOf(server!, 'zoo.cfg')).toMatchFileSnapshot(golden('zoo.cfg'));
});

test('haproxy.cfg is as expected, on a gateway for people and on one for loopback', async () => {
  const [people, loopback] = ofService(all, 'gateway');
  const name = 'haproxy.cfg';
  await expect(contentOf(people!, name)).toMatchFileSnapshot(golden('gateway.haproxy.cfg'));
  await expect(contentOf(loopback!, name)).toMatchFileSnapshot(golden('loopback.haproxy.cfg'));
});

test('jenkins.yaml is as expected', async () => {
  const files = controllerFiles(spec, spec.jenkins[0]!, templates);
  const text = contentOf({ files }, 'jenkins.yaml');
  await expect(text).toMatchFileSnapshot(golden('jenkins.yaml.txt'));
});

test('the containers of every host are as expected', async () => {
  const text = all.map((one) => `${one.host.name}\n${runLines(one)}\n`).join('\n');
  await expect(text).toMatchFileSnapshot(golden('containers.txt'));
});

test('the app of the Jenkins controller is as expected', async () => {
  const app = controllerApp(spec, spec.jenkins[0]!);
  const text = `${JSON.stringify(app, undefined, 2)}\n`;
  await expect(text).toMatchFileSnapshot(golden('jenkins-app.txt'));
});

/** One option per line. */
function runLines({ service, container }: Rendered): string {
  const step = { kind: 'start-container', service, container, cluster: 'ci/1' } as const;
  const argv = dockerRun({ ...step, fingerprint: 'f00', replace: false });
  return argv.join(' ').replaceAll(/ (?=--)/g, '\n  ');
}

/** Keys of zoo.cfg that ZooKeeper 3.9 knows; a key that it does not know it takes without a word. */
const knownKeys = [
  ...['tickTime', 'initLimit', 'syncLimit', 'dataDir', 'dataLogDir', 'maxClientCnxns'],
  ...['autopurge.purgeInterval', 'autopurge.snapRetainCount', 'admin.enableServer'],
  ...['4lw.commands.whitelist', 'standaloneEnabled', 'reconfigEnabled', 'tcpKeepAlive'],
];

test('zoo.cfg holds only keys that ZooKeeper knows', () => {
  for (const server of ofService(all, 'zookeeper')) {
    const { keys } = parseZooCfg(contentOf(server, 'zoo.cfg'));
    expect([...keys.keys()].filter((key) => !knownKeys.includes(key))).toEqual([]);
    expect(keys.get('4lw.commands.whitelist')?.split(',')).toEqual(
      expect.arrayContaining(['srvr', 'mntr']),
    );
    expect(Number(keys.get('autopurge.purgeInterval'))).toBeGreaterThan(0);
  }
});

test('a single ZooKeeper runs standalone, an ensemble never does', async () => {
  const hosts = { a1: { roles: ['gateway', 'marathon'] } };
  const single = rendered(await specOf(clusterFile({ masters: 1, hosts })));
  const standalone = (some: readonly Rendered[]) =>
    parseZooCfg(contentOf(ofService(some, 'zookeeper')[0]!, 'zoo.cfg')).keys.get(
      'standaloneEnabled',
    );
  expect(standalone(single)).toBe('true');
  expect(standalone(all)).toBe('false');
});

test('every frontend of the gateway leads to a backend whose servers are checked', async () => {
  const jenkins = {
    main: controller(),
    shared: controller({ home: { kind: 'shared', path: '/srv/jenkins/shared' } }),
  };
  for (const gateway of ofService(rendered(await specOf(clusterFile({ jenkins }))), 'gateway')) {
    const { frontends, backends } = parseHaproxy(contentOf(gateway, 'haproxy.cfg'));
    expect(frontends.map(({ name }) => name)).toEqual([
      ...['mesos', 'marathon', 'jenkins-main', 'jenkins-main-agents'],
      ...['jenkins-shared', 'jenkins-shared-agents'],
    ]);
    for (const { backend, mode } of frontends) {
      const behind = backends.find(({ name }) => name === backend);
      expect(behind?.mode).toBe(mode);
      expect(behind?.servers.length).toBeGreaterThan(0);
      expect(behind?.servers.every(({ checked }) => checked)).toBe(true);
    }
    const ports = frontends.flatMap(({ binds }) => binds.map(({ port }) => port));
    const { listens, opensLater } = gateway.container;
    expect(new Set(ports)).toEqual(new Set([...listens, ...opensLater]));
  }
});

test('only a host of role gateway lets people in', () => {
  const [people, loopback] = ofService(all, 'gateway').map((gateway) => {
    const { frontends } = parseHaproxy(contentOf(gateway, 'haproxy.cfg'));
    return [...new Set(frontends.flatMap(({ binds }) => binds.map(({ address }) => address)))];
  });
  expect(people).toEqual(['127.0.0.1', '10.0.0.101']);
  expect(loopback).toEqual(['127.0.0.1']);
});

test('jenkins.yaml keeps text as text, whatever the names in the cluster file', async () => {
  const name = fc.stringMatching(/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/);
  const user = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9._-]{0,31}$/);
  await fc.assert(
    fc.asyncProperty(name, user, async (cluster, admin) => {
      const jenkins = { on: controller({ admin: { user: admin, password: { env: 'P' } } }) };
      const odd = await specOf(clusterFile({ name: cluster, jenkins }));
      const files = controllerFiles(odd, odd.jenkins[0]!, templates);
      const { jenkins: casc } = parse(contentOf({ files }, 'jenkins.yaml')) as {
        jenkins: {
          systemMessage: string;
          securityRealm: { local: { users: { id: string; password: string }[] } };
        };
      };
      expect(casc.systemMessage).toBe(`${cluster}: on`);
      expect(casc.securityRealm.local.users).toEqual([
        { id: admin, password: '${ADMIN_PASSWORD}' },
      ]);
    }),
    { numRuns: 25 },
  );
});

test('nobody sees more of Jenkins than its login page without logging in', () => {
  const files = controllerFiles(spec, spec.jenkins[0]!, templates);
  expect(parse(contentOf({ files }, 'jenkins.yaml'))).toMatchObject({
    jenkins: {
      numExecutors: 0,
      securityRealm: { local: { allowsSignup: false } },
      authorizationStrategy: { loggedInUsersCanDoAnything: { allowAnonymousRead: false } },
    },
    unclassified: { location: { url: 'http://10.0.0.101:8081/' } },
  });
});

test('the password is a file for its owner alone, and in no text', () => {
  const files = controllerFiles(spec, spec.jenkins[0]!, templates);
  const secret = files.find(({ path }) => path.endsWith('/secrets/ADMIN_PASSWORD'));
  expect(secret?.content).toBeInstanceOf(Secret);
  expect(secret).toMatchObject({ mode: '0400', owner: { uid: 1000, gid: 1000 } });
  for (const text of allTexts(spec)) expect(text).not.toContain(adminPassword);
});

test('a template that names an unknown value or filter is refused, with its line', () => {
  const values = { cluster: 'ci' };
  expect(() => render({ 'a.cfg': 'ok\n{{ clutser }}' }, 'a.cfg', values)).toThrow(
    /undefined variable: clutser.*line:2/,
  );
  expect(() => render({ 'a.cfg': '{{ cluster | upacse }}' }, 'a.cfg', values)).toThrow(
    /undefined filter: upacse/,
  );
  expect(() => render({}, 'a.cfg', values)).toThrow('no template a.cfg');
});

test('durations are written as Mesos reads them', async () => {
  const mesos = { agentPingTimeout: '20s', offerTimeout: '90s', zookeeperSession: '4500ms' };
  const [master] = rendered(await specOf(clusterFile({ sections: { mesos } }))).filter(
    ({ service }) => service === 'mesos-master',
  );
  expect(master?.container.env).toMatchObject({
    ...{ MESOS_AGENT_PING_TIMEOUT: '20secs', MESOS_OFFER_TIMEOUT: '90secs' },
    MESOS_ZK_SESSION_TIMEOUT: '4500ms',
  });
});

test('attributes and resources of a Mesos agent are written as Mesos reads them', async () => {
  const a2 = {
    attributes: { rack: 'b', disk: 'ssd' },
    resources: { cpus: 3.5, memory: '6GiB', disk: '40GiB', ports: '30000-31999' },
  };
  const agents = ofService(rendered(await specOf(clusterFile({ hosts: { a2 } }))), 'mesos-agent');
  expect(agents[1]?.container.env).toMatchObject({
    MESOS_ATTRIBUTES: 'rack:b;disk:ssd',
    MESOS_RESOURCES: 'cpus:3.5;mem:6144;disk:40960;ports:[30000-31999]',
  });
  expect(agents[0]?.container.env).not.toHaveProperty('MESOS_ATTRIBUTES');
});
