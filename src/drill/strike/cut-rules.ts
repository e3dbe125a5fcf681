import type { CutRule, HostFault } from '../fault.ts';

type Cut = Extract<HostFault, { readonly kind: 'cut' | 'loss' }>;

/**
 * Rules of the chain, in their order; the scripts put those before them that keep the way in. Each is
 * the family (`4`, or `*` for both), a blank, and what iptables takes.
 */
export function chainRules(fault: Cut): readonly string[] {
  const end = fault.kind === 'loss' ? [...randomly(fault.percent), '-j', 'DROP'] : ['-j', 'DROP'];
  const drop = (match: Match) => [match.family, ...match.words, ...end].join(' ');
  return [
    ...fault.rules.flatMap(overLoopback).map(drop),
    // What the host says to itself is not touched but by the rules above.
    ...['* -i lo -j RETURN', '* -o lo -j RETURN'],
    ...fault.rules.flatMap(withOthers).map(drop),
  ];
}

interface Match {
  readonly family: '4' | '*';
  readonly words: readonly string[];
}

function randomly(percent: number): readonly string[] {
  if (!(percent > 0 && percent <= 100)) throw new Error(`no share of packets: ${percent} %`);
  return ['-m', 'statistic', '--mode', 'random', '--probability', String(percent / 100)];
}

/** Each packet passes OUTPUT and INPUT there: dropped when it is sent, it is dropped once. */
function overLoopback(rule: CutRule): Match[] {
  if (!rule.own || rule.port === undefined) return [];
  return waysOf(rule).flatMap((way) =>
    portsOf(rule, way).map((port) => ({ family: '*', words: ['-o', 'lo', ...port] })),
  );
}

function withOthers(rule: CutRule): Match[] {
  if (rule.peers !== undefined) return rule.peers.flatMap((peer) => withPeer(rule, peer));
  if (rule.port === undefined) return withAnybody(rule);
  return waysOf(rule).flatMap((way) =>
    portsOf(rule, way).map((port) => ({ family: '*', words: [...ends[way], ...port] })),
  );
}

/** Which end of a packet is this host. */
const ends = {
  in: ['-m', 'addrtype', '--dst-type', 'LOCAL'],
  out: ['-m', 'addrtype', '--src-type', 'LOCAL'],
} as const;

function withPeer(rule: CutRule, peer: string): Match[] {
  if (!/^\d+(\.\d+){3}$/.test(peer)) throw new Error(`no IPv4 address: ${peer}`);
  return waysOf(rule).flatMap((way) => {
    const address = [way === 'in' ? '-s' : '-d', `${peer}/32`];
    const ports = rule.port === undefined ? [[]] : portsOf(rule, way);
    return ports.map((port) => ({ family: '4', words: [...address, ...port] }));
  });
}

/** What comes in is not only what is for this host's own address: keepalived listens to a group. */
function withAnybody({ way }: CutRule): Match[] {
  if (way === 'both') return [{ family: '*', words: [] }];
  if (way === 'out') return [{ family: '*', words: ends.out }];
  return [
    { family: '*', words: ends.in },
    { family: '*', words: ['-m', 'addrtype', '--dst-type', 'MULTICAST'] },
    { family: '4', words: ['-m', 'addrtype', '--dst-type', 'BROADCAST'] },
  ];
}

function waysOf({ way }: CutRule): readonly ('in' | 'out')[] {
  return way === 'both' ? ['in', 'out'] : [way];
}

/** The port stands at the end of the packet that has it. */
function portsOf({ port, side }: CutRule, way: 'in' | 'out'): readonly (readonly string[])[] {
  if (port === undefined) return [];
  const theirs = way === 'out' ? '--dport' : '--sport';
  const ours = way === 'out' ? '--sport' : '--dport';
  const options = side === 'either' ? [theirs, ours] : [side === 'theirs' ? theirs : ours];
  return options.map((option) => ['-p', 'tcp', option, String(port)]);
}
