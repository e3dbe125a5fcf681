import { expect, test } from 'vitest';
import { loadCluster, type LoadWorld } from '../../../src/config/load-cluster.ts';
import { ClusterError } from '../../../src/errors.ts';
import { clusterFile, controller } from '../../support/cluster-file.ts';

const buildAgents = { linux: { image: 'example/build-agent:1', via: 'marathon', count: 2 } };

/** A cluster file with a folder of fragments beside it. */
function world(files: Readonly<Record<string, string>>): LoadWorld {
  const text = clusterFile({ jenkins: { main: controller({ casc: 'jenkins.d/', buildAgents }) } });
  return {
    home: '/home/ops',
    env: { ADMIN_PASSWORD: 'correct horse battery' },
    fileMode: () => Promise.resolve(0o600),
    runCommand: () => Promise.reject(new Error('nothing runs')),
    listFiles: (path) => Promise.resolve(path === 'site/jenkins.d' ? Object.keys(files) : []),
    readFile: (path) => {
      const content = path === 'site/cluster.yml' ? text : files[path.replace(/^.*d\//, '')];
      return content === undefined ? Promise.reject(new Error(path)) : Promise.resolve(content);
    },
  };
}

async function fragmentsOf(files: Readonly<Record<string, string>>) {
  return (await loadCluster('site/cluster.yml', world(files))).jenkins[0]?.fragments;
}

/** The lines of the refusal, without the first, which counts them. */
async function faultsOf(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const error: unknown = await fragmentsOf(files).catch((cause: unknown) => cause);
  if (!(error instanceof ClusterError)) throw new Error('not refused', { cause: error });
  expect(error.code).toBe('CONFIG_INVALID');
  return error.message.split('\n').slice(1);
}

test('the fragments are the YAML files of the folder, in the order of their names', async () => {
  const text = 'tool:\n  git:\n    installations: [{ name: "${GIT}" }]\n';
  const files = { 'b.yml': text, 'README.md': '#', '.b.yml.swp': 'x', 'a.yaml': 'security: {}\n' };
  expect(await fragmentsOf(files)).toEqual([
    { name: 'a.yaml', content: 'security: {}\n' },
    { name: 'b.yml', content: text },
  ]);
});

test('a controller without a folder has no fragments', async () => {
  const text = clusterFile();
  const bare = { ...world({}), readFile: () => Promise.resolve(text) };
  expect((await loadCluster('site/cluster.yml', bare)).jenkins[0]?.fragments).toEqual([]);
});

test('a fragment that is no YAML mapping is refused with file, line and column', async () => {
  const files = {
    'a.yml': 'jenkins:\n  quietPeriod: 5\n  quietPeriod: 6\n',
    'b.yml': '- jenkins\n',
    'c.yml': 'jenkins: [1\n',
    'd.yml': 'tool: {}\n---\ntool: {}\n',
    'e.yml': `tool: ${'['.repeat(300)}${']'.repeat(300)}\n`,
    'f.yml': '',
  };
  expect(await faultsOf(files)).toEqual([
    'site/jenkins.d/a.yml:3:3 is not valid YAML: map keys must be unique',
    'site/jenkins.d/b.yml:1:1 must be a mapping like "jenkins: …"',
    expect.stringMatching(/^site\/jenkins\.d\/c\.yml:2:1 is not valid YAML: /),
    'site/jenkins.d/d.yml:2:1 has a second document',
    'site/jenkins.d/e.yml:1:1 is nested too deeply for a fragment',
    'site/jenkins.d/f.yml:1:1 must be a mapping like "jenkins: …"',
  ]);
});

test('a fragment that sets what ci-cluster renders is refused, as Jenkins would not start', async () => {
  const content = `jenkins:
  quietPeriod: 5
  numExecutors: 2
  slaveAgentPort: 50000
  securityRealm: { ldap: {} }
  authorizationStrategy: unsecured
  clouds:
    - docker: { name: other }
    - mesos: { mesosMasterUrl: "http://m1:5050" }
  nodes:
    - permanent: { name: old-server }
    - permanent: { name: linux-2 }
unclassified:
  location: { adminAddress: ci@example.com, url: "http://ci/" }
  buildDiscarders: {}
`;
  const lines = await faultsOf({ 'a.yml': content, 'b.yml': 'unclassified: none\n' });
  const places = lines.map((line) => line.split(' ').slice(0, 2).join(' '));
  expect(places).toEqual([
    'site/jenkins.d/a.yml:3:3 jenkins.numExecutors:',
    'site/jenkins.d/a.yml:4:3 jenkins.slaveAgentPort:',
    'site/jenkins.d/a.yml:5:3 jenkins.securityRealm:',
    'site/jenkins.d/a.yml:6:3 jenkins.authorizationStrategy:',
    'site/jenkins.d/a.yml:14:45 unclassified.location.url:',
    'site/jenkins.d/a.yml:15:3 unclassified.buildDiscarders:',
    'site/jenkins.d/a.yml:9:7 jenkins.clouds.1.mesos:',
    'site/jenkins.d/a.yml:12:7 jenkins.nodes.1:',
    'site/jenkins.d/b.yml:1:1 unclassified:',
    'site/jenkins.d/b.yml:1:1 unclassified:',
  ]);
  expect(lines[1]).toMatch(/is set by ci-cluster, .* write agentPort in the cluster file$/);
});

test('two fragments that set the same are refused, lists are joined', async () => {
  const files = {
    'a.yml': 'jenkins: { quietPeriod: 5, views: [{ all: {} }], proxy: { name: a } }\n',
    'b.yml': 'jenkins: { quietPeriod: 5, views: [{ list: {} }], proxy: { port: 1 } }\n',
  };
  expect(await faultsOf(files)).toEqual([
    'site/jenkins.d/b.yml:1:12 jenkins.quietPeriod: is set in a.yml already',
  ]);
});

test('names that do not fit a comma list, or are ours, are refused', async () => {
  expect(await faultsOf({ 'a b,c.yml': 'tool: {}\n', 'jenkins.yaml': 'tool: {}\n' })).toEqual([
    'site/jenkins.d/a b,c.yml:1:1 must be named with letters, digits, ".", "_" and "-" only, at most 100',
    'site/jenkins.d/jenkins.yaml:1:1 has the name of the file that ci-cluster renders',
  ]);
});

test('files that are too many or too large are refused', async () => {
  const large = { 'a.yml': `tool: { a: "${'x'.repeat(300_000)}" }\n` };
  expect(await faultsOf(large)).toEqual(['site/jenkins.d/a.yml:1:1 is larger than 256 KiB']);
  const many = Object.fromEntries(
    Array.from({ length: 51 }, (_, i) => [`f${i}.yml`, 'tool: {}\n']),
  );
  await expect(fragmentsOf(many)).rejects.toThrow('has 51 files, at most 50 are read');
});
