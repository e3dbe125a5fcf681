import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { buildAgentApp, buildNodes } from '../../../src/services/build-agents.ts';
import { controllerApp, controllerFiles } from '../../../src/services/jenkins.ts';
import { clusterFile, controller, specOf } from '../../support/cluster-file.ts';
import { faultsIn } from '../../support/config-faults.ts';
import { templates } from '../../support/fake-ports.ts';
import { parseHaproxy } from '../../support/haproxy-cfg.ts';
import { contentOf, ofService, rendered } from '../../support/rendered.ts';

/** What the numbers mean stands in docs/pitfalls.md. */
type Section = Record<string, unknown>;

const image = 'registry.example.com/build-agent:1-jdk21';
const linux = {
  image,
  cpus: 2,
  memory: '2GiB',
  disk: '5GiB',
  attributes: { disk: 'ssd', rack: 'a' },
};

function fileWith(buildAgents: Section, parts: Section = {}): string {
  const hosts = { a1: { attributes: { disk: 'ssd', rack: 'a' } } };
  return clusterFile({ hosts, jenkins: { main: controller({ buildAgents, ...parts }) } });
}

interface Casc {
  readonly jenkins: {
    readonly numExecutors: number;
    readonly clouds: readonly { readonly mesos: Cloud }[];
  };
}

interface Cloud extends Readonly<Record<string, unknown>> {
  readonly mesosAgentSpecTemplates: readonly Readonly<Record<string, unknown>>[];
}

async function cascOf(text: string, index = 0): Promise<Casc> {
  const spec = await specOf(text);
  const files = controllerFiles(spec, spec.jenkins[index]!, templates);
  return parse(contentOf({ files }, 'jenkins.yaml'), { version: '1.1' }) as Casc;
}

async function cloudOf(text: string, index = 0): Promise<Cloud> {
  return (await cascOf(text, index)).jenkins.clouds[0]!.mesos;
}

async function templateOf(text: string) {
  return (await cloudOf(text)).mesosAgentSpecTemplates[0]!;
}

test('plugin fact 1: the address of the master is one that leads to whoever leads, never zk://', async () => {
  const { mesosMasterUrl } = await cloudOf(fileWith({ linux }));
  expect(mesosMasterUrl).toBe('http://127.0.0.1:15050');
  const spec = await specOf(fileWith({ linux }));
  // The controller runs on the network of its host, where a gateway listens on loopback.
  expect(controllerApp(spec, spec.jenkins[0]!)).toMatchObject({ networks: [{ mode: 'host' }] });
  for (const gateway of ofService(rendered(spec), 'gateway')) {
    const { frontends } = parseHaproxy(contentOf(gateway, 'haproxy.cfg'));
    const { binds, backend } = frontends.find(({ name }) => name === 'mesos')!;
    expect(binds).toContainEqual({ address: '127.0.0.1', port: 15_050 });
    expect(backend).toBe('mesos-leader');
  }
});

test('plugin fact 2: no redirect is needed, and the stream may be silent for longer than the plugin waits', async () => {
  const [gateway] = ofService(rendered(await specOf(fileWith({ linux }))), 'gateway');
  const { backends, sections } = parseHaproxy(contentOf(gateway!, 'haproxy.cfg'));
  expect(backends.find(({ name }) => name === 'mesos-leader')?.expect).toBe(200);
  const lines = sections.find(({ kind }) => kind === 'defaults')?.lines ?? [];
  for (const name of ['client', 'server', 'tunnel']) expect(lines).toContain(`timeout ${name} 1h`);
});

test('plugin fact 3: an empty framework id cannot be, and two controllers have different ones', async () => {
  const two = clusterFile({
    jenkins: {
      main: controller({ buildAgents: { linux: { image } } }),
      other: controller({ buildAgents: { linux: { image } } }),
    },
  });
  const ids = [(await cloudOf(two)).frameworkId, (await cloudOf(two, 1)).frameworkId];
  expect(ids).toEqual(['ci-jenkins-main', 'ci-jenkins-other']);
  const empty = faultsIn(fileWith({ linux }, { framework: { id: '' } }));
  expect(empty).toEqual([expect.stringContaining('jenkins.main.framework.id: must be letters')]);
});

test('plugin fact 4: the task is as large as the template says, the fixed heap of 32 MB included', async () => {
  expect(await templateOf(fileWith({ linux }))).toMatchObject({ mem: String(2048 - 32) });
  const tiny = faultsIn(fileWith({ linux: { image, memory: '95MiB' } }));
  expect(tiny).toEqual([expect.stringContaining('must be from 128MiB')]);
});

test('plugin fact 5: an image whose entry point is no shell is refused', () => {
  const inbound = 'jenkins/inbound-agent:3301.v4363ddcca_4e7-3-jdk21';
  const faults = faultsIn(fileWith({ linux: { image: inbound } }));
  expect(faults).toEqual([expect.stringMatching(/does not start a shell, and the Mesos plugin/)]);
  expect(faultsIn(fileWith({ linux: { image: inbound, via: 'marathon' } }))).toEqual([]);
});

test('plugin fact 6: the canary build has a label, and a label that nobody provides is refused', async () => {
  const { jenkins } = await specOf(fileWith({ linux }));
  expect(jenkins[0]?.canary.label).toBe('linux');
  expect((await cascOf(fileWith({ linux }))).jenkins.numExecutors).toBe(0);
  expect(await templateOf(fileWith({ linux }))).toMatchObject({ mode: 'EXCLUSIVE' });
  const faults = faultsIn(fileWith({ linux }, { canary: { label: 'windows' } }));
  expect(faults).toEqual([expect.stringContaining('none of the labels under buildAgents (linux)')]);
});

