import { readFileSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { clusterFile, type ClusterFileParts } from '../../support/cluster-file.ts';
import {
  container,
  fakeWorld,
  machine,
  stop,
  writeClusterFile,
  type FakeWorld,
} from '../../support/fake-world.ts';
import { plannedLines, setUp } from '../../support/plan-world.ts';

/** A file of test/fixtures/plans. */
interface PlanCase {
  readonly name: string;
  /** Parts of the cluster file that the hosts were set up by; the usual 3 + 2 if not given. */
  readonly cluster?: ClusterFileParts;
  /** The hosts were never set up. */
  readonly bare?: boolean;
  /** What happened to the hosts since then. */
  readonly happened?: readonly Happening[];
  /** Parts of the cluster file now, if it was edited. */
  readonly edited?: ClusterFileParts;
  /** Stages in their order: `then` begins a new one, `and` joins the one before. */
  readonly plan: readonly string[];
}

interface Happening {
  readonly on: string | readonly string[];
  readonly stop?: string;
  readonly remove?: string;
  readonly write?: string;
  readonly content?: string;
  /** Seconds that the file is newer than everything else. */
  readonly newer?: number;
  readonly mode?: string;
  readonly docker?: 'absent' | 'stopped';
  /** Somebody flushed iptables. */
  readonly flushed?: boolean;
  readonly stray?: string;
  readonly forget?: string;
  /** A stopped predecessor of the container is still there. */
  readonly aside?: string;
}

const folder = new URL('../../fixtures/plans/', import.meta.url);
const cases = readdirSync(folder).map((file): [string, PlanCase] => {
  const planCase = parse(readFileSync(new URL(file, folder), 'utf8')) as PlanCase;
  return [`${file}: ${planCase.name}`, planCase];
});

test.each(cases)('%s', async (_name, { cluster, bare, happened, edited, plan }) => {
  const world = fakeWorld(clusterFile(cluster));
  if (bare !== true) await setUp(world);
  for (const happening of happened ?? []) {
    for (const host of [happening.on].flat()) happen(world, host, happening);
  }
  writeClusterFile(world, clusterFile(edited ?? cluster));
  expect(await plannedLines(world)).toEqual(plan);
});

function happen(world: FakeWorld, host: string, happening: Happening): void {
  const { docker, forget, remove, stray } = happening;
  const one = machine(world, host);
  if (happening.stop !== undefined) stop(world, host, happening.stop);
  if (remove !== undefined) one.containers.delete(remove);
  if (forget !== undefined) one.images.delete(forget);
  if (docker !== undefined) one.docker = docker;
  if (happening.flushed === true) one.isolation = undefined;
  if (happening.aside !== undefined) {
    const name = `${happening.aside}.previous`;
    const old = container(world, host, happening.aside);
    one.containers.set(name, { ...old, name, status: 'exited' });
  }
  if (happening.write !== undefined) change(world, host, happening);
  if (stray !== undefined) {
    const [any] = [...one.containers.values()];
    const labels = new Map([...(any?.labels ?? []), ['io.ci-cluster.service', stray]]);
    const name = `ci-${stray}`;
    one.containers.set(name, { ...container(world, host, any?.name ?? ''), name, labels });
  }
}

function change(world: FakeWorld, host: string, { write = '', ...to }: Happening): void {
  const one = machine(world, host);
  const fresh = { content: '', mode: '644', uid: 0, gid: 0, modified: world.clock.seconds() };
  const file = { ...(one.files.get(write) ?? fresh) };
  if (to.content !== undefined) file.content = to.content;
  if (to.mode !== undefined) file.mode = to.mode;
  file.modified += to.newer ?? 0;
  one.files.set(write, file);
}
