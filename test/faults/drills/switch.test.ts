import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { HostFault } from '../../../src/drill/fault.ts';
import { disarm } from '../../../src/drill/heal/disarm.ts';
import { healHost } from '../../../src/drill/heal/heal-host.ts';
import { heal } from '../../../src/drill/heal/heal.ts';
import { renew } from '../../../src/drill/heal/renew.ts';
import { besides, scanResidue } from '../../../src/drill/heal/residue.ts';
import { arm, type Order } from '../../../src/drill/strike/arm.ts';
import { inject } from '../../../src/drill/strike/inject.ts';
import { undoOf } from '../../../src/drill/strike/undo.ts';
import { canMakeHosts, drillHost, type DrillHost } from '../../support/drill-host.ts';

const container = 'ci-zookeeper';
const silence: HostFault = {
  kind: 'cut',
  rules: [{ way: 'both', peers: undefined, port: undefined, side: 'either', own: false }],
};
const faults: readonly HostFault[] = [
  { kind: 'kill', container },
  { kind: 'pause', container },
  { kind: 'stop', container },
  silence,
];
const folder = '/var/lib/ci-cluster/drills/d1';

describe.skipIf(!canMakeHosts)("the dead-man's switch (needs root and namespaces)", () => {
  let host: DrillHost;

  beforeEach(async () => {
    host = await drillHost();
    host.container(container);
  });

  afterEach(async () => {
    await host[Symbol.asyncDispose]();
  });

  const armed = (fault: HostFault, parts: Partial<Order> = {}) => {
    const order = { id: 'd1', undo: undoOf(fault), deadlineS: 60, periodS: 0.1 };
    return arm(host.remote, { ...order, ...parts }, host.ports);
  };
  const struck = async (fault: HostFault, parts: Partial<Order> = {}) => {
    await armed(fault, parts);
    await inject(host.remote, { id: 'd1', fault }, host.ports);
  };
  const residue = () => scanResidue(host.remote, host.ports);
  const marker = () => host.sh(`cat ${folder}/healed`);
  const isHealed = () => host.sh(`ls ${folder}`).split('\n').includes('healed');

  test.each(faults)(
    'with everything that injected a $kind killed, the host is clean soon after the deadline',
    async (fault) => {
      await armed(fault, { deadlineS: 4 });
      const injecting = inject(host.remote, { id: 'd1', fault }, host.ports).catch(() => undefined);
      await injecting;
      // Whoever could renew or heal is gone; the watcher alone is left.
      host.sh(`for pid in /proc/[0-9]*; do
        grep -qz -e inject -e nsenter "$pid/cmdline" && kill -9 "\${pid#/proc/}"; done`);
      await host.until('healed', isHealed);
      expect(marker()).toMatch(/^the switch at \d+ ms$/);
      const [healedAt, deadline] = [
        /\d+/.exec(marker()),
        /\d+/.exec(host.sh(`cat ${folder}/deadline`)),
      ];
      expect(Number(healedAt?.[0]) - Number(deadline?.[0]) * 1000).toBeLessThan(5000);
      expect(besides(await residue(), 'd1')).toEqual([]);
      expect(host.status(container)).toBe('running');
    },
  );

  const stop: HostFault = { kind: 'stop', container };
  const stops = () => host.sh("ps ax -o args | grep -c '[d]ocker stop'") !== '0';

  test('killed in the middle of injecting, what it has begun is waited out and then healed', async () => {
    host.sh('echo 5 >/var/lib/fake/stop-takes');
    await armed(stop, { deadlineS: 2 });
    const ended = inject(host.remote, { id: 'd1', fault: stop }, host.ports).catch(() => undefined);
    await host.until('it stops', stops);
    // The script alone, not what it has called.
    host.sh(
      `for pid in /proc/[0-9]*; do tr '\\0' ' ' <"$pid/cmdline" | grep -q '^sh -c s=' && kill -9 "\${pid#/proc/}"; done`,
    );
    await ended;
    await host.until('healed', isHealed);
    await host.until('nobody stops anything', () => !stops());
    expect(host.status(container)).toBe('running');
  });

  test('healing waits for an injection under way, and undoes it', async () => {
    host.sh('echo 2 >/var/lib/fake/stop-takes');
    await armed(stop);
    const injecting = inject(host.remote, { id: 'd1', fault: stop }, host.ports);
    await host.until('it stops', stops);
    await Promise.all([heal(host.remote, 'd1'), injecting]);
    expect(host.status(container)).toBe('running');
  });

  test('a healer that only seems to heal does not say that it has', async () => {
    await struck(silence);
    host.sh(`cat >/run/iptables <<'END'
#!/bin/sh
case "$*" in *' -D '* | *' -F '* | *' -X '*) exit 0 ;; esac
exec /usr/sbin/iptables "$@"
END
      chmod +x /run/iptables; mount --bind /run /usr/local/sbin`);
    await expect(heal(impatient(), 'd1')).rejects.toMatchObject({
      ...{ code: 'DRILL_UNHEALED', message: 'drill d1 on m1 is not healed: chain' },
    });
    expect(isHealed()).toBe(false);
  });

  /** Gives up after a second instead of thirty. */
  const impatient = () => ({
    ...host.remote,
    run: ((argv, options) =>
      host.remote.run(
        argv.map((word) => (word === '30' ? '1' : word)) as [string, ...string[]],
        options,
      )) as typeof host.remote.run,
  });

  test('a watcher that is killed as well is missed: nothing is injected, nothing renewed', async () => {
    await armed(silence);
    host.sh(`kill -9 "$(cat ${folder}/pid)"`);
    await expect(
      inject(host.remote, { id: 'd1', fault: silence }, host.ports),
    ).rejects.toMatchObject({
      ...{ code: 'DRILL_NOT_ARMED', message: expect.stringContaining('nobody watches') as string },
    });
    await expect(renew(host.remote, { id: 'd1', seconds: 5 })).rejects.toThrow('nobody watches');
    await disarm(host.remote, 'd1');
    expect(await residue()).toEqual([]);
  });

  test('with the watcher killed after the fault, any machine can heal', async () => {
    await struck(silence);
    await struck2();
    expect(await healHost(host.remote, 'all', host.ports)).toEqual([
      {
        id: 'd1',
        healed: true,
        detail: expect.stringMatching(/^failover-drill heal at/) as string,
      },
    ]);
    expect(host.leftovers()).toEqual([]);
  });

  const struck2 = async () => {
    host.sh(`kill -9 "$(cat ${folder}/pid)"`);
    expect((await residue()).map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      ...['drill d1', 'chain CICD-d1', 'chain CICD-d1'],
    ]);
  };

  test('a renewal puts the deadline off, in steps, and never beyond the limit', async () => {
    const first = await armed(silence, { deadlineS: 10, capS: 30 });
    const second = await renew(host.remote, { id: 'd1', seconds: 20 });
    expect(second.deadlineMs).toBeGreaterThan(first.deadlineMs);
    expect((await renew(host.remote, { id: 'd1', seconds: 1 })).deadlineMs).toBe(second.deadlineMs);
    const last = await renew(host.remote, { id: 'd1', seconds: 500 });
    expect(last.deadlineMs).toBe(first.limitMs);
    expect(last.limitMs).toBe(first.limitMs);
  });

  test('the limit is counted from the fault', async () => {
    const { limitMs } = await armed(silence, { deadlineS: 10, capS: 12 });
    host.sh('sleep 1.1');
    await inject(host.remote, { id: 'd1', fault: silence }, host.ports);
    const renewed = await renew(host.remote, { id: 'd1', seconds: 500 });
    expect(renewed.limitMs).toBeGreaterThan(limitMs);
    expect(renewed.limitMs).toBeLessThan(limitMs + 5000);
  });

  test('renewed in time it does not fire; not renewed it does, and then there is nothing to renew', async () => {
    const { deadlineMs } = await armed({ kind: 'pause', container }, { deadlineS: 2 });
    await inject(host.remote, { id: 'd1', fault: { kind: 'pause', container } }, host.ports);
    await renew(host.remote, { id: 'd1', seconds: 4 });
    await host.until('the first deadline has passed', () => uptime() > deadlineMs + 300);
    expect(host.status(container)).toBe('paused');
    await host.until('healed', isHealed);
    expect(host.status(container)).toBe('running');
    await expect(renew(host.remote, { id: 'd1', seconds: 5 })).rejects.toThrow(
      'it was healed already, by the switch',
    );
    await expect(
      inject(host.remote, { id: 'd1', fault: { kind: 'pause', container } }, host.ports),
    ).rejects.toThrow('it was healed already');
    expect(host.status(container)).toBe('running');
  });

  const uptime = () => Number(host.sh('cut -d" " -f1 /proc/uptime')) * 1000;

  test('two that heal at once do no harm, with the deadline passing meanwhile', async () => {
    await struck(silence, { deadlineS: 3 });
    const before = host.sh('iptables -S | grep -v CICD');
    await host.until('just before the deadline', () => isHealed() || uptime() > deadlineOf() - 100);
    const healed = await Promise.all([1, 2, 3, 4].map(() => heal(host.remote, 'd1')));
    expect(new Set(healed.map(({ by }) => by)).size).toBe(1);
    expect(host.sh('iptables -S')).toBe(before);
    await disarm(host.remote, 'd1');
    await host.until('nobody watches', () => host.leftovers().length === 0);
  });

  const deadlineOf = () => Number(/^\d+/.exec(host.sh(`cat ${folder}/deadline`))?.[0]) * 1000;

  test('healing a second time changes nothing', async () => {
    await struck({ kind: 'stop', container });
    const first = await heal(host.remote, 'd1');
    host.sh(': >/var/lib/fake/calls');
    expect((await heal(host.remote, 'd1')).by).toBe(first.by);
    expect(host.sh('grep -vc inspect /var/lib/fake/calls')).toBe('0');
  });

  test('after a reboot it is healed without waiting for the deadline, by the unit that was left for it', async () => {
    host.sh('mkdir -p /run/systemd/system');
    await struck({ kind: 'stop', container });
    // A reboot ends all processes; the boot after it is another one.
    host.sh(`kill -9 "$(cat ${folder}/pid)"; rm -r /run/systemd/transient
      sed -i 's/ [^ ]*$/ another-boot/' ${folder}/deadline`);
    expect(await residue()).toContainEqual({
      ...{ kind: 'unit', name: 'ci-cluster-drill-d1-boot.service' },
      detail: '/etc/systemd/system/ci-cluster-drill-d1-boot.service',
    });
    host.sh(
      `$(sed -n 's/^ExecStart=//p' /etc/systemd/system/multi-user.target.wants/*) >/dev/null 2>&1`,
    );
    expect(marker()).toMatch(/^the switch at/);
    expect(host.status(container)).toBe('running');
    expect(host.sh('find /etc/systemd/system -name "ci-cluster*"')).toBe('');
  });

  test('a switch of before a reboot is not renewed, and nothing is injected behind it', async () => {
    await armed(silence);
    host.sh(
      `kill -STOP "$(cat ${folder}/pid)"; sed -i 's/ [^ ]*$/ another-boot/' ${folder}/deadline`,
    );
    await expect(renew(host.remote, { id: 'd1', seconds: 5 })).rejects.toThrow('started anew');
    await expect(inject(host.remote, { id: 'd1', fault: silence }, host.ports)).rejects.toThrow(
      'started anew',
    );
    expect(host.sh('iptables -S')).not.toContain('CICD');
  });

  test('a deadline that cannot be read has passed', async () => {
    await struck({ kind: 'pause', container });
    host.sh(`echo garbage >${folder}/deadline`);
    await host.until('healed', isHealed);
    expect(host.status(container)).toBe('running');
  });

  test('what Docker does not do at first is tried until it does', async () => {
    await struck({ kind: 'stop', container }, { deadlineS: 2 });
    host.sh(': >/var/lib/fake/down');
    await host.until('it tried', () => host.sh(`cat ${folder}/log`).includes('not healed: start'));
    expect(isHealed()).toBe(false);
    host.sh('rm /var/lib/fake/down');
    await host.until('healed', isHealed);
    expect(host.status(container)).toBe('running');
  });

  test('what cannot be healed is told as such, and its switch stays', async () => {
    await struck({ kind: 'stop', container });
    host.sh('rm -r /var/lib/fake/containers/ci-zookeeper');
    const templates = host.ports.templates;
    await expect(disarm(host.remote, 'd1')).rejects.toMatchObject({ code: 'DRILL_UNHEALED' });
    await expect(heal(impatient(), 'd1')).rejects.toMatchObject({
      ...{ code: 'DRILL_UNHEALED', host: 'm1' },
      message: 'drill d1 on m1 is not healed: start ci-zookeeper',
      remedy: expect.stringContaining(`sh ${folder}/heal.sh heal 30 operator`) as string,
    });
    expect(await healHost(impatient(), 'd1', { templates })).toEqual([
      { id: 'd1', healed: false, detail: 'start ci-zookeeper' },
    ]);
    expect(await residue()).toContainEqual({ kind: 'drill', name: 'd1', detail: 'injected' });
  });

  test('it starts no container whose name it does not have', async () => {
    host.container('ci-mesos-master', 'no');
    host.sh('docker stop ci-mesos-master');
    await struck({ kind: 'kill', container });
    await heal(host.remote, 'd1');
    await healHost(host.remote, 'all', host.ports);
    expect(host.status('ci-mesos-master')).toBe('exited');
  });

  test('a list of what to undo that was cut off heals nothing by itself', async () => {
    await struck({ kind: 'pause', container });
    host.sh(`echo unpause ${container} >${folder}/undo`);
    const ran = await host.remote.run(['sh', `${folder}/heal.sh`, 'heal', '1', 'x'], {
      deadlineMs: 20_000,
    });
    expect(ran.exitCode).toBe(1);
    expect(isHealed()).toBe(false);
  });

  test('heal --all clears away what has lost its drill, and nothing of anybody else', async () => {
    host.sh(
      'iptables -N CICD-old; iptables -A CICD-old -j DROP; iptables -I INPUT 1 -p udp -j CICD-old',
    );
    host.sh('iptables -N OTHER; iptables -A OUTPUT -p sctp -j OTHER');
    host.sh(
      'mkdir -p /var/lib/ci-cluster/drills/d0; : >/etc/systemd/system/ci-cluster-drill-d9-boot.service',
    );
    expect(await healHost(host.remote, 'd1', host.ports)).toEqual([]);
    const cleared = await healHost(host.remote, 'all', host.ports);
    expect(cleared.every(({ healed }) => healed)).toBe(true);
    expect(cleared.map(({ detail }) => detail)).toEqual([
      'it was never armed',
      'chain CICD-old of iptables',
      'ci-cluster-drill-d9-boot.service',
    ]);
    expect(await residue()).toEqual([]);
    expect(host.sh('iptables -S')).toContain('-A OUTPUT -p sctp -j OTHER');
  });

  test('healing goes on while the operator’s signal is aborted', async () => {
    await struck({ kind: 'pause', container });
    const { templates } = host.ports;
    const ports = { templates, signal: AbortSignal.abort() };
    expect((await heal(host.remote, 'd1')).by).toMatch(/^failover-drill at/);
    expect(await healHost(host.remote, 'all', ports)).toHaveLength(1);
    expect(await scanResidue(host.remote, ports)).toEqual([]);
  });
});
