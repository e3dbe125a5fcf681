import { describe, expect, test } from 'vitest';
import { parseCluster } from '../../../src/config/parse-cluster.ts';
import { renderClusterFile } from '../../../src/lab/cluster-file.ts';
import { designLab } from '../../../src/lab/lab.ts';
import { recipes } from '../../../src/lab/recipes.ts';

const shape = { name: 'lab', masters: 3, agents: 2, spares: 0, bare: false };
const lab = designLab(shape, '172.30.4.0/24');

describe('the cluster file of a lab', () => {
  const tags = new Map(recipes.map(({ name }) => [name, 'abc']));
  const parse = (content: string) =>
    parseCluster(content, { path: '/state/labs/lab/cluster.yml', home: '/root' });

  test('is accepted, and describes the hosts that there are', () => {
    const spec = parse(renderClusterFile(lab, tags));
    expect(spec.environment).toBe('lab');
    expect(spec.notice).toContain('stand-ins');
    expect(spec.hosts.map(({ name, address }) => `${name} ${address}`)).toEqual(
      lab.hosts.map(({ name, address }) => `${name} ${address}`),
    );
    expect(spec.hosts[0]?.ssh).toMatchObject({
      user: 'ops',
      identityFile: '/state/labs/lab/id_ed25519',
      knownHostsFile: '/state/labs/lab/known_hosts',
    });
    expect(spec.images.zookeeper).toBe('172.30.4.2:5000/zookeeper:debian-12-abc');
    expect(spec.docker.insecureRegistries).toEqual(['172.30.4.2:5000']);
  });

  test('is accepted for the smallest and the largest lab', () => {
    for (const [masters, agents] of [
      [1, 1],
      [7, 30],
    ] as const) {
      const other = designLab({ ...shape, masters, agents }, '172.30.9.0/24');
      const spec = parse(renderClusterFile(other, tags));
      expect(spec.hosts).toHaveLength(masters + agents);
    }
  });

  test('leaves the spares out, which go on where the agents end', () => {
    const larger = designLab({ ...shape, spares: 2 }, '172.30.9.0/24');
    const spares = larger.hosts.filter(({ kind }) => kind === 'spare');
    expect(spares.map(({ name, address }) => `${name} ${address}`)).toEqual([
      'a3 172.30.9.23',
      'a4 172.30.9.24',
    ]);
    const spec = parse(renderClusterFile(larger, tags));
    expect(spec.hosts.map(({ name }) => name)).toEqual(['m1', 'm2', 'm3', 'a1', 'a2']);
  });
});
