import type { HostFault, Strike } from '../fault.ts';
import type { Abilities, Ability } from '../scene/abilities.ts';
import type { Scene } from '../scene/scene.ts';
import type { Draft } from './drill.ts';

/** Why a host or its kernel cannot take the faults of the draft; empty if they can, or nobody knows. */
export function whyNot(scene: Scene, { attack }: Draft): string {
  const all = attack.kind === 'call' ? [] : attack.strikes;
  const lacking = all
    .flatMap((one) => needsOf(scene, one))
    .find(({ ability }) => ability.can === false);
  return lacking === undefined ? '' : `${lacking.host}: ${lacking.what}${because(lacking.ability)}`;
}

/** What nobody could try; empty if all was tried. */
export function untried(scene: Scene, { attack }: Draft): string {
  if (attack.kind === 'call') return '';
  const silent = attack.strikes.find(
    ({ host }) => typeof scene.hosts.get(host)?.abilities !== 'object',
  );
  if (silent !== undefined) {
    const why = scene.hosts.get(silent.host)?.abilities;
    return `${silent.host} did not tell: ${typeof why === 'string' ? why : 'not connected'}`;
  }
  const blind = attack.strikes
    .flatMap((one) => needsOf(scene, one))
    .find(({ ability }) => ability.can === undefined);
  return blind === undefined ? '' : `${blind.host}: ${blind.what}${because(blind.ability)}`;
}

interface Need {
  readonly host: string;
  readonly what: string;
  readonly ability: Ability;
}

function because({ why }: Ability): string {
  return why === '' ? '' : ` (${why.replace(/^Error: /, '').replace(/\.$/, '')})`;
}

function needsOf({ hosts }: Scene, { host, fault }: Strike): readonly Need[] {
  const abilities = hosts.get(host)?.abilities;
  if (typeof abilities !== 'object') return [];
  return needed(abilities, fault).map((need) => ({ host, ...need }));
}

type Needs = readonly Omit<Need, 'host'>[];

function needed(abilities: Abilities, { kind }: HostFault): Needs {
  return needs[kind](abilities);
}

const none = (): Needs => [];

const needs: Readonly<Record<HostFault['kind'], (abilities: Abilities) => Needs>> = {
  ...{ kill: none, stop: none, restart: none },
  pause: ({ freezer }) => [{ what: 'the kernel freezes no processes', ability: freezer }],
  cut: ({ iptables }) => [{ what: 'packets cannot be dropped', ability: iptables }],
  loss: ({ iptables, statistic }) => [
    { what: 'packets cannot be dropped', ability: iptables },
    { what: 'a share of packets cannot be dropped', ability: statistic },
  ],
  delay: ({ netem }) => [{ what: 'the kernel has no netem to delay packets', ability: netem }],
  'clock-step': (abilities) => [
    machine(abilities, 'it shares the clock of its machine, which would jump, too'),
  ],
  'restart-docker': (abilities) => [systemd(abilities)],
  reboot: (abilities) => [machine(abilities, 'a reboot from inside may end it for good')],
};

function machine({ container }: Abilities, why: string): Omit<Need, 'host'> {
  const what = `it is a container (${container ?? ''}): ${why}`;
  return { what, ability: { can: container === undefined, why: '' } };
}

function systemd({ timers }: Abilities): Omit<Need, 'host'> {
  const can = timers.includes('systemd-run');
  return { what: 'no systemd to restart Docker Engine by', ability: { can, why: '' } };
}
