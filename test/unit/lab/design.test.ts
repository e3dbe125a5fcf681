import { describe, expect, test } from 'vitest';
import { designLab } from '../../../src/lab/lab.ts';
import { stateRoot } from '../../../src/lab/state.ts';
import { freeSubnets, routedNetworks } from '../../../src/lab/subnet.ts';
import { tryNext } from '../../../src/lab/try-next.ts';

const shape = { name: 'lab', masters: 3, agents: 2, spares: 0, bare: false };
const lab = designLab(shape, '172.30.4.0/24');

describe('the design of a lab', () => {
  test('gives every host a fixed address by its kind', () => {
    expect(lab.hosts.map(({ name, address }) => `${name} ${address}`)).toEqual([
      'm1 172.30.4.11',
      'm2 172.30.4.12',
      'm3 172.30.4.13',
      'a1 172.30.4.21',
      'a2 172.30.4.22',
    ]);
  });

  test('takes the first network that touches none in use', () => {
    const inUse = ['172.30.0.0/24', '172.30.1.128/25', '172.30.2.7/32', '10.0.0.0/8'];
    expect(freeSubnets(inUse).slice(0, 2)).toEqual(['172.30.3.0/24', '172.30.4.0/24']);
    expect(freeSubnets(['172.16.0.0/12'])).toEqual([]);
  });

  test("reads the machine's routes, without the default one", () => {
    const table = [
      'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT',
      'eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0',
      'br-1\t00011EAC\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0',
      '',
    ];
    expect(routedNetworks(table.join('\n'))).toEqual(['172.30.1.0/24']);
  });
});

describe('the state folder', () => {
  test('is the chosen one, else of the system for root and of the user otherwise', () => {
    expect(stateRoot({ CI_CLUSTER_LAB_STATE: '/srv/lab' }, true)).toBe('/srv/lab');
    expect(stateRoot({}, true)).toBe('/var/lib/ci-cluster-lab');
    expect(stateRoot({ XDG_STATE_HOME: '/home/x/state' }, false)).toBe(
      '/home/x/state/ci-cluster-lab',
    );
  });
});

describe('what to try next', () => {
  test('names another lab, and sudo where it was used', () => {
    const tools = { env: { SUDO_USER: 'x' }, root: '/var/lib/ci-cluster-lab' };
    const other = designLab({ ...shape, name: 'e2e' }, '172.30.9.0/24');
    expect(tryNext(tools, other)).toContain('sudo npx ci-cluster lab exec --name e2e -- status');
    expect(tryNext({ ...tools, env: {} }, lab)).toContain('  npx ci-cluster lab exec -- status');
  });
});
