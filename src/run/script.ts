import { identityPath, identityText } from '../cluster/identity.ts';
import type { HostStep, RestartContainer, TakeBackContainer } from '../plan/step.ts';
import type { Argv, Input } from '../ports.ts';
import { Secret } from '../secret.ts';
import { dockerRun } from './docker-run.ts';

/** One remote process for all steps of a host in a stage: what to run and what to send it. */
export interface StageScript {
  readonly argv: Argv;
  readonly input: Input;
}

/** As `remote/stage.sh` prints it, too. */
const toolsMissingLine = String.raw`{"step":0,"result":"failed","code":"TOOL_MISSING","evidence":"","missing":"%s"}\n`;

type Quote = (argv: Argv) => string;

/**
 * Reads the script (its size is the only argument) into a private folder and runs it there, with the
 * rest of the input still to come. The first two places are in memory: secrets never touch a disk on
 * their way, unless there is no other place. `TMPDIR` is not asked: sudo may hand on the login's. The
 * script is read, not executed, which a place mounted `noexec` allows.
 */
const bootstrap = [
  'umask 077',
  'm=; for t in head mktemp rm wc; do command -v $t >/dev/null || m="$m $t"; done',
  `[ -z "$m" ] || { printf '${toolsMissingLine}' "\${m# }"; exit 72; }`,
  'for p in /run /dev/shm /tmp /var/tmp; do d=$(mktemp -d "$p/ci-cluster.XXXXXXXX") && break; done',
  '[ -n "$d" ] || exit 73',
  'echo $$ >"$d/owner"',
  'head -c "$1" >"$d/script"',
  '[ "$(wc -c <"$d/script")" -eq "$1" ] || { rm -rf "$d"; exit 74; }',
  '. "$d/script"',
].join('; ');

/** What the script shows before it changes something, and where it tells what it does. */
export interface Guard {
  readonly lockFolder: string;
  readonly recordFolder: string;
  readonly token: string;
  readonly run: string;
}

/** `library` is `remote/stage.sh`; each step becomes one line, an argument list quoted by `quote`. */
export function compileScript(
  steps: readonly HostStep[],
  library: string,
  quote: Quote,
): StageScript {
  return compile({ steps, told: steps.map(() => undefined), guard: [] }, library, quote);
}

/** The same for a host whose lock is held; `told` stands in its journal. */
export function compileGuarded(
  { steps, told, guard }: { steps: readonly HostStep[]; told: readonly string[]; guard: Guard },
  library: string,
  quote: Quote,
): StageScript {
  const { lockFolder, recordFolder, token, run } = guard;
  const words = ['guard', lockFolder, recordFolder, token, run] as const;
  return compile({ steps, told, guard: [words] }, library, quote);
}

interface Work {
  readonly steps: readonly HostStep[];
  readonly told: readonly (string | undefined)[];
  readonly guard: readonly Argv[];
}

function compile({ steps, told, guard }: Work, library: string, quote: Quote): StageScript {
  const calls = steps.map((step) => callOf(complete(step)));
  const blobs = calls.flatMap(({ blob }) => (blob === undefined ? [] : [blob]));
  const lines = [
    ...calls.flatMap(({ blob }, index) =>
      blob === undefined ? [] : [quote(['blob', String(index), String(sizeOf(blob))])],
    ),
    'watch_input',
    ...guard.map(quote),
    ...calls.flatMap(({ call }, index) => [
      ...tellLine(told[index], quote),
      quote(['step', String(index), ...call(String(index))]),
    ]),
  ];
  const script = `${library}\n${lines.join('\n')}\nexit 0\n`;
  const size = String(sizeOf(script));
  return { argv: ['sh', '-c', bootstrap, 'sh', size], input: [script, ...blobs] };
}

/** As a JSON string, which the script puts into its lines as it is. */
function tellLine(told: string | undefined, quote: Quote): readonly string[] {
  return told === undefined ? [] : [quote(['tell', JSON.stringify(told)])];
}

