import { expect, test } from 'vitest';
import { participantsInOrder } from '../../src/marathon/latch.ts';

test('the lowest sequence number leads, not the first name; strangers do not count', () => {
  const [a, b] = ['_c_aa-latch-0000000010', '_c_zz-latch-0000000009'];
  expect(participantsInOrder([a, b, 'member_0000000001'])).toEqual([b, a]);
});
