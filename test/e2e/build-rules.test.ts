import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isolationFiles } from '../../src/services/isolation.ts';
import { clusterFile, specOf } from '../support/cluster-file.ts';
import { templates } from '../support/fake-ports.ts';
import { contentOf } from '../support/rendered.ts';

const isRoot = process.getuid?.() === 0;
const hasTools = ['iptables', 'ip', 'unshare'].every(
  (tool) => spawnSync('sh', ['-c', `command -v ${tool}`]).status === 0,
);

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ci-cluster-rules-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

/**
 * A host with Docker's bridge, a build on it and another host behind it, as network namespaces: the
 * real iptables with real packets, and nothing of this machine is touched.
 */
const surroundings = `
set -eu
mount -t tmpfs none /run
for name in build other; do ip netns add $name; ip -n $name link set lo up; done
ip link set lo up
ip link add docker0 type bridge
ip address add 172.17.0.1/16 dev docker0
ip link set docker0 up
ip link add to-build type veth peer name eth0 netns build
ip link set to-build master docker0 up
ip -n build address add 172.17.0.2/16 dev eth0
ip -n build link set eth0 up
ip -n build route add default via 172.17.0.1
ip link add eth0 type veth peer name eth0 netns other
ip address add 10.0.0.101/24 dev eth0
ip link set eth0 up
ip -n other address add 10.0.0.11/24 dev eth0
ip -n other link set eth0 up
ip -n other route add default via 10.0.0.101
echo 1 >/proc/sys/net/ipv4/ip_forward
serve() { for port in "$@"; do node -e "require('net').createServer(s => s.end()).listen($port)" & done; }
serve 22 5051 15050 8081 31080
netns_serve() { for port in "$@"; do ip netns exec other node -e "require('net').createServer(s => s.end()).listen($port)" & done; }
netns_serve 22 2181 5050 8080 443
trap 'kill $(jobs -p)' EXIT
tries() {
  for place in 10.0.0.101/22 10.0.0.101/5051 172.17.0.1/22 172.17.0.1/15050 10.0.0.101/8081 \\
    10.0.0.101/31080 10.0.0.11/22 10.0.0.11/2181 10.0.0.11/5050 10.0.0.11/8080 10.0.0.11/443; do
    if ip netns exec build timeout 1 bash -c "exec 3<>/dev/tcp/$place" 2>/dev/null; then
      echo "$1 $place reached"
    else
      echo "$1 $place dropped"
    fi
  done
}
until ip netns exec build timeout 1 bash -c 'exec 3<>/dev/tcp/10.0.0.11/443' 2>/dev/null; do sleep 0.2; done
until timeout 1 bash -c 'exec 3<>/dev/tcp/127.0.0.1/31080' 2>/dev/null; do sleep 0.2; done
tries before
sh "$1" apply
iptables -A DOCKER-USER -j RETURN
iptables -I FORWARD 1 -j DOCKER-USER
sh "$1" check
tries after
timeout 2 bash -c 'exec 3<>/dev/tcp/10.0.0.11/5050' && echo 'the host itself reached'
`;

test.runIf(isRoot && hasTools)(
  'a build reaches Jenkins and the world, and no control port',
  async () => {
    const spec = await specOf(clusterFile());
    const host = spec.hosts.find(({ name }) => name === 'a1')!;
    const files = isolationFiles({ spec, host, templates, bridge: 'docker0' });
    const script = join(folder, 'builds.sh');
    const text = contentOf({ files }, 'builds.sh')
      .replace('record=/run/', `record=${folder}/`)
      .replace(/^wanted_by=.*$/m, `wanted_by=${folder}/wanted`);
    await writeFile(script, text);
    spawnSync('ln', ['-s', '/nowhere', join(folder, 'wanted')]);
    await writeFile(join(folder, 'surroundings.sh'), surroundings);
    const { stdout, stderr } = spawnSync(
      'unshare',
      ['--net', '--mount', 'bash', join(folder, 'surroundings.sh'), script],
      { encoding: 'utf8', timeout: 120_000 },
    );
    const lines = stdout.trim().split('\n');
    expect(
      lines.filter((line) => line.startsWith('before')).every((l) => l.endsWith('reached')),
      stderr,
    ).toBe(true);
    expect(lines).toContain('in force');
    expect(lines.filter((line) => line.startsWith('after'))).toEqual([
      ...['10.0.0.101/22', '10.0.0.101/5051', '172.17.0.1/22', '172.17.0.1/15050'].map(
        (place) => `after ${place} dropped`,
      ),
      ...['10.0.0.101/8081', '10.0.0.101/31080'].map((place) => `after ${place} reached`),
      ...['22', '2181', '5050', '8080'].map((port) => `after 10.0.0.11/${port} dropped`),
      'after 10.0.0.11/443 reached',
    ]);
    expect(lines.at(-1)).toBe('the host itself reached');
  },
);
