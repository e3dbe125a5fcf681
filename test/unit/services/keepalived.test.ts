import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { ClusterSpec } from '../../../src/config/cluster-spec.ts';
import { services } from '../../../src/services/index.ts';
import { clusterFile, specOf } from '../../support/cluster-file.ts';
import { templates } from '../../support/fake-ports.ts';
import { parseHaproxy } from '../../support/haproxy-cfg.ts';
import { contentOf, ofService, rendered, type Rendered } from '../../support/rendered.ts';

const images = { keepalived: 'registry.example.com/keepalived:2.2.7' };

function withVip(vip: object = {}): Promise<ClusterSpec> {
  const gateway = { address: 'vip', vip: { address: '10.0.0.100', ...vip } };
  const hosts = { a2: { roles: ['gateway'] }, a3: { roles: ['gateway'] } };
  return specOf(clusterFile({ agents: 4, hosts, sections: { images, gateway } }));
}

function filesOf(spec: ClusterSpec, name: string, found: string | undefined = 'eth0') {
  const host = spec.hosts.find((one) => one.name === name)!;
  const input = { spec, host, templates, cgroupV2: true, interface: found };
  return { files: services.find((one) => one.name === 'keepalived')!.files(input) };
}

function valueOf(files: Pick<Rendered, 'files'>, word: string): string | undefined {
  const text = contentOf(files, 'keepalived.conf');
  return new RegExp(`^\\s+${word} (.+)$`, 'm').exec(text)?.[1];
}

test('keepalived.conf is as expected', async () => {
  const files = filesOf(await withVip(), 'a1');
  const golden = new URL('../../fixtures/rendered/keepalived.conf', import.meta.url);
  await expect(contentOf(files, '.conf')).toMatchFileSnapshot(fileURLToPath(golden));
});

test('an address moves between the hosts of role gateway, where the cluster file wants that', async () => {
  const names = (spec: ClusterSpec) =>
    ofService(rendered(spec), 'keepalived').map(({ host }) => host.name);
  expect(names(await withVip())).toEqual(['a1', 'a2', 'a3']);
  expect(names(await specOf())).toEqual([]);
});

test('every gateway has a priority of its own, which the order of the file does not change', async () => {
  const spec = await withVip();
  const turned = { ...spec, hosts: spec.hosts.toReversed() };
  const priorities = (some: ClusterSpec) =>
    ['a1', 'a2', 'a3'].map((name) => valueOf(filesOf(some, name), 'priority'));
  expect(priorities(spec)).toEqual(['200', '199', '198']);
  expect(priorities(turned)).toEqual(priorities(spec));
});

test('the peers of a gateway are the others', async () => {
  const text = contentOf(filesOf(await withVip(), 'a2'), '.conf');
  expect(text).toContain('unicast_src_ip 10.0.0.102\n');
  expect(text).toContain('unicast_peer {\n    10.0.0.101\n    10.0.0.103\n  }');
});

test('the interface is the one in the cluster file, or the one with the address of the host', async () => {
  expect(valueOf(filesOf(await withVip(), 'a1', 'ens3'), 'interface')).toBe('ens3');
  const spec = await withVip({ interface: 'bond0', routerId: 7 });
  expect(valueOf(filesOf(spec, 'a1', 'ens3'), 'interface')).toBe('bond0');
  expect(valueOf(filesOf(spec, 'a1'), 'virtual_router_id')).toBe('7');
});

test('whoever has the address keeps it when another host comes back', async () => {
  const text = contentOf(filesOf(await withVip(), 'a1'), '.conf');
  expect(text).toMatch(/^ {2}state BACKUP\n {2}nopreempt$/m);
});

test('the container may change addresses and no more: no profile is off', async () => {
  const [one] = ofService(rendered(await withVip()), 'keepalived');
  expect(one?.container).toMatchObject({
    ...{ image: images.keepalived, hostPids: false, listens: [] },
    capabilities: ['NET_ADMIN', 'NET_RAW', 'NET_BROADCAST'],
  });
});

test('a gateway listens on the moving address also while another host has it', async () => {
  const gateways = ofService(rendered(await withVip()), 'gateway');
  const bindsOf = (name: string) => {
    const text = contentOf(
      gateways.find(({ host }) => host.name === name)!,
      'haproxy.cfg',
    );
    expect(parseHaproxy(text).frontends.every(({ binds }) => binds.length > 0)).toBe(true);
    return [...text.matchAll(/^ {2}bind (\S+):15050(.*)$/gm)].map(([, at, how]) => `${at}${how}`);
  };
  expect(bindsOf('a2')).toEqual(['127.0.0.1', '10.0.0.102', '10.0.0.100 transparent']);
  expect(bindsOf('a4')).toEqual(['127.0.0.1']);
});

test('a controller without an address of its own is reached at the one that moves', async () => {
  expect((await withVip()).jenkins[0]?.url).toBe('http://10.0.0.100:8081/');
});
