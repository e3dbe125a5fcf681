import { expect, test } from 'vitest';
import {
  amountsOf,
  attributesSummary,
  contains,
  minus,
  parseAttributes,
  parseResources,
  plus,
  toResources,
  toSummary,
} from '../../src/shared/resources.ts';

const parse = (text: string) => amountsOf(parseResources(text));

test('the text of --resources becomes scalars and ranges', () => {
  expect(parseResources('cpus:4;mem:8192;ports:[31000-31002, 31005-31005]')).toEqual([
    { name: 'cpus', type: 'SCALAR', scalar: { value: 4 } },
    { name: 'mem', type: 'SCALAR', scalar: { value: 8192 } },
    {
      name: 'ports',
      type: 'RANGES',
      ranges: {
        range: [
          { begin: 31000, end: 31002 },
          { begin: 31005, end: 31005 },
        ],
      },
    },
  ]);
});

test('a value that is no number is refused by name', () => {
  expect(() => parseResources('cpus:four')).toThrow('Failed to parse resource cpus value four');
});

test('thousandths add up without dust', () => {
  const tenth = parse('cpus:0.1');
  const sum = [1, 2].reduce((total) => plus(total, tenth), tenth);
  expect(toSummary(sum)['cpus']).toBe(0.3);
});

test('ports taken out of the middle leave two ranges, and put back one', () => {
  const all = parse('ports:[31000-31009]');
  const taken = parse('ports:[31004-31005]');
  const left = minus(all, taken);
  expect(toSummary(left)['ports']).toBe('[31000-31003, 31006-31009]');
  expect(toSummary(plus(left, taken))['ports']).toBe('[31000-31009]');
});

test.each([
  ['cpus:1', 'cpus:2', false],
  ['cpus:2', 'cpus:2;mem:1', false],
  ['cpus:2;mem:1', 'cpus:2', true],
  ['ports:[1-5]', 'ports:[4-6]', false],
  ['ports:[1-5]', 'ports:[2-2]', true],
])('%s has room for %s: %s', (there, wanted, fits) => {
  expect(contains(parse(there), parse(wanted))).toBe(fits);
});

test('allocated resources carry the role', () => {
  expect(toResources(parse('cpus:1'), 'ci')).toEqual([
    {
      name: 'cpus',
      type: 'SCALAR',
      scalar: { value: 1 },
      role: '*',
      allocation_info: { role: 'ci' },
    },
  ]);
});

test('attributes are text, numbers or ranges', () => {
  const attributes = parseAttributes('rack:a1;level:2;slots:[1-3]');
  expect(attributes[0]).toEqual({ name: 'rack', type: 'TEXT', text: { value: 'a1' } });
  expect(attributesSummary(attributes)).toEqual({ rack: 'a1', level: 2, slots: '[1-3]' });
});
