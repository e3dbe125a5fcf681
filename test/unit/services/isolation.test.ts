import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ClusterSpec } from '../../../src/config/cluster-spec.ts';
import { isolationFiles } from '../../../src/services/isolation.ts';
import { clusterFile, controller, specOf } from '../../support/cluster-file.ts';
import { templates } from '../../support/fake-ports.ts';
import { contentOf } from '../../support/rendered.ts';

function filesOf(spec: ClusterSpec, name = 'a1', bridge = 'docker0') {
  const host = spec.hosts.find((one) => one.name === name)!;
  return { files: isolationFiles({ spec, host, templates, bridge }) };
}

/** `10.0.0.11:5050` or `own:22`, each place that the script drops. */
function dropped(spec: ClusterSpec, name = 'a1'): ReadonlySet<string> {
  const script = contentOf(filesOf(spec, name), 'builds.sh');
  const rules = [
    ...script.matchAll(/(?:LOCAL|-d (\S+)) -p tcp -m multiport --dports (\S+) -j DROP/g),
  ];
  return new Set(
    rules.flatMap(([, addresses = 'own', ports = '']) =>
      addresses.split(',').flatMap((at) => ports.split(',').map((port) => `${at}:${port}`)),
    ),
  );
}

const vip = {
  images: { keepalived: 'registry.example.com/keepalived:2.2.7' },
  gateway: { address: 'vip', vip: { address: '10.0.0.100' } },
};
const twoGateways = { hosts: { a2: { roles: ['gateway'] } }, sections: vip };

test('the rules and their unit are as expected', async () => {
  const files = filesOf(await specOf());
  const golden = (name: string) =>
    fileURLToPath(new URL(`../../fixtures/rendered/${name}`, import.meta.url));
  await expect(contentOf(files, 'builds.sh')).toMatchFileSnapshot(golden('builds.sh.txt'));
  await expect(contentOf(files, '.service')).toMatchFileSnapshot(golden('builds.service.txt'));
});

test('builds reach no control port of any host, their own included', async () => {
  const places = dropped(await specOf());
  for (const master of ['10.0.0.11', '10.0.0.12', '10.0.0.13']) {
    for (const port of [2181, 2888, 3888, 5050, 8080, 9090, 22, 2375, 2376]) {
      expect(places).toContain(`${master}:${port}`);
    }
  }
  for (const agent of ['own', '10.0.0.102']) {
    for (const port of [5051, 15_050, 18_080, 22, 2375, 2376]) {
      expect(places).toContain(`${agent}:${port}`);
    }
  }
});

test('builds reach Jenkins, on its own ports and through the gateways', async () => {
  const spec = await specOf();
  const [main] = spec.jenkins;
  const open = [main?.port, main?.agentPort, main?.gatewayPort, main?.gatewayAgentPort];
  for (const place of dropped(spec)) expect(open).not.toContain(Number(place.split(':')[1]));
});

test('a port of Jenkins stays open on a gateway also where another host uses its number for control', async () => {
  const jenkins = { main: controller({ gatewayPort: 8080 }) };
  const places = dropped(await specOf(clusterFile({ jenkins })), 'a2');
  expect(places).toContain('10.0.0.11:8080');
  expect(places).not.toContain('10.0.0.101:8080');
  expect(places).not.toContain('own:8080');
});

test('sshd is closed on its port and on the address that the operator uses', async () => {
  const hosts = { m1: { ssh: { address: '192.0.2.11', port: 2222 } } };
  const places = dropped(await specOf(clusterFile({ hosts })));
  for (const address of ['10.0.0.11', '192.0.2.11']) {
    expect(places).toContain(`${address}:2222`);
    expect(places).toContain(`${address}:5050`);
  }
});

test('the address that moves leads no build to Mesos or Marathon, and no build can steal it', async () => {
  const spec = await specOf(clusterFile(twoGateways));
  const places = dropped(spec);
  for (const port of [15_050, 18_080, 22]) expect(places).toContain(`10.0.0.100:${port}`);
  expect(places).not.toContain('10.0.0.100:8081');
  expect(contentOf(filesOf(spec), 'builds.sh')).toContain('-p 112 -j DROP');
  expect(contentOf(filesOf(await specOf()), 'builds.sh')).not.toContain('-p 112');
});

test('no rule has more ports than multiport takes, and none is lost', async () => {
  const port = fc.integer({ min: 20_000, max: 29_000 });
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(port, { minLength: 9, maxLength: 9 }), async (some) => {
      const [clientPort, quorumPort, electionPort, masterPort, agentPort, ...rest] = some;
      const [http, libprocessPort, mesosPort, marathonPort] = rest;
      const roles = ['zookeeper', 'mesos-master', 'marathon', 'mesos-agent', 'gateway'];
      const sections = {
        zookeeper: { clientPort, quorumPort, electionPort },
        mesos: { masterPort, agentPort },
        marathon: { port: http, libprocessPort },
        gateway: { mesosPort, marathonPort },
      };
      const spec = await specOf(
        clusterFile({ masters: 0, agents: 1, hosts: { a1: { roles } }, sections }),
      );
      const script = contentOf(filesOf(spec), 'builds.sh');
      for (const [, ports = ''] of script.matchAll(/--dports (\S+)/g)) {
        expect(ports.split(',').length).toBeLessThanOrEqual(15);
      }
      expect(dropped(spec)).toEqual(new Set([...some, 22, 2375, 2376].map((one) => `own:${one}`)));
    }),
    { numRuns: 20 },
  );
});

test('chains have names that iptables takes', async () => {
  const [, prefix = ''] = /^prefix=(\S+)$/m.exec(contentOf(filesOf(await specOf()), '.sh')) ?? [];
  expect(`${prefix}-A`.length).toBeLessThanOrEqual(28);
});
