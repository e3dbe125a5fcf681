import { imagesOf } from '../../plan/prepare-host.ts';
import { eachKnown, type Check, type Judged } from '../check.ts';
import { passed, warning } from '../check-result.ts';
import { homesOn } from '../facts-arguments.ts';
import { isKnown, type Known, type Scene } from '../scene.ts';
import { gib } from './space.ts';

export const diskForecast: Check = {
  name: 'DISK_FORECAST',
  title: 'room for images, data, logs and workspaces',
  why: 'What is still to come: images that are not there yet, logs up to their limits, ZooKeeper’s snapshots, the disk that build agents declare, and some for each Jenkins home. Disks that fill up do so at night.',
  severity: 'warn',
  remedy: 'A larger disk, or smaller limits (`docker.logs`, `disk` of build agents).',
  judge: eachKnown(judged),
};

/** Where no host has an image yet: about what images of Mesos and Jenkins take. */
const unknownImageMib = 800;
/** Three snapshots and logs in blocks of 64 MiB, with the pool of an ordinary cluster in them. */
const zookeeperMib = 1024;
/** For jobs and kept builds to begin with. */
const homeMib = 2048;

interface Demand {
  readonly path: string;
  readonly what: string;
  readonly mib: number;
}

function judged(known: Known, scene: Scene): Omit<Judged, 'host'> {
  const short = devicesOf(known, demands(known, scene)).filter(
    ({ freeKib, mib }) => freeKib < mib * 1024,
  );
  if (short.length === 0) return passed('enough for what is to come');
  const told = short.map(
    ({ freeKib, mib, parts }) =>
      `${gib(freeKib)} free, ${gib(mib * 1024)} to come (${parts.join(', ')})`,
  );
  return warning(
    told.join('; '),
    'Give the disk more room, or lower docker.logs and disk of build agents.',
  );
}

/** Folders on one device share its room. */
function devicesOf({ extra }: Known, all: readonly Demand[]) {
  const devices = new Map<string, { freeKib: number; mib: number; parts: string[] }>();
  for (const { path, what, mib } of all) {
    const place = extra.places.get(path);
    if (place === undefined || mib === 0) continue;
    const sum = devices.get(place.device) ?? { freeKib: place.freeKib, mib: 0, parts: [] };
    const parts = [...sum.parts, `${what} ${gib(mib * 1024)}`];
    devices.set(place.device, { freeKib: sum.freeKib, mib: sum.mib + mib, parts });
  }
  return [...devices.values()];
}

function demands(known: Known, scene: Scene): readonly Demand[] {
  const { spec } = scene;
  const { host, facts, extra } = known;
  const root = facts.docker.kind === 'running' ? facts.docker.rootFolder : '/var/lib/docker';
  const { data } = spec.folders;
  const { logMaxSizeMb, logMaxFiles } = spec.docker;
  const missing = imagesOf(scene.input, host).filter((image) => !extra.images.has(image));
  const homes = homesOn(spec, host).filter((home) => !extra.homes.has(home));
  const isEmpty = (path: string) => facts.folders.get(path)?.state === undefined;
  return [
    { path: root, what: 'images', mib: sum(missing.map((image) => sizeMib(image, scene))) },
    { path: root, what: 'logs', mib: logMaxSizeMb * logMaxFiles * servicesOn(host.roles) },
    {
      path: data,
      what: 'ZooKeeper',
      mib: host.roles.includes('zookeeper') && isEmpty(`${data}/zookeeper/data`) ? zookeeperMib : 0,
    },
    { path: data, what: 'workspaces', mib: workspacesMib(known, scene) },
    ...homes.map((home) => ({ path: home, what: `home ${home}`, mib: homeMib })),
  ];
}

/** As large as on a host that has it; unpacked, as it will be. */
function sizeMib(image: string, { seen }: Scene): number {
  const bytes = seen
    .filter(isKnown)
    .flatMap(({ extra }) => extra.images.get(image)?.sizeBytes ?? []);
  return bytes.length === 0 ? unknownImageMib : Math.ceil(Math.max(...bytes) / 1024 ** 2);
}

function servicesOn(roles: readonly string[]): number {
  return roles.length;
}

/** As many build agents as fit, each with the disk that it declares. */
function workspacesMib({ host, facts }: Known, { spec }: Scene): number {
  if (!host.roles.includes('mesos-agent')) return 0;
  const cpus = host.agent.resources.cpus ?? facts.machine.cpus;
  const perCpu = spec.jenkins
    .flatMap(({ buildAgents }) => buildAgents)
    .map((template) => template.diskMb / Math.max(template.cpus, 0.1));
  return Math.round(Math.max(0, ...perCpu) * cpus);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
