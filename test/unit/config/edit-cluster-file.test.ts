import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import {
  addAgentHost,
  makeAgent,
  removeAgentHost,
  setImage,
} from '../../../src/config/edit-cluster-file.ts';
import { parseCluster } from '../../../src/config/parse-cluster.ts';
import { sampleFile } from '../../../src/config/sample.ts';
import { clusterFile, variousClusterFiles } from '../../support/cluster-file.ts';

const labFile = `\
# Written by hand,   with odd  spacing.
name: lab
ssh: {user: ops,port: 22}   # short
masters: [ m1,m2, m3 ]
agents:   # the pool
  - a1
  - "a2"  # spare

hosts:
  m1: {address: 10.0.0.11}
  m2: { address: 10.0.0.12 }   # second
  m3: { address: 10.0.0.13 }
  # where people come in
  a1:
    address: 10.0.0.21
    roles: [gateway] # the only one
    resources: { cpus: 8, memory: 8GiB }
  a2:
    address: 10.0.0.22
    resources: { cpus: 8, memory: 8GiB }
images:
  marathon: "registry.example.com:5000/marathon:v1.10.26"   # pinned
`;

const flowFile =
  'name: ci\nmasters: [m1]\nhosts: { m1: { address: 10.0.0.11, roles: [mesos-agent, gateway] } }\n';

const rolesFile = `\
name: ci
masters: [m1]
hosts:
  m1: { address: 10.0.0.11, roles: [gateway] }
  w1: { address: 10.0.0.21, roles: [mesos-agent] }`;

const files = [
  ...[sampleFile(), labFile, flowFile, rolesFile, labFile.replaceAll('\n', '\r\n')],
  ...[clusterFile(), ...variousClusterFiles()],
];

/** Lines of one text that the other does not have, in order. */
function onlyIn(text: string, other: string): string[] {
  const left = other.split('\n');
  return text.split('\n').filter((line) => {
    const at = left.indexOf(line);
    if (at !== -1) left.splice(at, 1);
    return at === -1;
  });
}

describe('a new Mesos agent', () => {
  test('stands after the last host and in the group, in the form of the file', () => {
    const text = addAgentHost(labFile, {
      name: 'a3',
      address: '10.0.0.23',
      attributes: { rack: 'b' },
    });
    expect(onlyIn(text, labFile)).toEqual([
      ...['  - a3', '  a3:', '    address: 10.0.0.23', '    attributes: { rack: b }'],
    ]);
    expect(onlyIn(labFile, text)).toEqual([]);
    expect(text).toContain('  - "a2"  # spare\n  - a3\n\nhosts:');
    expect(text).toContain('memory: 8GiB }\n  a3:\n    address: 10.0.0.23\n');
  });

  test('has its role beside its address where the file has no group', () => {
    expect(addAgentHost(rolesFile, { name: 'w2', address: '10.0.0.22' })).toBe(
      `${rolesFile}\n  w2: { address: 10.0.0.22, roles: [mesos-agent] }`,
    );
    expect(addAgentHost(flowFile, { name: 'w2', address: '10.0.0.22' })).toContain(
      'gateway] }, w2: { address: 10.0.0.22, roles: [mesos-agent] } }\n',
    );
  });

  test('makes the group where a file has no Mesos agents at all', () => {
    const text = addAgentHost(
      'name: ci\nmasters: [m1] # one\nhosts:\n  m1: { address: 10.0.0.11 }\n',
      {
        name: 'a1',
        address: '10.0.0.21',
      },
    );
    expect(text).toBe(
      'name: ci\nmasters: [m1] # one\nagents: [a1]\nhosts:\n  m1: { address: 10.0.0.11 }\n  a1: { address: 10.0.0.21 }\n',
    );
  });

  test('keeps a name that YAML would read as something else', () => {
    const text = addAgentHost(labFile, { name: 'on-1', address: '10.0.0.23' });
    const odd = addAgentHost(text, { name: '1e3', address: '10.0.0.24' });
    expect(Object.keys((parse(odd) as { hosts: object }).hosts)).toContain('1e3');
    expect((parse(odd) as { agents: unknown[] }).agents.at(-1)).toBe('1e3');
  });

  test('that the file has already is refused', () => {
    expect(() => addAgentHost(labFile, { name: 'a1', address: '10.0.0.23' })).toThrow(
      expect.objectContaining({ code: 'FILE_NOT_WRITTEN' }),
    );
  });

  test('of a known host is a word in the group', () => {
    expect(makeAgent(labFile, 'm3')).toBe(labFile.replace('# spare\n', '# spare\n  - m3\n'));
  });
});

