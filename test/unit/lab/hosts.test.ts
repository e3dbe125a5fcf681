import { describe, expect, test } from 'vitest';
import { bootReason } from '../../../src/lab/boot.ts';
import { missingCapabilities } from '../../../src/lab/capabilities.ts';
import { hostArgs } from '../../../src/lab/hosts.ts';
import { knownHostsLines } from '../../../src/lab/keys.ts';
import { designLab } from '../../../src/lab/lab.ts';

const shape = { name: 'lab', masters: 3, agents: 2, spares: 0, bare: false };
const lab = designLab(shape, '172.30.4.0/24');

describe('a lab host', () => {
  const args = hostArgs(lab, lab.hosts[0]!, { image: 'host:1', missing: ['SYS_RESOURCE'] });

  test('is not privileged, and drops what the machine itself lacks', () => {
    expect(args).not.toContain('--privileged');
    expect(args).toContain('--cap-add=ALL');
    expect(args.filter((arg) => arg.startsWith('--cap-drop'))).toEqual(['--cap-drop=SYS_RESOURCE']);
  });

  test('carries the label of its lab on itself and on its volume', () => {
    expect(args.join(' ')).toContain('--label io.ci-cluster.lab=lab');
    expect(args.join(' ')).toContain('volume-label=io.ci-cluster.lab=lab');
  });

  test('shares the folder of the homes with the other agents, not with the masters', () => {
    const mounts = (name: string) =>
      hostArgs(
        lab,
        lab.hosts.find((host) => host.name === name)!,
        { image: 'host:1', missing: [] },
      )
        .filter((arg) => arg.includes('dst=/srv/homes'))
        .map((arg) => /src=([^,]+)/.exec(arg)?.[1]);
    expect(mounts('a1')).toEqual(['ci-cluster-lab-lab-homes']);
    expect(mounts('a2')).toEqual(mounts('a1'));
    expect(mounts('m1')).toEqual([]);
  });

  test('capabilities that are missing are told from the bounding set', () => {
    expect(missingCapabilities('CapEff:\t0\nCapBnd:\t000001fffeffffff\n')).toEqual([
      'SYS_RESOURCE',
    ]);
    expect(missingCapabilities('CapBnd:\t000001ffffffffff\n')).toEqual([]);
    expect(missingCapabilities('CapBnd:\t00000000a80425fb\n')).toContain('SYS_ADMIN');
  });

  test.each([
    ['running\nactive\nactive\n', false, undefined],
    ['degraded\nactive\nactive\nfstrim.service\n', false, undefined],
    ['running\nactive\ninactive\n', true, undefined],
    ['starting\ninactive\ninactive\n', false, 'm1: systemd says "starting"'],
    ['', false, 'm1: systemd says ""'],
    [
      'degraded\nactive\nfailed\ndocker.service\n',
      false,
      'm1: docker not active (failed: docker.service)',
    ],
  ])('says why it is not up: %j, bare %s', (answer, bare, reason) => {
    expect(bootReason('m1', answer, bare)).toBe(reason);
  });

  test('is known by address and by name, without the comment of its keys', () => {
    expect(knownHostsLines(lab.hosts[0]!, ['ssh-ed25519 AAAA root@build', 'ssh-rsa BBBB x'])).toBe(
      '172.30.4.11,m1 ssh-ed25519 AAAA\n172.30.4.11,m1 ssh-rsa BBBB\n',
    );
  });
});
