import type { Attack, CutRule, HostFault, Strike } from '../fault.ts';

/** What is done, and how it is taken back: a line for each strike. */
export interface Words {
  readonly does: readonly string[];
  readonly undoes: readonly string[];
}

export function wordsFor(attack: Attack): Words {
  switch (attack.kind) {
    case 'hosts':
      return {
        does: [...attack.strikes.map(doneBy), ...holding(attack)],
        undoes: undone(attack.strikes),
      };
    case 'in-turn':
      return {
        does: [
          ...attack.strikes.map(doneBy),
          `Each waits until all is in order after the one before${eachFor(attack.holdMs ?? 0)}.`,
        ],
        undoes: undone(attack.strikes),
      };
    case 'call':
      return { does: [callWords(attack.call)], undoes: [] };
  }
}

function eachFor(holdMs: number): string {
  return holdMs === 0 ? '' : `, and stays for ${holdMs / 1000} s`;
}

function holding({ holdMs, until }: Extract<Attack, { readonly kind: 'hosts' }>): string[] {
  if (holdMs === 0) return [];
  const seconds = `${Math.round(holdMs / 1000)} s`;
  return [
    until === 'recovered'
      ? `Stays until all has recovered without it, ${seconds} at most.`
      : `Stays for ${seconds}.`,
  ];
}

type Kind = HostFault['kind'];
type Of<K extends Kind> = Extract<HostFault, { readonly kind: K }>;

const doings: { readonly [K in Kind]: (fault: Of<K>) => string } = {
  kill: ({ container }) => `SIGKILL to the process of ${container}, by its number on the host`,
  stop: ({ container }) => `docker stop ${container}`,
  pause: ({ container }) => `docker pause ${container}`,
  restart: ({ container }) => `docker restart ${container}`,
  cut: ({ rules }) => `drop ${rulesText(rules)}`,
  loss: ({ percent, rules }) => `drop ${percent} % of ${rulesText(rules)}`,
  delay: ({ addresses, ms, jitterMs }) =>
    `delay packets to ${addresses.join(', ')} by ${ms} ± ${jitterMs} ms`,
  'clock-step': ({ seconds }) => `move the wall clock by ${seconds} s`,
  'restart-docker': () => 'systemctl restart docker',
  reboot: () => 'systemctl reboot',
};

function doneBy({ host, fault }: Strike): string {
  const say = doings[fault.kind] as (fault: HostFault) => string;
  return `${host}: ${say(fault)}`;
}

function rulesText(rules: readonly CutRule[]): string {
  return rules.map(ruleText).join('; ');
}

const ways = { in: 'from', out: 'to', both: 'from and to' } as const;

function ruleText({ way, peers, port, side, own }: CutRule): string {
  if (peers === undefined && port === undefined)
    return "all packets but those of the operator's SSH";
  const whose = { theirs: 'their port ', ours: 'its own port ', either: 'port ' }[side];
  const where = peers === undefined ? 'anybody' : peers.join(', ');
  const loopback = own ? ' and its own member over loopback' : '';
  const what = port === undefined ? 'packets' : `packets of ${whose}${port}`;
  return `${what} ${ways[way]} ${where}${loopback}`;
}

function undone(strikes: readonly Strike[]): readonly string[] {
  return [...new Set(strikes.map(undoing))];
}

const undoings: { readonly [K in Kind]: (fault: Of<K>) => string } = {
  kill: ({ container }) =>
    container.startsWith('mesos-')
      ? 'nothing; Mesos tells whoever started the task'
      : `docker start ${container}, if Docker has not`,
  stop: ({ container }) => `docker start ${container}`,
  pause: ({ container }) => `docker unpause ${container}`,
  restart: ({ container }) => `docker start ${container}, if it does not run`,
  cut: () => 'remove its own chain of iptables, and nothing else',
  loss: () => 'remove its own chain of iptables, and nothing else',
  delay: () => 'remove its own queue of tc',
  'clock-step': () => 'set the clock to the saved time and what has passed since',
  'restart-docker': () => 'systemctl start docker, if it does not run',
  reboot: () => 'nothing; what is left is looked for after the boot',
};

function undoing({ host, fault }: Strike): string {
  const say = undoings[fault.kind] as (fault: HostFault) => string;
  return `${host}: ${say(fault)}`;
}

function callWords(call: Extract<Attack, { readonly kind: 'call' }>['call']): string {
  return call.kind === 'abdicate'
    ? 'DELETE /v2/leader: the leading Marathon steps down'
    : `DELETE /v2/apps${call.app}/tasks: Marathon kills the task and starts another`;
}
