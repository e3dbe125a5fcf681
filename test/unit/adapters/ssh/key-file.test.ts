import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { expect, test } from 'vitest';
import { readPrivateKey } from '../../../../src/adapters/ssh/key-file.ts';
import { createKeyPair } from '../../../support/ssh-keys.ts';
import { tempFolder } from '../../../support/temp-folder.ts';

const folder = tempFolder();
const pair = createKeyPair();

function keyFile(name: string, text: string, mode = 0o600): string {
  const path = join(folder, name);
  writeFileSync(path, text, { mode });
  chmodSync(path, mode);
  return path;
}

test('reads a key and names it as ssh-keygen -l does', async () => {
  const key = await readPrivateKey(keyFile('good', pair.privateText));
  expect(key.print).toBe(`ssh-ed25519 ${pair.fingerprint}`);
});

const encrypted = ssh2.utils.generateKeyPairSync('ed25519', {
  passphrase: 'x',
  cipher: 'aes256-ctr',
  rounds: 1,
}).private;

test.each([
  ['none', () => join(folder, 'none'), 'there is no such file'],
  ['folder', () => folder, 'it is a folder'],
  ['encrypted', () => keyFile('encrypted', encrypted), 'it is encrypted with a passphrase'],
  ['public', () => keyFile('public', pair.publicText), 'it holds a public key'],
  ['empty', () => keyFile('empty', ''), 'it is empty'],
  ['garbage', () => keyFile('garbage', 'hello'), 'it is no key in a known format'],
  ['open', () => keyFile('open', pair.privateText, 0o644), 'its mode 0644 lets others read it'],
])('says what is wrong with the file: %s', async (_name, path, why) => {
  const reading = readPrivateKey(path());
  await expect(reading).rejects.toMatchObject({
    code: 'KEY_UNREADABLE',
    message: expect.stringMatching(why) as string,
    remedy: expect.stringMatching(/ssh-keygen|chmod 600/) as string,
  });
});

test('no message contains a part of the key', async () => {
  const broken = pair.privateText.slice(0, -60);
  const fault: unknown = await readPrivateKey(keyFile('broken', broken)).catch(
    (error: unknown) => error,
  );
  const secret = pair.privateText.split('\n')[3]!;
  expect(JSON.stringify(fault) + String(fault)).not.toContain(secret.slice(0, 20));
});
