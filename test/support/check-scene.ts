import { catalogue } from '../../src/check/catalogue.ts';
import type { CheckFacts } from '../../src/check/check-facts.ts';
import { gather } from '../../src/check/gather.ts';
import { runChecks, type NumberedResult } from '../../src/check/run-checks.ts';
import { isKnown, type Scene } from '../../src/check/scene.ts';
import type { CheckName } from '../../src/config/check-names.ts';
import type { Facts } from '../../src/plan/facts.ts';
import { lookAt } from '../../src/run/look.ts';
import { specOf } from './cluster-file.ts';
import { portsOf } from './fake-ports.ts';
import type { FakeWorld } from './fake-world.ts';

/** What the checks see of a world. */
export async function sceneOf(world: FakeWorld): Promise<Scene> {
  const spec = await specOf(world.files.get('cluster.yml'));
  const ports = portsOf(world, new AbortController().signal);
  const look = await lookAt(spec, ports, () => undefined);
  return await gather({ look, ports, report: () => undefined });
}

export interface Difference {
  readonly facts?: Partial<Facts>;
  readonly extra?: Partial<CheckFacts>;
}

/** The same, but for what one host says. */
export function changed(scene: Scene, host: string, { facts = {}, extra = {} }: Difference): Scene {
  const seen = scene.seen.map((one) =>
    one.host.name === host && isKnown(one)
      ? { ...one, facts: { ...one.facts, ...facts }, extra: { ...one.extra, ...extra } }
      : one,
  );
  const { observed } = scene.input;
  const all = new Map(seen.map((one) => [one.host.name, one.facts]));
  return { ...scene, seen, input: { ...scene.input, observed: { ...observed, facts: all } } };
}

/** Findings of one check. */
export function found(scene: Scene, name: CheckName): readonly NumberedResult[] {
  return runChecks(
    scene,
    catalogue.filter((check) => check.name === name),
  ).results;
}

/** `fail vfs` of one host, or of the cluster. */
export function told(scene: Scene, name: CheckName, host?: string): string {
  const own = found(scene, name).find((result) => host === undefined || result.host === host);
  return own === undefined ? 'nothing' : `${own.verdict} ${own.detail}`;
}
