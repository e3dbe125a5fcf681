import { expect, test } from 'vitest';
import { encodeRecord, RecordDecoder } from '../../src/shared/recordio.ts';
import { formatDuration, parseBytes, parseDurationMs } from '../../src/shared/quantities.ts';
import { networkOrder } from '../../src/shared/address.ts';
import { createLog } from '../../src/shared/log.ts';
import { splitImage } from '../../src/shared/docker.ts';
import { parseZooKeeperUrl } from '../../src/shared/zookeeper-url.ts';

test('records survive being cut anywhere, also inside a character', () => {
  const bytes = Buffer.from(encodeRecord({ text: 'grüße' }) + encodeRecord([1, 2]));
  for (const size of [1, 2, 5, 1000]) {
    const records: unknown[] = [];
    const decoder = new RecordDecoder((record) => records.push(record));
    for (let at = 0; at < bytes.length; at += size) decoder.push(bytes.subarray(at, at + size));
    expect(records).toEqual([{ text: 'grüße' }, [1, 2]]);
  }
});

test('a record starts with its length in bytes', () => {
  expect(encodeRecord({ type: 'HEARTBEAT' })).toBe('20\n{"type":"HEARTBEAT"}');
});

test('something else than RecordIO is noticed', () => {
  const decoder = new RecordDecoder(() => undefined);
  expect(() => {
    decoder.push(Buffer.from('<html>\n'));
  }).toThrow('malformed RecordIO length');
});

test.each([
  ['10secs', 10_000],
  ['1mins', 60_000],
  ['1.5hrs', 5_400_000],
  ['0ns', 0],
])('%s lasts %d ms', (text, ms) => {
  expect(parseDurationMs(text)).toBe(ms);
});

test('durations are printed in the largest unit without rest', () => {
  expect([90_000, 60_000, 604_800_000].map(formatDuration)).toEqual(['90secs', '1mins', '1weeks']);
});

test('bytes have units', () => {
  expect(parseBytes('2GB')).toBe(2 * 1024 ** 3);
  expect(() => parseBytes('2')).toThrow("Invalid bytes '2'");
});

test.each([
  ['zk://m1:2181,m2:2181/mesos', 'm1:2181,m2:2181', '/mesos', undefined],
  ['zk://user:p@ss@m1:2181/a/b', 'm1:2181', '/a/b', 'user:p@ss'],
  [' zk://m1:2181\n', 'm1:2181', '/', undefined],
])('%s is taken apart', (text, servers, path, credentials) => {
  expect(parseZooKeeperUrl(text)).toEqual({ servers, path, credentials });
});

test('an address without zk:// is refused', () => {
  expect(() => parseZooKeeperUrl('m1:2181/mesos')).toThrow(
    "Expecting 'zk://' at the beginning of the URL",
  );
});

test('an address is written as a number in network byte order', () => {
  expect(networkOrder('127.0.0.1')).toBe(16777343);
});

test.each([
  ['jenkins', 'jenkins', 'latest'],
  ['registry:5000/jenkins', 'registry:5000/jenkins', 'latest'],
  ['registry:5000/jenkins:2.1', 'registry:5000/jenkins', '2.1'],
  ['jenkins@sha256:abc', 'jenkins', 'sha256:abc'],
])('image %s is pulled by one tag', (image, repository, tag) => {
  expect(splitImage(image)).toEqual({ repository, tag });
});

test('log lines look like those of glog', () => {
  const lines: string[] = [];
  const now = () => new Date('2026-11-22T16:35:48.711Z');
  createLog({ write: (line) => lines.push(line), now, pid: 7 }).error('main.cpp:1', 'no');
  expect(lines).toEqual(['E1122 16:35:48.711000     7 main.cpp:1] no\n']);
});