interface Call {
  readonly call: (blob: string) => readonly string[];
  readonly blob?: string | Secret;
}

type CompleteStep = Exclude<HostStep, { readonly kind: 'write-agent-secret' }>;

/** A secret of a build agent has become a file by then. */
function complete(step: HostStep): CompleteStep {
  if (step.kind !== 'write-agent-secret') return step;
  throw new Error(`the secret of ${step.node} was never fetched`);
}

/** Steps with content, and those of words alone. */
function callOf(step: CompleteStep): Call {
  switch (step.kind) {
    case 'claim-host':
      return {
        call: (blob) => ['claim_host', blob, identityPath, step.identity.id],
        blob: identityText(step.identity),
      };
    case 'write-file': {
      const { path, mode, owner, content } = step.file;
      return {
        call: (blob) => ['write_file', blob, path, mode, String(owner.uid), String(owner.gid)],
        blob: content,
      };
    }
    case 'configure-docker':
      return { call: (blob) => ['configure_docker', blob], blob: step.content };
    default:
      return { call: () => wordsOf(step) };
  }
}

type BlobKind = 'claim-host' | 'write-file' | 'configure-docker';
type WordStep = Exclude<CompleteStep, { readonly kind: BlobKind }>;
type Words = {
  readonly [K in WordStep['kind']]: (
    step: Extract<WordStep, { readonly kind: K }>,
  ) => readonly string[];
};

const words: Words = {
  'install-docker': ({ manager, packages }) => ['install_docker', manager, ...packages],
  'ensure-folder': ({ folder: { path, mode, owner } }) => [
    ...['ensure_folder', path, mode, String(owner.uid), String(owner.gid)],
  ],
  'pull-image': ({ image }) => ['pull_image', image],
  'enable-timer': ({ unit }) => ['enable_timer', unit],
  'isolate-builds': ({ unit, script }) => ['isolate_builds', unit, script],
  'start-container': startCall,
  'restart-container': (step) => ['restart_container', step.name, ...serving(step)],
  'take-back-container': (step) => [
    ...['take_back_container', step.name, step.fingerprint],
    ...serving(step),
  ],
  'remove-container': ({ name }) => ['remove_container', name],
  'remove-file': ({ path }) => ['remove_file', path],
  'remove-folder': ({ path, identity }) => ['remove_folder', path, identityPath, identity.id],
  'disable-unit': ({ unit }) => ['disable_unit', unit],
  'remove-tasks': () => ['remove_tasks'],
  'release-builds': ({ unit, script }) => ['release_builds', unit, script],
  'start-unit': ({ unit }) => ['start_unit', unit],
  'correct-hosts-line': ({ from, to, names }) => ['correct_hosts_line', from, to, ...names],
  'reserve-ports': ({ ports }) => ['reserve_ports', ...ports.map(String)],
  'release-host': ({ identity }) => ['release_host', identityPath, identity.id],
};

function wordsOf(step: WordStep): readonly string[] {
  // One of them fits its own kind, which is more than the compiler sees.
  const tell = words[step.kind] as (step: WordStep) => readonly string[];
  return tell(step);
}

function serving(step: RestartContainer | TakeBackContainer): readonly string[] {
  return [step.listens.join(','), String(step.stopSeconds)];
}

function startCall(step: Extract<HostStep, { kind: 'start-container' }>): readonly string[] {
  const { name, listens, stopSeconds } = step.container;
  const replace = step.replace ? 'yes' : 'no';
  const ports = listens.join(',');
  return [
    ...['start_container', name, step.fingerprint, replace, ports, String(stopSeconds)],
    ...dockerRun(step),
  ];
}

function sizeOf(part: string | Secret): number {
  return part instanceof Secret ? part.byteLength : new TextEncoder().encode(part).length;
}
