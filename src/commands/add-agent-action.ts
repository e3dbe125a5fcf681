import type { ClusterSpec } from '../config/cluster-spec.ts';
import { addAgentHost, makeAgent } from '../config/edit-cluster-file.ts';
import { parseCluster } from '../config/parse-cluster.ts';
import { ClusterError } from '../errors.ts';
import { addAgents, type Adding } from '../plan/add-agents.ts';
import { healthText } from '../report/health-text.ts';
import type { Palette } from '../report/palette.ts';
import { carryOut, newRecord, type ChangeRecord, type Order } from '../run/engine.ts';
import { runClusterCommand } from './cluster-command.ts';
import { confirmed } from './confirmed.ts';
import type { CommandContext } from './context.ts';
import { emptyingOf, emptyingWords } from './emptying-options.ts';
import { newHosts, refuseOther, type AddOptions, type Wanted } from './new-hosts.ts';

export async function addAgent(
  words: readonly string[],
  options: AddOptions,
  context: CommandContext,
): Promise<void> {
  const { ports } = context;
  const record = newRecord();
  const wanted = newHosts(words, options);
  const begin = ports.clock.now();
  const known: { entries: Adding['entries'] } = { entries: [] };
  const more = () => ({
    hosts: wanted.map(({ name }) => name),
    changed: record.changes.length,
    steps: record.changes,
    run: record.run ?? null,
    elapsedMs: Math.round(ports.clock.now() - begin),
  });
  await runClusterCommand({
    name: 'add-agent',
    options,
    context: withFile(context, options.config, (text) => {
      const entered = enter(text, wanted, { options, context });
      known.entries = entered.entries;
      return entered.text;
    }),
    onFailure: () => ({ health: record.health, more: more() }),
    work: async ({ spec, report }) => {
      const order = orderOf(wanted, { options, context, words, entries: known.entries });
      await carryOut({ spec, ports, report }, order, record);
      return {
        health: record.health,
        more: more(),
        text: (paint) => summary(record, spec, { wanted, context, paint }),
      };
    },
  });
}

/** The command sees the cluster file as it will be; it is written under the lock. */
function withFile(
  context: CommandContext,
  path: string,
  edit: (text: string) => string,
): CommandContext {
  const { files } = context.ports;
  const read = async (asked: string): Promise<string> => {
    const text = await files.read(asked);
    return asked === path ? edit(text) : text;
  };
  return { ...context, ports: { ...context.ports, files: { ...files, read } } };
}

interface Entered {
  readonly text: string;
  readonly entries: Adding['entries'];
}

interface Surroundings {
  readonly options: AddOptions;
  readonly context: CommandContext;
}

function enter(
  before: string,
  wanted: readonly Wanted[],
  { options: { config: file }, context }: Surroundings,
): Entered {
  const present = parseCluster(before, { path: file, home: context.home });
  let text = before;
  const entries: Adding['entries'][number][] = [];
  for (const one of wanted) {
    const host = present.hosts.find(({ name }) => name === one.name);
    if (host !== undefined) refuseOther(present as unknown as ClusterSpec, one, file);
    if (host?.roles.includes('mesos-agent') === true) continue;
    const entry = entryOf(one, host !== undefined);
    text = entry.address === undefined ? makeAgent(text, one.name) : addAgentHost(text, entry);
    entries.push({ kind: 'enter-host', file, host: entry });
  }
  return { text, entries };
}

type Entry = Adding['entries'][number]['host'];

function entryOf(wanted: Wanted, isKnown: boolean): Entry {
  const { name, address } = wanted;
  if (isKnown) return { name };
  if (address !== undefined) return { ...wanted, address };
  throw new ClusterError('USAGE', `the cluster file has no host ${name}, and no address is given`, {
    remedy: `ci-cluster add-agent ${name}=ADDRESS`,
  });
}

interface Ordering extends Surroundings {
  readonly words: readonly string[];
  readonly entries: Adding['entries'];
}

function orderOf(wanted: readonly Wanted[], { options, context, words, entries }: Ordering): Order {
  const hosts = wanted.map(({ name }) => name);
  const { trial } = options;
  return {
    command: ['add-agent', ...words, ...flagsOf(options), ...emptyingWords(options)],
    plan: ({ input, missing }) => {
      const lost = missing.find(({ host }) => hosts.includes(host));
      if (lost !== undefined) throw lost.error;
      return addAgents(input, { hosts, entries, trial, emptying: emptyingOf(options) });
    },
    confirm: (stages, look) => confirmed(stages, { ...options, look }, context),
    skipUnreachable: options.skipUnreachable,
    settles: false,
  };
}

/** As they were typed, for the record and for `resume`. */
function flagsOf(options: AddOptions): readonly string[] {
  const named = [
    ['--address', options.address],
    ['--attributes', options.attributes],
    ['--resources', options.resources],
    ['--ssh-address', options.sshAddress],
    ['--ssh-user', options.sshUser],
    ['--ssh-port', options.sshPort],
    ['--ssh-identity-file', options.sshIdentityFile],
    ['--ssh-host-key', options.sshHostKey],
  ] as const;
  return [
    ...named.flatMap(([flag, value]) => (value === undefined ? [] : [flag, value])),
    ...(options.trial ? [] : ['--no-trial']),
    ...(options.skipUnreachable ? ['--skip-unreachable'] : []),
  ];
}

interface Telling {
  readonly wanted: readonly Wanted[];
  readonly context: CommandContext;
  readonly paint: Palette;
}

function summary(
  { changes, health }: ChangeRecord,
  _spec: ClusterSpec,
  { wanted, context, paint }: Telling,
): string {
  const names = wanted.map(({ name }) => name).join(', ');
  const told =
    changes.length === 0
      ? `nothing to change: ${names} is part of the cluster`
      : `${names} added; ${changes.length} changes made`;
  const stack = health === undefined ? [] : [healthText(health, paint, context.terminal.columns)];
  return [`${paint.green('✔')} ${told}`, ...stack].join('\n\n');
}
