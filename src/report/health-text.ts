import type { Group, Health, HostHealth, Member, MovingAddress, State } from '../health/model.ts';
import { diskWarnings } from './disk-text.ts';
import { poolLines } from './pool-text.ts';
import { residueWarnings } from './residue-text.ts';
import { troubleLines } from './trouble-lines.ts';
import { inColour, sign, type Palette } from './palette.ts';
import { clip, table, wrap } from './table.ts';

interface Line {
  readonly state: State;
  readonly name: string;
  readonly text: string;
}

/** A controller may have a name of 40 characters, which would leave no room for anything else. */
const longestName = 24;

/** The whole stack on one screen: a line per service, and below it only what is not healthy. */
export function healthText(health: Health, paint: Palette, columns: number): string {
  const lines = [
    hostsLine(health.hosts),
    groupLine('ZooKeeper', health.zookeeper, followers),
    groupLine('Mesos masters', health.mesosMasters, standbys),
    agentsLine(health),
    groupLine('Marathon', health.marathon, standbys),
    gatewaysLine(health),
    ...health.jenkins.flatMap((one) => [jenkinsLine(one), ...buildsLine(one)]),
  ];
  const width = Math.min(longestName, Math.max(...lines.map(({ name }) => name.length)));
  const rows = lines.map(({ state, name, text }) => [
    sign(state, paint),
    paint.bold(clip(name, width)),
    inState(state, clip(text, columns - width - '✔    '.length), paint),
  ]);
  const troubles = troubleLines(health, columns).map((line) => paint.dim(line));
  const warnings = [orphanWarning, diskWarnings, residueWarnings]
    .flatMap((warningsOf) => warningsOf(health, columns))
    .map((line) => paint.yellow(line));
  return [table(rows), poolLines(health, columns), troubles, warnings]
    .filter((part) => part.length > 0)
    .map((part) => part.join('\n'))
    .join('\n\n');
}

function inState(state: State, text: string, paint: Palette): string {
  return state === 'healthy' ? text : inColour(state, text, paint);
}

function hostsLine(hosts: readonly HostHealth[]): Line {
  const bad = hosts.filter(({ state }) => state !== 'healthy');
  const state = bad[0]?.state ?? 'healthy';
  const containers = hosts.flatMap((host) => host.containers);
  const running = containers.filter((container) => container.state === 'healthy').length;
  const text = `${hosts.length - bad.length} of ${hosts.length} in order, ${running} of ${containers.length} containers as declared`;
  return { state, name: 'Hosts', text };
}

function groupLine(
  name: string,
  group: Group,
  others: (members: readonly Member[]) => string,
): Line {
  const parts = [
    group.leader === undefined ? 'no leader' : `leader ${group.leader}`,
    others(group.members),
    loss(group),
    group.reason === 'no leader' ? '' : group.reason,
  ];
  return { state: group.state, name, text: parts.filter((part) => part !== '').join(', ') };
}

function followers(members: readonly Member[]): string {
  return counted(members.filter(({ role }) => role === 'follower').length, 'follower');
}

function standbys(members: readonly Member[]): string {
  return counted(members.filter(({ role }) => role === 'standby').length, 'standby');
}

function counted(count: number, noun: string): string {
  return count === 0 ? '' : `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function loss({ canLose, leader }: Group): string {
  if (leader === undefined) return '';
  return canLose === 0 ? 'can lose none' : `can lose ${canLose} more`;
}

function agentsLine({ mesosAgents: { state, members, reason } }: Health): Line {
  const registered = members.filter((member) => member.state === 'healthy');
  const sum = (key: 'cpus' | 'memoryMb') =>
    registered.reduce((total, { resources }) => total + (resources?.[key] ?? 0), 0);
  const pool = `${registered.length} of ${members.length} registered, ${Math.round(sum('cpus') * 10) / 10} CPUs, ${gibibytes(sum('memoryMb'))}`;
  return { state, name: 'Mesos agents', text: state === 'unknown' ? reason : pool };
}

function gibibytes(mebibytes: number): string {
  return `${Math.round((mebibytes / 1024) * 10) / 10} GiB`;
}

function gatewaysLine({ gateways }: Health): Line {
  const { state, members, canLose, movingAddress } = gateways;
  const open = members.filter((member) => member.state === 'healthy').length;
  const parts = [
    `${open} of ${members.length} lead through`,
    ...(movingAddress === undefined ? [] : [entranceText(movingAddress)]),
    canLose > 0 ? `can lose ${canLose} more` : `can lose none${ofOne(members)}`,
  ];
  return { state, name: 'Gateways', text: parts.join(', ') };
}

/** With one host alone the stack is in order, but its loss locks everybody out. */
function ofOne(members: readonly Member[]): string {
  const count = members.filter(({ role }) => role === 'gateway').length;
  if (count > 1) return '';
  return count === 1 ? ' (only one lets people in)' : ' (none lets people in)';
}

function entranceText({ address, holder }: MovingAddress): string {
  return `${address} ${holder === undefined ? 'nowhere' : `on ${holder}`}`;
}

function jenkinsLine({ name, state, host, version, url, detail }: Health['jenkins'][number]): Line {
  const place = [
    `on ${host ?? 'no host'}`,
    ...(version === undefined ? [] : [`version ${version}`]),
    url,
  ];
  const text = detail === '' ? place.join(', ') : detail;
  return { state, name: `Jenkins ${name}`, text };
}

/** Below the line of its controller. */
function buildsLine({ builds }: Health['jenkins'][number]): Line[] {
  if (builds === undefined) return [];
  const { state, online, busy, reason } = builds;
  const counted = online === undefined ? [] : [`build agents ${online} online, ${busy ?? 0} busy`];
  const text = [...counted, reason].filter((part) => part !== '').join('; ');
  return [{ state, name: '  builds', text }];
}

const namedOrphans = 3;

function orphanWarning({ orphanFrameworks }: Health, columns: number): string[] {
  if (orphanFrameworks.length === 0) return [];
  const count = orphanFrameworks.length;
  const names = orphanFrameworks.slice(0, namedOrphans).map(({ name, id }) => `${name} (${id})`);
  const more = count > namedOrphans ? ` and ${count - namedOrphans} more` : '';
  const what = count === 1 ? 'One framework is an orphan' : `${count} frameworks are orphans`;
  return [
    ...wrap(`${what} in Mesos: ${names.join(', ')}${more}.`, columns - 2).split('\n'),
    'ci-cluster jenkins prune-frameworks ends them.',
  ].map((line, index) => `${index === 0 ? '!' : ' '} ${line}`);
}
