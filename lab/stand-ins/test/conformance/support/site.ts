import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseFlags } from '../../../src/shared/flags.ts';
import type { MasterInfo } from '../../../src/shared/mesos.ts';
import { masterFlags } from '../../../src/mesos-master/flags.ts';
import type { Master } from '../../../src/mesos-master/master.ts';
import { startMaster, type RunningMaster } from '../../../src/mesos-master/start.ts';
import { silent } from '../../mesos-master/support/cluster.ts';
import { fakeClock, type FakeClock } from '../../shared/support/fake-clock.ts';

/** A master of this process: real HTTP over loopback, time in hand, no ZooKeeper. */
export interface Site {
  readonly url: string;
  readonly port: number;
  readonly master: Master;
  readonly info: MasterInfo;
  /** What its detector says. */
  readonly seeLeader: (leader: MasterInfo | undefined) => void;
  readonly stop: () => Promise<void>;
}

export interface SiteOptions {
  readonly argv?: readonly string[];
  readonly workDir?: string;
  /** `false`: leads by itself, without ZooKeeper. */
  readonly zk?: boolean;
  readonly quorum?: number;
  /** Addresses of the other replicas. */
  readonly peers?: () => readonly string[];
  readonly clock?: FakeClock;
}

const loopback = {
  bindIp: '127.0.0.1',
  ip: '127.0.0.1',
  port: 0,
  advertisedPort: 0,
  hostname: '127.0.0.1',
};

/** The flags of the recorded masters; what differs by machine is not compared. */
const recordedArguments = ['--ip=127.0.0.1', '--hostname=127.0.0.1', '--port=0'];

export async function startSite(options: SiteOptions = {}): Promise<Site> {
  const clock = options.clock ?? fakeClock();
  let seeLeader: (leader: MasterInfo | undefined) => void = () => undefined;
  const start = startMaster({
    flags: flagsOf(options),
    env: { LIBPROCESS_METRICS_SNAPSHOT_ENDPOINT_RATE_LIMIT: '1000000000/1ns' },
    address: loopback,
    log: silent,
    exit: () => undefined,
    clock,
    elect: ({ onLeader }) => {
      seeLeader = onLeader;
    },
    joinLog: () => options.peers ?? (() => []),
  });
  const running = await started(start, clock);
  return {
    url: `http://127.0.0.1:${running.port}`,
    port: running.port,
    master: running.master,
    info: running.master.core.info,
    seeLeader: (leader) => {
      seeLeader(leader);
    },
    stop: running.stop,
  };
}

function flagsOf({ argv = [], workDir, zk = true, quorum = 2 }: SiteOptions) {
  const registry = [
    workDir === undefined ? '--registry=in_memory' : `--work_dir=${workDir}`,
    ...(zk ? ['--zk=zk://127.0.0.1:2181/mesos', `--quorum=${quorum}`] : []),
  ];
  return parseFlags({
    definitions: masterFlags,
    argv: [...recordedArguments, ...registry, ...argv],
    env: {},
    prefix: 'MESOS_',
  });
}

async function started(start: Promise<RunningMaster>, clock: FakeClock): Promise<RunningMaster> {
  let running: RunningMaster | undefined;
  void start.then((one) => {
    running = one;
  });
  await until(clock, () => running !== undefined);
  return start;
}

/** Lets time and the network go on in small steps until something is the case. */
export async function until(
  clock: FakeClock,
  isSo: () => boolean,
  limitMs = 120_000,
): Promise<boolean> {
  const end = clock.now() + limitMs;
  while (!isSo()) {
    if (clock.now() >= end) return false;
    await clock.advance(5);
    await turn();
  }
  return true;
}

/** On to where the master's next allocation lies as far ahead as on the recorded cluster. */
export async function alignAllocations(
  clock: FakeClock,
  site: Site,
  aheadMs: number,
): Promise<void> {
  const sinceMs = (clock.now() - site.master.startMs + aheadMs) % 1000;
  await clock.advance(1000 - sinceMs);
}

/** Time in which nobody waits for anything. */
export async function pass(clock: FakeClock, ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 250) {
    await clock.advance(Math.min(250, left));
    await turn();
  }
}

/** One turn of the event loop: what is on the wire may arrive. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

export interface Trio {
  readonly clock: FakeClock;
  readonly sites: readonly [Site, Site, Site];
  /** Stops one; the others' detectors go on naming whom they named. */
  readonly kill: (site: Site) => Promise<void>;
  /** Alone, with what the first one left on disk. */
  readonly restartFirst: () => Promise<Site>;
  readonly stop: () => Promise<void>;
}

/** Three masters whose registry needs two of them; the first leads and has recovered. */
export async function startTrio(): Promise<Trio> {
  const clock = fakeClock();
  const folder = mkdtempSync(join(tmpdir(), 'stand-in-trio-'));
  const up = new Map<string, Site>();
  const start = (name: string, peersOf: () => readonly Site[]) =>
    startSite({
      workDir: join(folder, name),
      argv: ['--cluster=lab'],
      clock,
      peers: () => peersOf().map(({ port }) => `127.0.0.1:${port}`),
    });
  const add = async (name: string) => {
    const site = await start(name, () =>
      [...up].flatMap(([other, one]) => (other === name ? [] : [one])),
    );
    up.set(name, site);
    return site;
  };
  const sites: [Site, Site, Site] = [await add('m1'), await add('m2'), await add('m3')];
  const [first] = sites;
  for (const site of sites) site.seeLeader(first.info);
  await until(clock, () => first.master.recovered);
  const kill = async (site: Site) => {
    for (const [name, one] of up) if (one === site) up.delete(name);
    await site.stop();
  };
  return {
    clock,
    sites,
    kill,
    restartFirst: () => start('m1', () => []),
    stop: async () => {
      for (const site of up.values()) await site.stop();
      rmSync(folder, { recursive: true });
    },
  };
}
