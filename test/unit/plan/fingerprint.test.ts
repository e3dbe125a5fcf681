import { expect, test } from 'vitest';
import { containerFingerprint, fingerprintOf } from '../../../src/plan/fingerprint.ts';
import { Secret } from '../../../src/secret.ts';
import type { Container, ManagedFile } from '../../../src/services/service.ts';

const container: Container = {
  name: 'ci-zookeeper',
  image: 'zookeeper:3.9.5',
  command: [],
  env: { ZOO_MY_ID: '1', JVMFLAGS: '-Xmx1g' },
  mounts: [],
  hostPids: false,
  capabilities: [],
  stopSeconds: 30,
  listens: [3888],
  opensLater: [],
};
const owner = { uid: 0, gid: 0 };
const file: ManagedFile = { path: '/etc/zoo.cfg', content: 'a=1', mode: '0644', owner };

test('the order in which settings are written does not matter', () => {
  const env = { JVMFLAGS: '-Xmx1g', ZOO_MY_ID: '1' };
  expect(containerFingerprint({ ...container, env }, [])).toBe(containerFingerprint(container, []));
  expect(fingerprintOf({ a: 1, b: { c: 2, d: 3 } })).toBe(
    fingerprintOf({ b: { d: 3, c: 2 }, a: 1 }),
  );
});

test('the order of a list does matter', () => {
  expect(fingerprintOf(['a', 'b'])).not.toBe(fingerprintOf(['b', 'a']));
});

test.each<[string, Container, ManagedFile]>([
  ['the image', { ...container, image: 'zookeeper:3.9.6' }, file],
  ['a variable', { ...container, env: { ...container.env, ZOO_MY_ID: '2' } }, file],
  ['an argument', { ...container, command: ['x'] }, file],
  ['the content of a file', container, { ...file, content: 'a=2' }],
  ['the mode of a file', container, { ...file, mode: '0600' }],
])('%s changes the fingerprint', (_what, other, otherFile) => {
  const before = containerFingerprint(container, [file]);
  expect(containerFingerprint(other, [otherFile])).not.toBe(before);
});

test('a secret leaves no trace in the fingerprint, which is a label that everybody can read', () => {
  const withSecret = (value: string) =>
    containerFingerprint(container, [{ ...file, content: new Secret(value, 'a test') }]);
  expect(withSecret('correct horse')).toBe(withSecret('battery staple'));
});