test('plugin fact 7: the URL of Jenkins ends in a slash wherever a build agent gets it', async () => {
  const url = 'https://ci.example.com/';
  expect(await cloudOf(fileWith({ linux }, { url }))).toMatchObject({ jenkinsURL: url });
  expect((await cloudOf(fileWith({ linux }))).jenkinsURL).toBe('http://10.0.0.101:8081/');
  const faults = faultsIn(fileWith({ linux }, { url: 'https://ci.example.com' }));
  expect(faults).toEqual([expect.stringContaining('ends in "/"')]);
});

test('plugin fact 8: a node has one executor, and the template says so', async () => {
  const executors = { minExecutors: 1, maxExecutors: 1 };
  expect(await templateOf(fileWith({ linux }))).toMatchObject(executors);
});

test('plugin fact 9: attributes are pairs that the plugin can read, and that a host has as text', async () => {
  const { agentAttributes } = await templateOf(fileWith({ linux }));
  expect(agentAttributes).toBe('disk:ssd,rack:a');
  const odd = (attributes: unknown) => faultsIn(fileWith({ linux: { image, attributes } })).join();
  expect(odd(['ssd'])).toContain('must be a mapping by name');
  expect(odd({ disk: 'a:b' })).toContain('must be letters, digits');
  expect(odd({ disk: 'a,b' })).toContain('must be letters, digits');
  expect(odd({ rack: '7' })).toContain('7 is a number to Mesos');
});

test('plugin fact 10: a build agent may take as long as its image may take to be pulled', async () => {
  const spec = await specOf(fileWith({ linux }));
  const { env } = controllerApp(spec, spec.jenkins[0]!) as unknown as {
    env: Record<string, string>;
  };
  const timeout = `-Dusi.jenkins.agent-timeout=${spec.mesos.executorRegistrationTimeoutMs}ms`;
  expect(env.JAVA_OPTS?.split(' ')).toContain(timeout);
});

test('plugin fact 12: masters do not ask schedulers over HTTP for a login that the plugin has not', async () => {
  for (const { container } of ofService(
    rendered(await specOf(fileWith({ linux }))),
    'mesos-master',
  )) {
    expect(JSON.stringify(container)).not.toMatch(/authenticate_http_frameworks/i);
  }
});

test('pitfall 2: a Mesos that the plugin refuses is refused', () => {
  const images = { mesosMaster: 'mesosphere/mesos-master:1.8.1' };
  const text = (via: string) =>
    clusterFile({
      jenkins: { main: controller({ buildAgents: { linux: { image, via } } }) },
      sections: { images },
    });
  expect(faultsIn(text('mesos'))).toEqual([
    expect.stringContaining(
      'images.mesosMaster: is Mesos 1.8: build agents with via: mesos need 1.9',
    ),
  ]);
  expect(faultsIn(text('marathon'))).toEqual([]);
});

test('pitfall 6: framework and role of a controller are the same at every start', async () => {
  const text = fileWith({ linux }, { framework: { role: 'team-a' } });
  const cloud = { frameworkId: 'ci-jenkins-main', frameworkName: 'jenkins-main', role: 'team-a' };
  expect(await cloudOf(text)).toMatchObject(cloud);
});

test('pitfall 24: build agents get the jar of their own controller, and Java that suits it', async () => {
  const buildAgents = { linux: { image, via: 'marathon' } };
  const spec = await specOf(fileWith(buildAgents));
  const [main] = spec.jenkins;
  const app = buildAgentApp(spec, main!, buildNodes(main!)[0]!);
  expect(app).toMatchObject({ fetch: [{ uri: `${main!.url}jnlpJars/agent.jar`, cache: false }] });
  const faults = faultsIn(fileWith({ linux: { image: 'eclipse-temurin:17-jre' } }));
  expect(faults).toEqual([expect.stringMatching(/has Java 17, and build agents of .* need 21/)]);
});

test('jenkins pitfall 8: health is asked of a page that is open, after the start had its time', async () => {
  const spec = await specOf(fileWith({ linux }));
  expect(controllerApp(spec, spec.jenkins[0]!)).toMatchObject({
    healthChecks: [{ protocol: 'MESOS_HTTP', path: '/login', gracePeriodSeconds: 300 }],
  });
});

test('jenkins pitfall 9: a URL with a path is refused, as all paths would move', () => {
  expect(faultsIn(fileWith({ linux }, { url: 'https://example.com/ci/' }))).toEqual([
    expect.stringContaining('must not have the path /ci/'),
  ]);
});

test('jenkins pitfall 12: a restart that people ask for is not held back for minutes', async () => {
  const spec = await specOf(fileWith({ linux }));
  expect(controllerApp(spec, spec.jenkins[0]!)).toMatchObject({
    ...{ backoffSeconds: 5, maxLaunchDelaySeconds: 15 },
  });
});

test('jenkins pitfall 13: without the plugin that sets a login nothing is started', () => {
  expect(faultsIn(fileWith({}, { plugins: { mesos: '2.0' } }))).toEqual([
    expect.stringContaining('everybody is an administrator'),
  ]);
});
