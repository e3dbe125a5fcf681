import { expect, test } from 'vitest';
import {
  availableIn,
  minus,
  resourcesOf,
  take,
  total,
} from '../../../src/marathon/core/resources.ts';

const cpus = (value: number, extra: object) => ({
  name: 'cpus',
  type: 'SCALAR' as const,
  scalar: { value },
  ...extra,
});

const offer = {
  resources: [
    cpus(1, { role: '*' }),
    cpus(0.3, { role: 'ci' }),
    cpus(2, { reservations: [{ type: 'STATIC', role: 'ci' }] }),
    cpus(8, { role: 'ci', reservation: { principal: 'p' } }),
    cpus(8, { reservations: [{ type: 'DYNAMIC', role: 'ci' }] }),
  ],
};

test('static reservations count in both of their forms, dynamic ones are not for the taking', () => {
  expect(availableIn(offer).map(({ role, cpus }) => [role, cpus])).toEqual([
    ['ci', 2.3],
    ['*', 1],
  ]);
});

test('what is reserved is used up first, the rest comes from what is everybody’s', () => {
  const available = availableIn(offer);
  const taken = take(available, { cpus: 2.8, mem: 0, disk: 0, gpus: 0 }, []);
  expect(resourcesOf(taken, 'ci')).toEqual([
    cpus(2.3, { role: 'ci', allocation_info: { role: 'ci' } }),
    cpus(0.5, { role: '*', allocation_info: { role: 'ci' } }),
  ]);
  expect(total(minus(available, taken), 'cpus')).toBe(0.5);
});
