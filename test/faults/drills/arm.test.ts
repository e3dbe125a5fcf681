import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { arm, selfTest, type Order } from '../../../src/drill/strike/arm.ts';
import { disarm } from '../../../src/drill/heal/disarm.ts';
import { canMakeHosts, drillHost, type DrillHost } from '../../support/drill-host.ts';

describe.skipIf(!canMakeHosts)('arming a host (needs root and namespaces)', () => {
  let host: DrillHost;

  beforeEach(async () => {
    host = await drillHost();
  });

  afterEach(async () => {
    await host[Symbol.asyncDispose]();
  });

  const armed = (parts: Partial<Order> = {}) => {
    const order = { id: 'd1', undo: ['start ci-zookeeper'], deadlineS: 60, periodS: 0.1 } as const;
    return arm(host.remote, { ...order, ...parts }, host.ports);
  };

  test('the switch stands: a watcher that answers, a deadline ahead, for root alone', async () => {
    const { watcher, deadlineMs, limitMs, uptimeMs, hook } = await armed({ capS: 90 });
    expect({ watcher, hook }).toEqual({ watcher: 'setsid', hook: false });
    expect(deadlineMs - uptimeMs).toBeGreaterThan(58_000);
    expect(deadlineMs - uptimeMs).toBeLessThan(61_000);
    expect(limitMs - deadlineMs).toBe(30_000);
    const folder = '/var/lib/ci-cluster/drills/d1';
    expect(host.sh(`stat -c '%a %U' ${folder}; cat ${folder}/undo`)).toBe(
      '700 root\nstart ci-zookeeper\nend',
    );
    expect(host.sh(`flock -n ${folder}/watch true; echo $?`)).toBe('1');
  });

  test('with systemd the watcher is a unit, and a second one waits for a reboot', async () => {
    host.sh('mkdir -p /run/systemd/system');
    expect(await armed()).toMatchObject({ watcher: 'systemd', hook: true });
    expect(host.sh('grep systemd-run /var/lib/fake/calls')).toContain(
      '--unit=ci-cluster-drill-d1 ',
    );
    expect(host.sh('ls /etc/systemd/system/multi-user.target.wants')).toBe(
      'ci-cluster-drill-d1-boot.service',
    );
    await disarm(host.remote, 'd1');
    await host.until('the watcher ended', () => host.leftovers().length === 0);
  });

  test('where systemd-run fails, a process of its own watches', async () => {
    host.sh('mkdir -p /run/systemd/system; : >/var/lib/fake/systemd-run-fails');
    expect(await armed()).toMatchObject({ watcher: 'setsid', hook: true });
  });

  test('where no watcher can be started, it is refused and nothing is left', async () => {
    host.sh(
      'mount -t tmpfs none /usr/local/sbin; printf "#!/bin/sh\\nexit 1\\n" >/run/setsid; chmod +x /run/setsid; mount --bind /run/setsid "$(command -v setsid)"',
    );
    await expect(armed()).rejects.toMatchObject({
      code: 'DRILL_NOT_ARMED',
      message: expect.stringContaining('neither systemd-run nor setsid') as string,
    });
    expect(host.leftovers()).toEqual(['/var/lib/ci-cluster/drills']);
  }, 60_000);

  test.each([
    ['a tool is missing', 'mount --bind /dev/null "$(command -v flock)"', 'there is no flock'],
    ['its folder cannot be written', 'mount -o remount,ro /var/lib', 'cannot write /var/lib'],
    [
      'the lock is another one’s',
      'mkdir -p /run/ci-cluster; : >/run/ci-cluster/work',
      'the lock of',
    ],
  ])('refused when %s', async (_what, change, why) => {
    host.sh(change);
    await expect(armed({ token: why.includes('lock') ? 'mine' : '' })).rejects.toThrow(why);
  });

  test('with the lock of the run it goes on', async () => {
    host.sh(
      `mkdir /run/ci-cluster; : >/run/ci-cluster/work; echo '{"token":"mine"' >/run/ci-cluster/token`,
    );
    expect(await armed({ token: 'mine' })).toMatchObject({ watcher: 'setsid' });
  });

  test('a second drill has to wait until the first one is healed', async () => {
    await armed();
    await expect(armed({ id: 'd2' })).rejects.toThrow('drill d1 is not healed yet');
    await expect(armed()).rejects.toThrow('drill d1 is not healed yet');
    await disarm(host.remote, 'd1');
    expect(await armed({ id: 'd2' })).toMatchObject({ watcher: 'setsid' });
  });

  test('a healer that is not the one that was sent is not trusted', async () => {
    const templates = { ...host.ports.templates };
    templates['remote/drill/arm.sh'] = templates['remote/drill/arm.sh']!.replace(
      'cat >"$folder/heal.sh"',
      '{ cat; echo; } >"$folder/heal.sh"',
    );
    const ports = { ...host.ports, templates };
    await expect(arm(host.remote, { id: 'd1', undo: [], deadlineS: 9 }, ports)).rejects.toThrow(
      'what lies here is not the script that was sent',
    );
    await host.until('it ended', () => host.leftovers().length === 1);
    expect(host.leftovers()).toEqual(['/var/lib/ci-cluster/drills']);
  });

  test('the switch can be fired for a test, and leaves nothing', async () => {
    await selfTest(host.remote, 'd1-test', host.ports);
    await host.until('the watcher ended', () => host.leftovers().length === 0);
  });

  test('a test of a switch that does not fire fails', async () => {
    const templates = { ...host.ports.templates };
    templates['remote/drill/heal.sh'] = templates['remote/drill/heal.sh']!.replace(
      'if has_passed; then',
      'if false; then',
    );
    await expect(
      selfTest(host.remote, 'd1-test', { ...host.ports, templates }),
    ).rejects.toMatchObject({ code: 'DRILL_UNHEALED' });
    await host.until('the watcher ended', () => host.leftovers().length === 0);
  }, 60_000);
});
