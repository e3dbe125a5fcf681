import { residueText } from '../../plan/residue.ts';
import type { LeaderKind } from '../drill-plan.ts';
import { titleOf } from '../catalogue/draft.ts';
import { marathonLeader, mesosLeader, zookeeperLeader } from '../bounds/terms.ts';
import type { Timings } from '../bounds/timings.ts';
import { gate, type DrillGate, type Question } from './question.ts';

/** Nothing else is going on that would spoil the measurement, or be spoilt by it. */

export const healthy: DrillGate = ({ scene }) => {
  const { verdict, hosts, jenkins, ...health } = scene.health;
  const { zookeeper, mesosMasters, mesosAgents, marathon, gateways } = health;
  const name = 'everything is healthy';
  if (verdict === 'healthy') return gate(name, true, `${hosts.length} hosts`);
  const groups = { zookeeper, mesosMasters, mesosAgents, marathon, gateways };
  const parts = [
    ...Object.entries(groups).map(([part, { state, reason }]) => ({ part, state, reason })),
    ...hosts.flatMap(({ host, state, detail, containers }) => [
      { part: host, state, reason: [detail, ...faultsOf(containers)].find(isTold) ?? '' },
    ]),
    ...jenkins.map((one) => ({
      ...{ part: `Jenkins ${one.name}`, state: one.state, reason: one.detail },
    })),
    ...jenkins.flatMap(({ name: part, builds }) =>
      builds === undefined ? [] : [{ part: `builds of ${part}`, ...builds }],
    ),
  ].filter(({ state }) => state !== 'healthy');
  const detail = parts.map(
    ({ part, state, reason }) => `${part}: ${isTold(reason) ? reason : state}`,
  );
  return gate(name, verdict === 'unknown' ? undefined : false, detail.slice(0, 3).join('; '));
};

function isTold(text: string): boolean {
  return text !== '';
}

function faultsOf(
  containers: readonly { readonly name: string; readonly state: string; readonly detail: string }[],
): string[] {
  return containers
    .filter(({ state }) => state !== 'healthy')
    .map(({ name, detail }) => `${name}: ${detail}`);
}

export const noDrill: DrillGate = ({ scene }) => {
  const name = 'no other drill runs, and none left anything';
  const running: string[] = [];
  const silent: string[] = [];
  for (const [host, { abilities }] of scene.hosts) {
    if (typeof abilities === 'string') silent.push(host);
    else running.push(...abilities.drills.map((drill) => `${drill} on ${host}`));
  }
  const left = scene.health.residue.map((one) => `${one.host}: ${residueText(one)}`);
  const found = running.length > 0 ? running : left;
  if (found.length > 0) return gate(name, false, found.join(', '));
  if (silent.length > 0) return gate(name, undefined, `${silent.join(', ')} did not tell`);
  return gate(name, true, 'nothing is armed or left');
};

export const noDeployment: DrillGate = ({ scene }) =>
  told('no deployment is under way', scene.deployments);

export const noMaintenance: DrillGate = ({ scene }) =>
  told('no maintenance is planned', scene.maintenance);

function told(name: string, reason: string | undefined) {
  if (reason === undefined) return gate(name, undefined, 'the leader does not tell');
  return gate(name, reason === '', reason === '' ? 'none' : reason);
}

const kinds = ['zookeeper', 'mesos', 'marathon'] as const;

/** `max(60 s, 2 × soft bound)`: before that nobody can tell one failover from the next. */
export const settled: DrillGate = ({ scene, timings }: Question) => {
  const name = 'the leaders have led for a while';
  const states = kinds.map((kind) => {
    const ledMs = scene.leadingMs[kind];
    return { kind, ledMs, neededMs: neededMs(timings, kind) };
  });
  const late = states.filter(({ ledMs, neededMs: least }) => ledMs !== undefined && ledMs < least);
  const blind = states.filter(({ ledMs }) => ledMs === undefined);
  const shown = late.length > 0 ? late : blind.length > 0 ? blind : states;
  const detail = shown.map(({ kind, ledMs, neededMs: least }) => {
    return `${titleOf(kind)} ${ledMs === undefined ? '?' : seconds(ledMs)} of ${seconds(least)}`;
  });
  const holds = late.length > 0 ? false : blind.length > 0 ? undefined : true;
  return gate(name, holds, detail.join(', '));
};

function neededMs(timings: Timings, kind: LeaderKind): number {
  const terms = {
    zookeeper: zookeeperLeader(timings, 'told'),
    mesos: mesosLeader(timings, undefined),
    marathon: marathonLeader(timings, 'dies', undefined),
  };
  return Math.max(60_000, 2 * terms[kind].softMs);
}

function seconds(ms: number): string {
  return `${Math.floor(ms / 1000)} s`;
}

/** Those of ours do not count: losing them is what the drill looks at. */
export const noBuilds: DrillGate = ({ scene, draft, options }) => {
  if (!draft.costsBuilds) return undefined;
  const name = "nobody's builds are lost";
  const running = [...scene.builds].flatMap(([controller, builds]) =>
    (builds ?? []).map((build) => `${controller}: ${build}`),
  );
  const silent = [...scene.builds].filter(([, builds]) => builds === undefined);
  if (options.allowBuildLoss === true) {
    return gate(name, true, `allowed: ${running.length} may be lost`);
  }
  if (running.length > 0) return gate(name, false, `${running.join(', ')} (--allow-build-loss)`);
  if (silent.length > 0) {
    const names = silent.map(([controller]) => controller).join(', ');
    return gate(name, undefined, `${names} does not tell its builds`);
  }
  return gate(name, true, 'none runs');
};
