import { describe, expect, test } from 'vitest';
import { detectMaster } from '../../../src/jenkins/cloud/master-detector.ts';
import type { SessionOptions } from '../../../src/shared/zookeeper.ts';
import { fakeClock } from '../../shared/support/fake-clock.ts';

interface Asked {
  readonly servers: string;
  readonly credentials: string | undefined;
  readonly paths: string[];
  closed: boolean;
}

const candidate = (hostname: string) =>
  JSON.stringify({ hostname, port: 5050, address: { hostname, ip: '10.0.0.9', port: 5050 } });

function detect(master: string, znodes: Record<string, string> | undefined, asked: Asked[] = []) {
  const newSession = ({ servers, credentials }: SessionOptions) => {
    const one: Asked = { servers, credentials, paths: [], closed: false };
    asked.push(one);
    return {
      open: () =>
        znodes === undefined ? Promise.reject(new Error('nobody there')) : Promise.resolve(),
      children: (path: string) => {
        one.paths.push(path);
        return Promise.resolve(Object.keys(znodes ?? {}));
      },
      get: (path: string) => {
        one.paths.push(path);
        const data = znodes?.[path.slice(path.lastIndexOf('/') + 1)] ?? '';
        return Promise.resolve({ data: Buffer.from(data), version: 0 });
      },
      close: () => {
        one.closed = true;
      },
    };
  };
  return detectMaster({ master, clock: fakeClock(), log: () => undefined, newSession });
}

describe('the master that the cloud connects to', () => {
  test.each([
    ['http://m1:5050', 'http://m1:5050'],
    ['m1:5050', 'http://m1:5050'],
    ['https://m1:5050', 'https://m1:5050'],
  ])('is at %s what it says', async (written, address) => {
    await expect(detect(written, {})).resolves.toBe(address);
  });

  test('is the host name of the lowest candidate in ZooKeeper, which is asked once', async () => {
    const asked: Asked[] = [];
    const znodes = {
      log_replicas: '',
      'json.info_0000000007': candidate('m2.local'),
      'json.info_0000000003': candidate('m1.local'),
    };
    await expect(detect('zk://u:p@z1:2181,z2:2181/mesos', znodes, asked)).resolves.toBe(
      'http://m1.local:5050',
    );
    expect(asked).toEqual([
      {
        servers: 'z1:2181,z2:2181',
        credentials: 'u:p',
        paths: ['/mesos', '/mesos/json.info_0000000003'],
        closed: true,
      },
    ]);
  });

  test('is none where nobody stands for election, or ZooKeeper does not answer', async () => {
    await expect(detect('zk://z1:2181/mesos', { log_replicas: '' })).rejects.toThrow('empty.min');
    await expect(detect('zk://z1:2181/mesos', undefined)).rejects.toThrow(
      'Failed to connect to Zookeeper',
    );
  });
});
