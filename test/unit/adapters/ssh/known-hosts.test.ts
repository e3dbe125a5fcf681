import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { parseKnownHosts } from '../../../../src/adapters/ssh/known-hosts.ts';

const key = (name: string): string => Buffer.from(`key ${name}`).toString('base64');
const line = (names: string, name: string): string => `${names} ssh-ed25519 ${key(name)}`;

function hashed(name: string): string {
  const salt = Buffer.from('0123456789abcdefghij');
  const hash = createHmac('sha1', salt).update(name).digest('base64');
  return `|1|${salt.toString('base64')}|${hash}`;
}

function keysFor(host: string, port: number, ...lines: readonly string[]): readonly string[] {
  return parseKnownHosts(lines.join('\n'))
    .lookup(host, port)
    .keys.map((known) => Buffer.from(known.base64, 'base64').toString().replace('key ', ''));
}

test('finds a host by each of its names', () => {
  const text = line('m1.example.com,10.0.0.1', 'a');
  expect(keysFor('10.0.0.1', 22, text)).toEqual(['a']);
  expect(keysFor('M1.Example.COM', 22, text)).toEqual(['a']);
  expect(keysFor('10.0.0.2', 22, text)).toEqual([]);
});

test('finds all keys of a host with type and line', () => {
  const text = `# comment\n\nm1 ssh-rsa ${key('r')} ops@desk\nm1 ssh-ed25519 ${key('e')}\n`;
  expect(parseKnownHosts(text).lookup('m1', 22).keys).toMatchObject([
    { type: 'ssh-rsa', base64: key('r'), line: 3 },
    { type: 'ssh-ed25519', base64: key('e'), line: 4 },
  ]);
});

test('looks for [name]:port where the port is not 22', () => {
  const lines = [line('[m1]:2222', 'a'), line('m1', 'b')];
  expect(keysFor('m1', 2222, ...lines)).toEqual(['a']);
  expect(keysFor('m1', 22, ...lines)).toEqual(['b']);
});

test('falls back to the name without port, as OpenSSH does', () => {
  expect(keysFor('m1', 2222, line('m1', 'b'))).toEqual(['b']);
});

test('finds hashed names, with and without port', () => {
  const lines = [line(hashed('m1'), 'a'), line(hashed('[m2]:2222'), 'b')];
  expect(keysFor('m1', 22, ...lines)).toEqual(['a']);
  expect(keysFor('m2', 2222, ...lines)).toEqual(['b']);
  expect(keysFor('m3', 22, ...lines)).toEqual([]);
});

test('understands wildcards, and a negation outweighs them', () => {
  const lines = [line('*.example.com,!db.example.com', 'a'), line('10.0.0.?', 'b')];
  expect(keysFor('m1.example.com', 22, ...lines)).toEqual(['a']);
  expect(keysFor('db.example.com', 22, ...lines)).toEqual([]);
  expect(keysFor('m1.example.org', 22, ...lines)).toEqual([]);
  expect(keysFor('10.0.0.7', 22, ...lines)).toEqual(['b']);
  expect(keysFor('10.0.0.77', 22, ...lines)).toEqual([]);
});

test('a dot in a pattern is a dot', () => {
  expect(keysFor('10x0.0.1', 22, line('10.0.0.*', 'a'))).toEqual([]);
});

test('keeps revoked keys and certificate authorities apart from trusted keys', () => {
  const text = [
    `@revoked * ssh-ed25519 ${key('stolen')}`,
    `@cert-authority *.example.com ssh-ed25519 ${key('ca')}`,
  ].join('\n');
  const known = parseKnownHosts(text).lookup('m1.example.com', 22);
  expect(known.keys).toEqual([]);
  expect(known.revoked).toMatchObject([{ base64: key('stolen'), line: 1 }]);
  expect(known.authorityLines).toEqual([2]);
});

test.each([
  'm1',
  'm1 ssh-ed25519',
  '@cert-authority',
  '@unknown m1 ssh-ed25519 AAAA',
  '\u0000',
  '|1|',
])('skips what it cannot understand: %j', (text) => {
  expect(keysFor('m1', 22, text, line('m1', 'a'))).toEqual(['a']);
});