describe('a removed Mesos agent', () => {
  test('takes its lines along and nothing else', () => {
    const text = removeAgentHost(labFile, 'a2');
    expect(onlyIn(text, labFile)).toEqual([]);
    expect(onlyIn(labFile, text)).toEqual([
      ...['  - "a2"  # spare', '  a2:', '    address: 10.0.0.22'],
      '    resources: { cpus: 8, memory: 8GiB }',
    ]);
  });

  test('leaves an empty list where it was the last one', () => {
    const text = removeAgentHost(removeAgentHost(labFile, 'a2'), 'a1');
    expect(text).toContain('agents: []   # the pool\n\nhosts:');
    expect(parse(text)).toMatchObject({ agents: [], hosts: { m1: {}, m2: {}, m3: {} } });
  });
});

describe('an image', () => {
  test('that is written is replaced in its place', () => {
    expect(setImage(labFile, ['images', 'marathon'], 'marathon:v2')).toBe(
      labFile.replace('"registry.example.com:5000/marathon:v1.10.26"', 'marathon:v2'),
    );
  });

  test('that is not written stands with the others, or in a section of its own', () => {
    expect(setImage(labFile, ['images', 'haproxy'], 'haproxy:3.2')).toBe(
      `${labFile}  haproxy: haproxy:3.2\n`,
    );
    expect(setImage(rolesFile, ['images', 'haproxy'], 'haproxy:3.2')).toBe(
      `${rolesFile}\nimages:\n  haproxy: haproxy:3.2`,
    );
  });

  test('of a controller is found by its name', () => {
    const text = setImage(clusterFile(), ['jenkins', 'main', 'image'], 'jenkins:1');
    expect(parse(text)).toMatchObject({ jenkins: { main: { image: 'jenkins:1' } } });
  });
});

const place = { path: 'cluster.yml', home: '/home/ops' };
const image = fc.constantFrom('a/b:1', 'r.example:5000/x:v1.2', 'x@sha256:' + 'a'.repeat(64));

test('whatever is added and taken out again, the file is as before to the byte', () => {
  const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}[a-z0-9]$/);
  const some = fc.record(
    {
      attributes: fc.dictionary(fc.constantFrom('rack', 'zone'), fc.constantFrom('b', '12', 'no')),
      resources: fc.record({ cpus: fc.integer({ min: 1, max: 9 }), memory: fc.constant('2GiB') }),
      ssh: fc.constant({ user: 'admin', port: 2222 }),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.constantFrom(...files), name, some, (file, added, more) => {
      fc.pre(!new RegExp(`\\b${added}\\b`).test(file));
      const text = addAgentHost(file, { name: added, address: '10.9.9.9', ...more });
      const { hosts } = parseCluster(text, place);
      expect(hosts.find((host) => host.name === added)).toMatchObject({
        ...{ address: '10.9.9.9', roles: ['mesos-agent'] },
        ...(more.attributes && { agent: { attributes: more.attributes } }),
      });
      expect(onlyIn(file, text).length).toBeLessThanOrEqual(2);
      const again = removeAgentHost(text, added);
      expect(again.replace(/\r?\n$/, '')).toBe(file.replace(/\r?\n$/, ''));
    }),
    { numRuns: 40 },
  );
});

test('whatever image is set, all other lines stay', () => {
  const keys = fc.constantFrom('zookeeper', 'mesosMaster', 'mesosAgent', 'marathon', 'haproxy');
  fc.assert(
    fc.property(fc.constantFrom(...files), keys, image, (file, key, reference) => {
      const text = setImage(file, ['images', key], reference);
      expect(parse(text)).toMatchObject({ images: { [key]: reference } });
      expect(onlyIn(file, text).length).toBeLessThanOrEqual(1);
      expect(onlyIn(text, file).length).toBeLessThanOrEqual(2);
    }),
    { numRuns: 40 },
  );
});
