import { sha256 } from '../../src/plan/fingerprint.ts';
import type { FakeClock } from './fake-clock.ts';
import { listenersOf } from './fake-listeners.ts';
import type { FakeContainer, FakeMachine } from './fake-machine.ts';

/** What `remote/facts.sh` prints on a machine for these arguments. */
export function answerFacts(
  machine: FakeMachine,
  args: readonly string[],
  clock: FakeClock,
): string {
  const { system } = machine;
  const rows = [
    ['facts', 1],
    ['system', system.id, system.version, system.codename, system.like ?? ''],
    ['packages', machine.packages],
    ['machine', 'x86_64', '6.1.0-40-amd64', 4],
    ['memory', 8_000_000],
    ['cgroup', machine.cgroup],
    ['clock', clock.seconds()],
    ...[...machine.tools].map((tool) => ['tool', tool]),
    ['address', machine.interface, machine.address],
    ...dockerRows(machine, clock),
    ...listenersOf(machine).map(({ address, port, process, pid, container }) => [
      ...['listener', `${address}:${port}`, process, pid, container],
    ]),
    ...machine.residue.map(({ kind, name, detail }) => ['residue', kind, name, detail]),
    ...textRow(machine, 'identity', '/etc/ci-cluster/cluster.json'),
    ...textRow(machine, 'daemon.json', '/etc/docker/daemon.json'),
    ...textRow(machine, 'last-run', '/var/lib/ci-cluster/last-run'),
    ...pairsOf(args).flatMap(([kind, value]) => asked(machine, kind, value)),
  ];
  return [...rows, ['end', rows.length]].map((row) => `${row.join('\t')}\n`).join('');
}

type Row = readonly (string | number)[];

function dockerRows(machine: FakeMachine, clock: FakeClock): Row[] {
  if (machine.docker !== 'running') return [['docker', machine.docker]];
  const containers = [...machine.containers.values()];
  const count = containers.filter(({ status }) => status === 'running').length;
  return [
    ['docker', 'running', '20.10.24', '1.41', 'true', '/var/lib/docker', count],
    ...containers
      .filter(({ labels }) => labels.has('io.ci-cluster.service'))
      .map((container) => containerRow(container, clock)),
  ];
}

function containerRow(container: FakeContainer, clock: FakeClock): Row {
  const label = (name: string) => container.labels.get(`io.ci-cluster.${name}`) ?? '';
  const created = new Date(container.created * 1000).toISOString();
  return [
    ...['container', container.id, `/${container.name}`],
    ...[label('cluster'), label('service'), label('fingerprint')],
    ...[container.status, container.exitCode, container.restarts],
    ...[created, clock.date(), container.image],
  ];
}

function textRow(machine: FakeMachine, name: string, path: string): Row[] {
  const file = machine.files.get(path);
  return file === undefined ? [] : [['text', name, Buffer.from(file.content).toString('base64')]];
}

function pairsOf(args: readonly string[]): (readonly [string, string])[] {
  return args.flatMap((kind, index) => {
    return index % 2 === 0 ? [[kind, args[index + 1] ?? ''] as const] : [];
  });
}

function asked(machine: FakeMachine, kind: string, value: string): Row[] {
  switch (kind) {
    case 'folder':
      return [folderRow(machine, value)];
    case 'file':
      return fileRow(machine, value);
    case 'text':
      return textRow(machine, value, value);
    case 'image':
      return [['image', value, hasImage(machine, value) ? `sha256:${sha256(value)}` : '']];
    case 'isolation':
      return isolationRows(machine, value);
    case 'tasks':
      return [...machine.tasks].map(([id, kib]) => ['task', `mesos-${id}`, kib ?? '?']);
    default:
      throw new Error(`facts.sh knows no ${kind}`);
  }
}

function isolationRows(machine: FakeMachine, script: string): Row[] {
  const bridge = ['bridge', machine.docker === 'running' ? machine.bridge : ''];
  const content = machine.files.get(script)?.content;
  if (content === undefined) return [bridge];
  const isInForce = machine.isolation === content;
  return [bridge, ['isolation', isInForce ? 'in force' : 'they are not those of the cluster file']];
}

function hasImage(machine: FakeMachine, image: string): boolean {
  return machine.docker === 'running' && machine.images.has(image);
}

function folderRow(machine: FakeMachine, path: string): Row {
  const folder = machine.folders.get(path);
  const free = machine.freeKib(path);
  if (folder === undefined) return ['folder', path, free];
  return ['folder', path, free, folder.mode, folder.uid, folder.gid];
}

function fileRow(machine: FakeMachine, path: string): Row[] {
  const file = machine.files.get(path);
  if (file === undefined) return [];
  const { content, mode, uid, gid, modified } = file;
  return [['file', path, sha256(content), mode, uid, gid, modified]];
}
