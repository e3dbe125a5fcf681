import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { collect, splitLines } from '../../../src/adapters/output.ts';

async function written(stream: PassThrough, chunks: readonly Buffer[]): Promise<void> {
  chunks.forEach((chunk) => stream.write(chunk));
  stream.end();
  await new Promise((resolve) => stream.once('end', resolve));
}

const bytes = (text: string): Buffer[] => [...Buffer.from(text)].map((byte) => Buffer.from([byte]));

test('a character that comes in two chunks stays one', async () => {
  const stream = new PassThrough();
  const collected = collect(stream);
  const lines: string[] = [];
  void splitLines(stream, (line) => lines.push(line));
  await written(stream, bytes('grün\n€\n'));
  expect(collected.text()).toBe('grün\n€\n');
  expect(lines).toEqual(['grün', '€']);
});

test('a line without end is not handed on', async () => {
  const stream = new PassThrough();
  const lines: string[] = [];
  void splitLines(stream, (line) => lines.push(line));
  await written(stream, [Buffer.from('{"step":1}\n{"st')]);
  expect(lines).toEqual(['{"step":1}']);
});

test('what a listener throws is reported, not lost', async () => {
  const stream = new PassThrough();
  const fault = splitLines(stream, () => {
    throw new Error('not a step line');
  });
  stream.write('noise\n');
  await expect(fault).rejects.toThrow('not a step line');
});
