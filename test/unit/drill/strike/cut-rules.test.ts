import { expect, test } from 'vitest';
import type { CutRule } from '../../../../src/drill/fault.ts';
import { chainRules } from '../../../../src/drill/strike/cut-rules.ts';

const rule: CutRule = { way: 'both', peers: ['10.0.0.12'], port: 2181, side: 'theirs', own: false };
const cut = (parts: Partial<CutRule>) =>
  chainRules({ kind: 'cut', rules: [{ ...rule, ...parts }] });
const loopback = ['* -i lo -j RETURN', '* -o lo -j RETURN'];

test.each<[string, Partial<CutRule>, readonly string[]]>([
  [
    'connections to a port of a peer, both ways',
    {},
    [
      '4 -s 10.0.0.12/32 -p tcp --sport 2181 -j DROP',
      '4 -d 10.0.0.12/32 -p tcp --dport 2181 -j DROP',
    ],
  ],
  ['one way', { way: 'out' }, ['4 -d 10.0.0.12/32 -p tcp --dport 2181 -j DROP']],
  ['our port', { way: 'in', side: 'ours' }, ['4 -s 10.0.0.12/32 -p tcp --dport 2181 -j DROP']],
  [
    'the port at either end',
    { way: 'in', side: 'either' },
    [
      '4 -s 10.0.0.12/32 -p tcp --sport 2181 -j DROP',
      '4 -s 10.0.0.12/32 -p tcp --dport 2181 -j DROP',
    ],
  ],
  ['everything from a peer', { way: 'in', port: undefined }, ['4 -s 10.0.0.12/32 -j DROP']],
  [
    'a port of anybody',
    { way: 'out', peers: undefined },
    ['* -m addrtype --src-type LOCAL -p tcp --dport 2181 -j DROP'],
  ],
  ['everything', { peers: undefined, port: undefined }, ['* -j DROP']],
])('%s', (_what, parts, expected) => {
  expect(cut(parts)).toEqual([...loopback, ...expected]);
});

test('own members are reached before loopback is left alone, by their port', () => {
  expect(cut({ own: true, way: 'out' })).toEqual([
    '* -o lo -p tcp --dport 2181 -j DROP',
    ...loopback,
    '4 -d 10.0.0.12/32 -p tcp --dport 2181 -j DROP',
  ]);
  expect(cut({ own: true, port: undefined, way: 'out' }).slice(0, 2)).toEqual(loopback);
});

test('a loss drops a share', () => {
  const rules = chainRules({ kind: 'loss', percent: 5, rules: [{ ...rule, way: 'out' }] });
  expect(rules.at(-1)).toBe(
    '4 -d 10.0.0.12/32 -p tcp --dport 2181 -m statistic --mode random --probability 0.05 -j DROP',
  );
  expect(rules.slice(0, 2)).toEqual(loopback);
});

test.each(['10.0.0.12 -j ACCEPT', 'm2', '::1'])('%s is no address for a rule', (peer) => {
  expect(() => cut({ peers: [peer] })).toThrow(`no IPv4 address: ${peer}`);
});
