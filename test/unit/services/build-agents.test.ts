import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { ownedSettings } from '../../../src/config/fragment-faults.ts';
import {
  buildAgentApp,
  buildAgentFolders,
  buildNodes,
  secretPath,
  templateHosts,
} from '../../../src/services/build-agents.ts';
import { controllerApp, controllerFiles } from '../../../src/services/jenkins.ts';
import { moveTime } from '../../../src/services/move-time.ts';
import { render } from '../../../src/services/render.ts';
import { clusterFile, controller, specOf } from '../../support/cluster-file.ts';
import { templates } from '../../support/fake-ports.ts';
import { contentOf } from '../../support/rendered.ts';

/** Build agents of both ways; whole in the goldens, as those of rendered.test.ts. */
const image = 'registry.example.com/build-agent:1';
const buildAgents = {
  linux: { image, cpus: 1.5, memory: '2GiB', disk: '5GiB', idle: '10m' },
  docker: { image, attributes: { disk: 'ssd' }, network: 'host', dockerSocket: true },
  small: { image, via: 'marathon', count: 2, attributes: { disk: 'ssd' }, dockerSocket: true },
  wide: { image, via: 'marathon', network: 'host', memory: '4GiB' },
};
const home = { kind: 'shared', path: '/srv/jenkins' };
const keepBuilds = { count: 20, days: 90 };
const spec = await specOf(
  clusterFile({
    hosts: { a2: { attributes: { disk: 'ssd' } } },
    jenkins: { main: controller({ home, buildAgents, keepBuilds, framework: { role: 'ci' } }) },
  }),
);
const main = spec.jenkins[0]!;
const fragment = { name: 'tools.yml', content: 'tool: { git: "${GIT}" }\n' };

function golden(name: string): string {
  return fileURLToPath(new URL(`../../fixtures/rendered/${name}`, import.meta.url));
}

function cascText(): string {
  return contentOf({ files: controllerFiles(spec, main, templates) }, 'jenkins.yaml');
}

test('jenkins.yaml with build agents is as expected', async () => {
  await expect(cascText()).toMatchFileSnapshot(golden('jenkins-with-builds.yaml.txt'));
});

test('the apps of build agents are as expected, in a network of their own and on the host’s', async () => {
  const nodes = buildNodes(main).filter(({ name }) => name.endsWith('-1'));
  const apps = nodes.map((node) => buildAgentApp(spec, main, node));
  const text = apps.map((app) => `${JSON.stringify(app, undefined, 2)}\n`).join('');
  await expect(text).toMatchFileSnapshot(golden('build-agent-apps.txt'));
});

test('every node has a folder of its own, on the hosts that may run it and nowhere else', () => {
  expect(buildNodes(main).map(({ name }) => name)).toEqual(['small-1', 'small-2', 'wide-1']);
  const [small] = buildNodes(main);
  expect(templateHosts(spec, small!.template).map(({ name }) => name)).toEqual(['a2']);
  const foldersOn = (name: string) =>
    buildAgentFolders(
      spec,
      spec.hosts.find((host) => host.name === name)!,
    );
  const agents = '/etc/ci-cluster/jenkins/main/agents';
  expect(foldersOn('a1').map(({ path }) => path)).toEqual([
    ...['/etc/ci-cluster/jenkins', '/etc/ci-cluster/jenkins/main', agents, `${agents}/wide-1`],
  ]);
  expect(foldersOn('a2').slice(3)).toEqual(
    ['small-1', 'small-2', 'wide-1'].map((node) => ({
      ...{ path: `${agents}/${node}`, mode: '0500', owner: { uid: 1000, gid: 1000 } },
    })),
  );
  expect(foldersOn('m1')).toEqual([]);
  expect(secretPath(spec, main, 'wide-1')).toBe(`${agents}/wide-1/agent`);
});

test('a shared home moves at once when its host is given up, a pinned one never', async () => {
  const pinned = await specOf();
  expect(controllerApp(spec, main)).toMatchObject({
    unreachableStrategy: { inactiveAfterSeconds: 0, expungeAfterSeconds: 0 },
  });
  expect(controllerApp(pinned, pinned.jenkins[0]!)).toMatchObject({
    unreachableStrategy: 'disabled',
  });
});

test('a controller starts by way of the fence, whatever its home', () => {
  expect(controllerApp(spec, main)).toMatchObject({ cmd: 'exec /bin/sh /ci-cluster/start.sh' });
  const files = controllerFiles(spec, main, templates);
  expect(contentOf({ files }, '/start/start.sh')).toBe(templates['jenkins/start.sh']);
});

test('fragments are files beside jenkins.yaml, unchanged and named one by one', () => {
  const more = { ...main, fragments: [fragment] };
  const files = controllerFiles(spec, more, templates);
  expect(contentOf({ files }, '/casc/tools.yml')).toBe(fragment.content);
  expect(controllerApp(spec, more)).toMatchObject({
    env: { CASC_JENKINS_CONFIG: '/casc/jenkins.yaml,/casc/tools.yml' },
  });
});

test('everything that jenkins.yaml sets is refused in a fragment', () => {
  const owned = ownedSettings.map(({ path }) => path.join('.'));
  const leaves = leavesOf(parse(cascText()), '');
  const free = leaves.filter((leaf) => !owned.some((path) => leaf.startsWith(path)));
  expect(free).toEqual([]);
});

/** Paths of all values but those of lists, which JCasC joins. */
function leavesOf(value: unknown, path: string): string[] {
  if (Array.isArray(value)) return path.endsWith('Discarders') ? [path] : [];
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([name, inner]) =>
    leavesOf(inner, path === '' ? name : `${path}.${name}`),
  );
}

test('no text can leave the quotes that it is rendered in, and none is resolved by JCasC', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 60 });
  const odd = fc.constantFrom(
    '"',
    '\n',
    '\\',
    '${HOME}',
    '^${x}',
    ': ',
    '# ',
    '\u0085',
    '\u2028',
    '{{ x }}',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(text, odd), { maxLength: 6 }), (parts) => {
      const value = parts.join('');
      const rendered = render({ a: 'a:\n  - b: {{ v | casc }}\n' }, 'a', { v: value });
      expect(rendered).not.toMatch(/(?<!\^)\$\{/);
      const read = parse(rendered, { version: '1.1' }) as { a: { b: string }[] };
      expect(read.a[0]?.b).toBe(value.replaceAll('${', '^${'));
    }),
  );
});

test('without the plugin that it needs, no rule for old builds is rendered', async () => {
  const plugins = { 'configuration-as-code': '1' };
  const bare = await specOf(clusterFile({ jenkins: { main: controller({ plugins }) } }));
  const files = controllerFiles(bare, bare.jenkins[0]!, templates);
  expect(contentOf({ files }, 'jenkins.yaml')).not.toContain('Discarder');
});

test('the time that a controller takes to move is told with its formula', async () => {
  const { parts, totalMs } = moveTime(spec);
  expect(parts.map(({ ms }) => ms)).toEqual([90_000, 21_000, 60_000]);
  expect(totalMs).toBe(171_000);
  expect(parts[0]?.formula).toBe(
    'mesos.agentPingTimeout (15 s) × (mesos.maxAgentPingTimeouts (5) + 1)',
  );
  const mesos = { agentPingTimeout: '5s', maxAgentPingTimeouts: 3, zookeeperSession: '10s' };
  const quick = await specOf(clusterFile({ sections: { mesos } }));
  expect(moveTime(quick).parts[0]?.ms).toBe(20_000);
});
