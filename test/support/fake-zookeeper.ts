import type { FakeContainer, FakeMachine } from './fake-machine.ts';
import { running } from './fake-machine.ts';
import { parseZooCfg, type ZooMember } from './zoo-cfg.ts';

/** A server that runs, with its own line of the ensemble. */
export interface ZooServer {
  readonly machine: FakeMachine;
  readonly container: FakeContainer;
  readonly id: number;
  readonly member: ZooMember;
  /** How many servers its file names. */
  readonly size: number;
}

/** Servers by their id, each as its own zoo.cfg and myid say. */
export function zooServers(machines: Iterable<FakeMachine>): readonly ZooServer[] {
  return [...machines].flatMap((machine) => {
    const container = running(machine, 'zookeeper');
    if (container === undefined) return [];
    const id = Number(container.seen.get('/data/myid'));
    const { members } = parseZooCfg(container.seen.get('/conf/zoo.cfg') ?? '');
    const member = members.get(id);
    return member === undefined ? [] : [{ machine, container, id, member, size: members.size }];
  });
}

/** The one with the lowest id leads, if more than half of the servers run. */
export function zooLeader(servers: readonly ZooServer[]): ZooServer | undefined {
  const size = servers[0]?.size ?? 0;
  if (servers.length <= size / 2) return undefined;
  return servers.toSorted((left, right) => left.id - right.id)[0];
}

/** What a server answers to a four-letter word (3.9). */
export function zooWord(word: string, own: ZooServer, servers: readonly ZooServer[]): string {
  const leader = zooLeader(servers);
  if (leader === undefined) return 'This ZooKeeper instance is not currently serving requests\n';
  const mode = own.size === 1 ? 'standalone' : own === leader ? 'leader' : 'follower';
  if (word === 'srvr')
    return `Zookeeper version: 3.9.5-x, built on y\nMode: ${mode}\nNode count: 5\n`;
  if (word !== 'mntr') return `${word} is not executed because it is not in the whitelist.\n`;
  const synced = servers.filter(({ container }) => !container.frozen).length - 1;
  const lines = mode === 'leader' ? [`zk_synced_followers\t${synced}`] : [];
  return ['zk_version\t3.9.5', `zk_server_state\t${mode}`, ...lines, ''].join('\n');
}
