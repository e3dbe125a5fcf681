import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseDetails } from '../../../src/plan/diff/details.ts';
import { templates } from '../../support/fake-ports.ts';
import { shellHost, type ShellHost } from '../../support/shell-host.ts';

let host: ShellHost;

beforeEach(async () => {
  host = await shellHost();
});

afterEach(async () => {
  await host[Symbol.asyncDispose]();
});

async function answer(...args: string[]): Promise<string> {
  const script = templates['remote/details.sh'] ?? '';
  return (await host.run(['sh', '-s', '--', ...args], [script])).stdout;
}

const inspected = {
  ...{ image: 'marathon:1', imageId: 'sha256:abc', command: ['--disable_http'], env: ['A=b\tc'] },
  ...{ binds: ['/etc/a:/a:ro'], capabilities: null, pid: '', network: 'host' },
  ...{ restart: 'unless-stopped', security: null },
};
const image = { id: 'sha256:abc', digests: ['marathon@sha256:12'], command: null, env: ['P=1'] };

test('files come with their bytes, long ones and those that are no text without', async () => {
  const folder = host.folder;
  await writeFile(join(folder, 'a'), 'one\r\nzwei ü\t\n\n');
  await writeFile(join(folder, 'long'), 'x'.repeat(70_000));
  await writeFile(join(folder, 'binary'), Buffer.from([0, 255, 1]));
  const names = ['a', 'long', 'binary', 'none'];
  const { files } = parseDetails(await answer(...names.flatMap((n) => ['file', join(folder, n)])));
  expect(Object.fromEntries(files)).toEqual({
    [join(folder, 'a')]: { sizeBytes: 15, text: 'one\r\nzwei ü\t\n\n' },
    [join(folder, 'long')]: { sizeBytes: 70_000, text: undefined },
    [join(folder, 'binary')]: { sizeBytes: 3, text: undefined },
  });
});

test('the files of one answer are bounded together', async () => {
  const paths = Array.from({ length: 20 }, (_, index) => join(host.folder, `f${index}`));
  for (const path of paths) await writeFile(path, 'y'.repeat(60_000));
  const { files } = parseDetails(await answer(...paths.flatMap((path) => ['file', path])));
  expect(files.size).toBe(20);
  expect([...files.values()].filter(({ text }) => text !== undefined)).toHaveLength(17);
});

test('containers come with what they were made with, and with the image that they run', async () => {
  await mkdir(join(host.folder, 'stub/containers/ci-marathon'));
  await host.set('containers/ci-marathon/details', JSON.stringify(inspected));
  await host.set('containers/ci-marathon/image', 'sha256:abc');
  await host.set('image-details', JSON.stringify(image));
  const details = parseDetails(await answer('container', 'ci-marathon', 'container', 'ci-none'));
  expect([...details.containers]).toEqual([
    ['ci-marathon', { ...inspected, capabilities: [], security: [] }],
  ]);
  expect([...details.images]).toEqual([['sha256:abc', { ...image, command: [] }]]);
});

test('a host without Docker answers for its files', async () => {
  await writeFile(join(host.folder, 'a'), 'one\n');
  const details = parseDetails(await answer('image', 'x:1', 'file', join(host.folder, 'a')));
  expect(details.images.size).toBe(0);
  expect(details.files.size).toBe(1);
});

test.each([
  ['before the first row', (text: string) => `Welcome!\n${text}`],
  ['before the first row, without a newline', (text: string) => `Welcome!${text}`],
  ['after the last row', (text: string) => `${text}logout\n`],
])('a login shell may print %s', async (_where, noise) => {
  await writeFile(join(host.folder, 'a'), 'one\n');
  const text = await answer('file', join(host.folder, 'a'));
  expect(parseDetails(noise(text)).files.size).toBe(1);
});

test('an answer that lost rows, or its end, is refused', async () => {
  await writeFile(join(host.folder, 'a'), 'one\n');
  const text = await answer('file', join(host.folder, 'a'));
  expect(() => parseDetails(text.replace(/^file.*\n/m, ''))).toThrow('2 rows, 1 arrived');
  expect(() => parseDetails(text.replace(/^end.*\n/m, ''))).toThrow('cut off');
  expect(() => parseDetails('nothing\n')).toThrow('unexpected first line: nothing');
});
