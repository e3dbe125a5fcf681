import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CutRule, HostFault } from '../../../src/drill/fault.ts';
import { disarm } from '../../../src/drill/heal/disarm.ts';
import { heal } from '../../../src/drill/heal/heal.ts';
import { besides, scanResidue } from '../../../src/drill/heal/residue.ts';
import { arm } from '../../../src/drill/strike/arm.ts';
import { confirm } from '../../../src/drill/strike/confirm.ts';
import { inject } from '../../../src/drill/strike/inject.ts';
import { undoOf } from '../../../src/drill/strike/undo.ts';
import { canMakeHosts, drillHost, type DrillHost } from '../../support/drill-host.ts';

const container = 'ci-zookeeper';
const peer = '10.9.0.2';

describe.skipIf(!canMakeHosts)('faults on a host (needs root and namespaces)', () => {
  let host: DrillHost;

  beforeEach(async () => {
    host = await drillHost();
    host.container(container);
  });

  afterEach(async () => {
    await host[Symbol.asyncDispose]();
  });

  async function strike(fault: HostFault) {
    await arm(host.remote, { id: 'd1', undo: undoOf(fault), deadlineS: 60 }, host.ports);
    return await inject(host.remote, { id: 'd1', fault }, host.ports);
  }

  const confirmed = (fault: HostFault, withinS = 5) =>
    confirm(host.remote, { id: 'd1', fault, withinS }, host.ports);

  /** Healed, looked at, and cleared away as at the end of a drill. */
  async function healed() {
    await heal(host.remote, 'd1');
    expect(besides(await scanResidue(host.remote, host.ports), 'd1')).toEqual([]);
    await disarm(host.remote, 'd1');
    expect(await scanResidue(host.remote, host.ports)).toEqual([]);
  }

  test('a kill takes the process of the container, and never Docker’s way', async () => {
    const before = host.pid(container);
    const fault = { kind: 'kill', container } as const;
    const { kind } = await strike(fault);
    expect(kind).toBe('injected');
    const { confirmed: isSo, evidence } = await confirmed(fault);
    const now = host.pid(container);
    expect({ isSo, evidence }).toEqual({
      isSo: true,
      evidence: `PID ${before} is gone; the container runs as PID ${now}`,
    });
    expect(host.sh('grep -c kill /var/lib/fake/calls')).toBe('0');
    await healed();
    expect(host.pid(container)).toBe(now);
  });

  test('a kill sent again kills nobody else', async () => {
    const fault = { kind: 'kill', container } as const;
    const first = await strike(fault);
    await confirmed(fault);
    const now = host.pid(container);
    const again = await inject(host.remote, { id: 'd1', fault }, host.ports);
    expect(again).toMatchObject({ kind: 'injected', ...pick(first) });
    expect(host.pid(container)).toBe(now);
  });

  const pick = (injection: object) => ({
    beforeMs: (injection as { beforeMs: number }).beforeMs,
    afterMs: (injection as { afterMs: number }).afterMs,
  });

  test.each([
    ['0', 'has no process'],
    ['1', 'has no process'],
    ['$$', 'is not one of'],
  ])('a kill refuses PID %s, whatever Docker says', async (pid, why) => {
    host.sh(
      `sleep 1000 >/dev/null 2>&1 & [ '${pid}' != '$$' ] && echo ${pid} >/var/lib/fake/pid-${container} || echo $! >/var/lib/fake/pid-${container}`,
    );
    const victim = host.sh(`cat /var/lib/fake/pid-${container}`);
    await expect(strike({ kind: 'kill', container })).rejects.toMatchObject({
      code: 'DRILL_NOT_INJECTED',
      message: expect.stringContaining(why) as string,
    });
    expect(host.sh(`kill -0 ${victim === '0' ? '1' : victim}; echo $?`)).toBe('0');
  });

  test('a stop stays until it is healed', async () => {
    const fault = { kind: 'stop', container } as const;
    const before = host.pid(container);
    await strike(fault);
    expect(await confirmed(fault)).toMatchObject({
      confirmed: true,
      evidence: `PID ${before} is gone; the container is exited`,
    });
    expect(await scanResidue(host.remote, host.ports)).toContainEqual({
      ...{ kind: 'stopped', name: container, detail: 'exited' },
    });
    await healed();
    expect(host.status(container)).toBe('running');
  });

  test('a pause freezes, and the kernel says so', async () => {
    const fault = { kind: 'pause', container } as const;
    const pid = host.pid(container);
    await strike(fault);
    expect(await confirmed(fault)).toMatchObject({
      confirmed: true,
      evidence: `PID ${pid} is frozen (frozen 1)`,
    });
    expect(await scanResidue(host.remote, host.ports)).toContainEqual({
      ...{ kind: 'paused', name: container, detail: 'paused' },
    });
    await healed();
    expect(host.status(container)).toBe('running');
    expect(host.pid(container)).toBe(pid);
  });

  test('a pause that Docker only claims is not confirmed', async () => {
    host.sh(': >/var/lib/fake/pause-lies');
    const fault = { kind: 'pause', container } as const;
    const pid = host.pid(container);
    await strike(fault);
    expect(await confirmed(fault, 1)).toMatchObject({
      confirmed: false,
      evidence: `PID ${pid} runs, although Docker says that it is paused`,
    });
  });

  test('a process that is frozen out of sight of cgroups is told by its state', async () => {
    const fault = { kind: 'pause', container } as const;
    await strike(fault);
    host.sh('rm -r /sys/fs/cgroup/docker');
    expect(await confirmed(fault)).toMatchObject({ confirmed: true });
  });

  test('a restart is confirmed by the new process', async () => {
    const fault = { kind: 'restart', container } as const;
    const before = host.pid(container);
    await strike(fault);
    const { evidence } = await confirmed(fault);
    expect(evidence).toBe(
      `PID ${before} is gone; the container runs as PID ${host.pid(container)}`,
    );
    await healed();
  });

  const both = { way: 'both', own: false } as const;
  const toTheirs: CutRule = { ...both, peers: [peer], port: 2181, side: 'theirs' };

  test('a cut by port drops what it names, nothing else, and counts it', async () => {
    host.sh(
      'iptables -N DOCKER-USER; iptables -A FORWARD -j DOCKER-USER; iptables -A INPUT -p udp -j DROP',
    );
    const before = host.sh('iptables -S');
    host.listen('peer', 2181);
    host.listen('peer', 5050);
    host.listen('here', 2181);
    const fault = { kind: 'cut', rules: [toTheirs] } as const;
    await strike(fault);
    expect(await confirmed(fault, 0)).toMatchObject({
      confirmed: false,
      evidence: '0 packets dropped',
    });
    expect(host.connects('here', peer, 2181)).toBe(false);
    expect(host.connects('here', peer, 5050)).toBe(true);
    expect(host.connects('peer', '10.9.0.1', 2181)).toBe(true);
    expect(host.connects('here', '127.0.0.1', 2181)).toBe(true);
    expect((await confirmed(fault)).evidence).toMatch(/^[1-9]\d* packets dropped$/);
    expect(host.sh('iptables -S INPUT 1; iptables -S OUTPUT 1; iptables -S DOCKER-USER 1')).toBe(
      ['INPUT', 'OUTPUT', 'DOCKER-USER']
        .map((from) => `-A ${from} -m comment --comment "ci-cluster:drill:d1" -j CICD-d1`)
        .join('\n'),
    );
    expect(host.sh('ip6tables -S INPUT 1')).toContain('-j CICD-d1');
    await healed();
    expect(host.sh('iptables -S')).toBe(before);
    expect(host.connects('here', peer, 2181)).toBe(true);
  });

  test.each<[string, Partial<CutRule>, boolean, boolean]>([
    ['out alone stops both, as nothing is answered', { way: 'out', port: undefined }, false, false],
    ['in alone, too', { way: 'in', port: undefined }, false, false],
    ['our port alone', { side: 'ours', port: 2181 }, true, false],
    ['their port alone', { side: 'theirs', port: 2181 }, false, true],
    ['the port at either end', { side: 'either', port: 2181 }, false, false],
    ['whoever it is, their port', { peers: undefined, side: 'theirs', port: 2181 }, false, true],
    ['whoever it is, ours', { peers: undefined, side: 'ours', port: 2181 }, true, false],
    ['everything', { peers: undefined, port: undefined }, false, false],
    ['everything that comes in', { peers: undefined, port: undefined, way: 'in' }, false, false],
    ['everything that goes out', { peers: undefined, port: undefined, way: 'out' }, false, false],
  ])('a cut of %s', async (_what, parts, there, back) => {
    host.listen('peer', 2181);
    host.listen('here', 2181);
    host.listen('here', 22);
    const rule = { ...toTheirs, side: 'either', ...parts } as const;
    await strike({ kind: 'cut', rules: [rule] });
    expect({
      there: host.connects('here', peer, 2181),
      back: host.connects('peer', '10.9.0.1', 2181),
    }).toEqual({ there, back });
    expect(host.connects('here', '127.0.0.1', 2181), 'loopback').toBe(true);
    expect(host.connects('here', '10.9.0.1', 2181), 'own address').toBe(true);
    expect(host.connects('peer', '10.9.0.1', 22), 'SSH').toBe(true);
    await healed();
    expect(host.connects('peer', '10.9.0.1', 2181)).toBe(true);
  });

  test('a cut that says own reaches its own members over loopback, by that port alone', async () => {
    host.listen('here', 2181);
    host.listen('here', 5050);
    const fault: HostFault = { kind: 'cut', rules: [{ ...toTheirs, own: true }] };
    await strike(fault);
    expect(host.connects('here', '10.9.0.1', 2181)).toBe(false);
    expect(host.connects('here', '127.0.0.1', 2181)).toBe(false);
    expect(host.connects('here', '10.9.0.1', 5050)).toBe(true);
    expect(await confirmed(fault)).toMatchObject({ confirmed: true });
    await healed();
    expect(host.connects('here', '10.9.0.1', 2181)).toBe(true);
  });

  test('SSH on another port stays open: by its connection, or as the cluster file has it', async () => {
    for (const port of [2222, 2200]) host.listen('here', port);
    const everything = { ...both, peers: undefined, port: undefined, side: 'either' } as const;
    const fault: HostFault = { kind: 'cut', rules: [everything] };
    await arm(host.remote, { id: 'd1', undo: undoOf(fault), deadlineS: 60 }, host.ports);
    const remote = {
      ...host.remote,
      // sudo takes the variable away from what it runs.
      run: ((argv, options) =>
        host.remote.run(
          [
            'env',
            `SSH_CONNECTION=${peer} 50000 10.9.0.1 2222`,
            'sh',
            '-c',
            'env -u SSH_CONNECTION "$@"; exit $?',
            'sh',
            ...argv,
          ],
          options,
        )) as typeof host.remote.run,
    };
    await inject(remote, { id: 'd1', fault, sshPorts: [2200] }, host.ports);
    expect(host.connects('peer', '10.9.0.1', 2222)).toBe(true);
    expect(host.connects('peer', '10.9.0.1', 2200)).toBe(true);
    expect(host.connects('here', peer, 2201)).toBe(false);
    await healed();
  });

  test('a loss drops its share', async () => {
    host.listen('peer', 2181);
    const fault: HostFault = { kind: 'loss', percent: 50, rules: [toTheirs] };
    await strike(fault);
    expect(host.sh('iptables -S CICD-d1')).toContain('--probability 0.5');
    for (let tries = 0; tries < 8; tries += 1) host.connects('here', peer, 2181);
    expect(await confirmed(fault)).toMatchObject({ confirmed: true });
    await healed();
  });

  test('a host without iptables cannot do it', async () => {
    host.sh('mount --bind /dev/null "$(command -v iptables)"');
    const fault: HostFault = { kind: 'cut', rules: [toTheirs] };
    expect(await strike(fault)).toEqual({
      kind: 'unsupported',
      reason: 'there is no iptables on this host',
    });
  });

  test('rules that iptables refuses leave no half of a chain when it is healed', async () => {
    host.sh(
      'printf "#!/bin/sh\\ncase \\"\\$*\\" in *DROP*) exit 2 ;; esac; exec /usr/sbin/iptables \\"\\$@\\"\\n" >/run/iptables; chmod +x /run/iptables; mount --bind /run /usr/local/sbin',
    );
    await expect(strike({ kind: 'cut', rules: [toTheirs] })).rejects.toThrow(
      'iptables did not take the rules of CICD-d1',
    );
    await healed();
    expect(host.sh('/usr/sbin/iptables -S')).not.toContain('CICD');
  });

  test('a delay is told as unsupported where the kernel has no netem, and leaves nothing', async () => {
    const fault: HostFault = { kind: 'delay', ms: 100, jitterMs: 20, addresses: [peer] };
    const injection = await strike(fault);
    if (injection.kind === 'unsupported') {
      expect(injection.reason).toBe('the kernel of this host has no netem');
    } else {
      host.connects('here', peer, 2181);
      expect(await confirmed(fault)).toMatchObject({ confirmed: true });
    }
    await healed();
    expect(host.sh('tc qdisc show dev wire0')).not.toContain('c1cd');
  });

  test('the clock jumps, and goes back to where it would be', async () => {
    host.sh('mkdir -p /var/lib/fake/units; : >/var/lib/fake/units/chrony');
    const off = () => Number(host.sh('cat /var/lib/fake/clock'));
    const fault: HostFault = { kind: 'clock-step', seconds: -300 };
    await strike(fault);
    expect(await confirmed(fault)).toMatchObject({ confirmed: true });
    expect(Math.abs(off() + 300_000)).toBeLessThan(2000);
    expect(host.sh('ls /var/lib/fake/units')).toBe('');
    await healed();
    expect(Math.abs(off())).toBeLessThan(1000);
    expect(host.sh('ls /var/lib/fake/units')).toBe('chrony');
  });

  test('the clock of a container is not touched', async () => {
    host.sh('mkdir -p /run/systemd; echo docker >/run/systemd/container');
    const injection = await strike({ kind: 'clock-step', seconds: 300 });
    expect(injection).toMatchObject({ kind: 'unsupported' });
    expect(host.sh('cat /var/lib/fake/clock')).toContain('No such file');
  });

  test('a restart of Docker is confirmed by another dockerd', async () => {
    host.sh('systemctl restart docker');
    const fault: HostFault = { kind: 'restart-docker' };
    const before = host.sh('cat /run/docker.pid');
    host.sh(`printf '#!/bin/sh\\nkill ${before}\\n' >/run/x`);
    await strike(fault);
    host.sh(`kill ${before}`);
    expect(await confirmed(fault)).toMatchObject({
      confirmed: true,
      evidence: `dockerd (PID ${before}) is gone; another one answers`,
    });
    await healed();
  });

  test('a reboot comes after the answer; until then it is not confirmed', async () => {
    const fault: HostFault = { kind: 'reboot' };
    expect(await strike(fault)).toMatchObject({ kind: 'injected' });
    expect(host.sh('cat /var/lib/fake/rebooted')).toContain('No such file');
    expect(await confirmed(fault, 0)).toMatchObject({
      confirmed: false,
      evidence: 'the host still runs as before',
    });
    await host.until('reboot', () => host.sh('ls /var/lib/fake').includes('rebooted'));
    host.sh('echo earlier >/var/lib/ci-cluster/drills/d1/run');
    expect(await confirmed(fault)).toMatchObject({ confirmed: true });
  });

  test('no second fault of one drill', async () => {
    await strike({ kind: 'pause', container });
    const other = { kind: 'stop', container } as const;
    await expect(inject(host.remote, { id: 'd1', fault: other }, host.ports)).rejects.toThrow(
      'another fault was injected: pause ci-zookeeper',
    );
  });
});
