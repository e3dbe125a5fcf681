import { clusterFile, controller, type ClusterFileParts } from './cluster-file.ts';
import type { FakeJenkins } from './fake-jenkins.ts';
import { fakeWorld, writeClusterFile, type FakeWorld } from './fake-world.ts';
import { setUp } from './plan-world.ts';

const image = 'registry.example.com/build-agent:1';

/** Two controllers would hide nothing here: one, its home shared, build agents of both ways. */
function buildingParts(parts: ClusterFileParts = {}): ClusterFileParts {
  const main = controller({
    home: { kind: 'shared', path: '/srv/jenkins' },
    buildAgents: { linux: { image }, small: { image, via: 'marathon' } },
  });
  return { jenkins: { main }, ...parts };
}

/** A cluster that is up, with its file as it was set up by. */
export async function buildingWorld(parts: ClusterFileParts = {}): Promise<FakeWorld> {
  const world = fakeWorld(clusterFile(buildingParts(parts)));
  for (const machine of world.machines.values()) {
    machine.folders.set('/srv/jenkins', { mode: '750', uid: 1000, gid: 1000 });
  }
  await setUp(world);
  return world;
}

export function edit(world: FakeWorld, parts: ClusterFileParts): void {
  writeClusterFile(world, clusterFile(buildingParts(parts)));
}

export function jenkinsOf(world: FakeWorld): FakeJenkins {
  const found = world.jenkins.get('main');
  if (found === undefined) throw new Error('no controller main');
  return found;
}

/** A build that has begun on the Mesos agent of a host and takes so long from now on. */
export function buildOn(world: FakeWorld, host: string, lastsMs: number): void {
  const jenkins = jenkinsOf(world);
  const askedMs = world.clock.now() - 10_000;
  jenkins.agentId = `S-${host}`;
  Object.assign(jenkins.course, { finishedMs: 10_000 + lastsMs });
  jenkins.builds.splice(0);
  jenkins.builds.push({
    ...{ id: 99, job: 'deploy', askedMs, number: 12, cancelled: false, stopped: false },
  });
}

/** What was done to Mesos agents and tasks, and to containers and files of the agents. */
export function courseOf(log: readonly string[]): readonly string[] {
  return log.filter((line) =>
    /_AGENT |(PUT|DELETE) \/v2|(start|remove|restart) ci-(mesos-agent|gateway)|vacated|slaves\/latest/.test(
      line,
    ),
  );
}
