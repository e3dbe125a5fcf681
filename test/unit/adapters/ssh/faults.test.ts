import { expect, test } from 'vitest';
import { LostEarly, classify } from '../../../../src/adapters/ssh/faults.ts';
import type { Attempt, Progress } from '../../../../src/adapters/ssh/faults.ts';
import { readPrivateKey } from '../../../../src/adapters/ssh/key-file.ts';
import { defaultTiming } from '../../../../src/adapters/ssh/timing.ts';
import { createHome } from '../../../support/ssh-keys.ts';
import { tempFolder } from '../../../support/temp-folder.ts';

const home = createHome(tempFolder());
const attempt: Attempt = {
  target: home.target(22, { address: '10.0.0.2' }),
  key: await readPrivateKey(home.identityFile),
  timing: defaultTiming,
};
const connecting: Progress = { phase: 'connecting', offered: [], partly: false };
const authenticating: Progress = { ...connecting, phase: 'authenticating' };
const error = (message: string, more: object): Error => Object.assign(new Error(message), more);

test.each([
  ['ECONNREFUSED', 'connection refused'],
  ['EHOSTUNREACH', 'no route to host'],
  ['ENETUNREACH', 'no route to its network'],
  ['ETIMEDOUT', 'no answer'],
  ['ENOTFOUND', 'the name is not known'],
  ['EAI_AGAIN', 'the name service does not answer'],
])('%s is a host that cannot be reached: %s', (code, why) => {
  const fault = classify(error('x', { code, level: 'client-socket' }), attempt, connecting);
  expect(fault).toMatchObject({
    code: 'HOST_UNREACHABLE',
    message: `cannot reach m2 at 10.0.0.2:22: ${why}`,
  });
});

test('a reset before the handshake is shed load, one during authentication is not', () => {
  const reset = error('read ECONNRESET', { code: 'ECONNRESET', level: 'client-socket' });
  expect(classify(reset, attempt, connecting)).toBeInstanceOf(LostEarly);
  expect(classify(reset, attempt, authenticating)).toMatchObject({ code: 'HOST_UNREACHABLE' });
});

test('what sshd says when it disconnects during authentication is passed on', () => {
  const said = error('Too many authentication failures', { code: 2 });
  expect(classify(said, attempt, authenticating)).toMatchObject({
    code: 'AUTH_REFUSED',
    message: expect.stringContaining('it says "Too many authentication failures"') as string,
  });
});

test('a key that is not enough is told apart from a key that is wrong', () => {
  const refused = error('All configured authentication methods failed', {
    level: 'client-authentication',
  });
  const progress: Progress = { ...authenticating, partly: true, offered: ['keyboard-interactive'] };
  expect(classify(refused, attempt, progress)).toMatchObject({
    code: 'AUTH_REFUSED',
    message: 'm2 accepts the key of ops and wants keyboard-interactive besides',
  });
});
