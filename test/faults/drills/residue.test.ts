import { expect, test } from 'vitest';
import { besides, scanResidue } from '../../../src/drill/heal/residue.ts';
import { arm } from '../../../src/drill/strike/arm.ts';
import { parseFacts } from '../../../src/plan/facts.ts';
import { canMakeHosts, drillHost } from '../../support/drill-host.ts';

const slow = 60_000;

test.skipIf(!canMakeHosts)(
  'the facts of a host tell what drills have left, in the one question that is asked anyway',
  async () => {
    await using host = await drillHost();
    host.sh('mkdir -p /run/systemd/system');
    await arm(host.remote, { id: 'd1', undo: [], deadlineS: 60 }, host.ports);
    host.sh('iptables -N CICD-d0; ip6tables -N CICD-d0; iptables -N CI-CLUSTER-BUILDS-A');
    const input = ['remote/drill/residue.sh', 'remote/facts.sh'].map(
      (name) => host.ports.templates[name] ?? '',
    );
    const ran = await host.remote.run(['sh', '-s'], { input, deadlineMs: 60_000 });
    const { residue } = parseFacts(ran.stdout);
    expect(residue.map(({ kind, name, detail }) => `${kind} ${name} ${detail}`)).toEqual([
      'drill d1 armed',
      'chain CICD-d0 iptables',
      'chain CICD-d0 ip6tables',
      'unit ci-cluster-drill-d1-boot.service /etc/systemd/system/ci-cluster-drill-d1-boot.service',
      'unit ci-cluster-drill-d1.service /run/systemd/transient/ci-cluster-drill-d1.service',
    ]);
    expect(besides(await scanResidue(host.remote, host.ports), 'd1')).toHaveLength(2);
  },
  slow,
);

test.skipIf(!canMakeHosts)(
  'a container of the cluster that should run and does not is left over; one that was replaced is not',
  async () => {
    await using host = await drillHost();
    host.container('ci-zookeeper');
    host.container('ci-marathon');
    host.container('ci-marathon.before', 'no');
    expect(await scanResidue(host.remote, host.ports)).toEqual([]);
    host.sh('docker stop ci-zookeeper; docker pause ci-marathon; docker stop ci-marathon.before');
    expect(await scanResidue(host.remote, host.ports)).toEqual([
      { kind: 'paused', name: 'ci-marathon', detail: 'paused' },
      { kind: 'stopped', name: 'ci-zookeeper', detail: 'exited' },
    ]);
    host.sh(': >/var/lib/fake/down');
    expect(await scanResidue(host.remote, host.ports)).toEqual([
      { kind: 'unknown', name: 'docker', detail: 'Docker does not answer' },
    ]);
  },
  slow,
);
