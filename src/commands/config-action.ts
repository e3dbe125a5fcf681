import { clusterJsonSchema } from '../config/cluster-json-schema.ts';
import { readFragments } from '../config/fragments.ts';
import { nearestOf } from '../config/nearest.ts';
import { parseCluster } from '../config/parse-cluster.ts';
import type { ParsedCluster } from '../config/parsed-cluster.ts';
import { resolveSecrets } from '../config/secrets.ts';
import { ClusterError } from '../errors.ts';
import { configText, partOf, type ConfigFormat, type Nowhere } from '../report/config-text.ts';
import { configView } from '../report/config-view.ts';
import { resultDocument } from '../report/documents.ts';
import { palette } from '../report/palette.ts';
import { loadWorld } from './cluster-command.ts';
import type { CommandContext } from './context.ts';
import type { GlobalOptions } from './options.ts';

export interface ShowOptions extends GlobalOptions {
  readonly format: ConfigFormat;
  readonly path?: string;
}

export interface ValidateOptions extends GlobalOptions {
  readonly secrets: boolean;
}

/** Needs no secret: who may read the file may read this. */
export async function show(options: ShowOptions, context: CommandContext): Promise<void> {
  const parsed = await parsedFile(options, context);
  const found = partOf(configView(parsed), options.path ?? '');
  if ('missing' in found) throw nowhere(options.path ?? '', found);
  if (options.json) print(context, 'config show', { parsed, more: { config: found.part } });
  else context.out(configText(found.part, options.format));
}

function nowhere(path: string, { missing, known }: Nowhere): ClusterError {
  const near = nearestOf(missing, known);
  const meant = near === undefined ? '' : `, did you mean ${near}?`;
  const list = known.length === 0 ? 'nothing: it is a single value' : known.join(', ');
  return new ClusterError('USAGE', `no ${missing} on the way to ${path}${meant}`, {
    remedy: `What is there: ${list}.`,
  });
}

export async function validate(options: ValidateOptions, context: CommandContext): Promise<void> {
  const world = loadWorld(context);
  const parsed = await parsedFile(options, context);
  const fragments = await Promise.all(
    parsed.jenkins.map((controller) => readFragments(controller, world)),
  );
  if (options.secrets) await resolveSecrets(parsed, world);
  const counts = {
    hosts: parsed.hosts.length,
    controllers: parsed.jenkins.length,
    cascFiles: fragments.flat().length,
    secrets: options.secrets ? parsed.jenkins.length : null,
  };
  if (options.json) {
    print(context, 'config validate', { parsed, more: { file: options.config, ...counts } });
    return;
  }
  const paint = palette(context.terminal.colour && options.color);
  context.out(`${paint.green('✔')} ${options.config} is valid: ${told(counts)}`);
}

interface Counts {
  readonly hosts: number;
  readonly controllers: number;
  readonly cascFiles: number;
  readonly secrets: number | null;
}

function told({ hosts, controllers, cascFiles, secrets }: Counts): string {
  const parts = [
    counted(hosts, 'host'),
    counted(controllers, 'Jenkins controller'),
    ...(cascFiles === 0 ? [] : [counted(cascFiles, 'JCasC file')]),
    secrets === null ? 'secrets not looked at' : `${counted(secrets, 'secret')} readable`,
  ];
  return parts.join(', ');
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

export function schema(context: CommandContext): void {
  context.out(JSON.stringify(clusterJsonSchema(), undefined, 2));
}

async function parsedFile(
  { config: path }: GlobalOptions,
  { ports, home }: CommandContext,
): Promise<ParsedCluster> {
  return parseCluster(await ports.files.read(path), { path, home });
}

interface Answer {
  readonly parsed: ParsedCluster;
  readonly more: Readonly<Record<string, unknown>>;
}

function print({ out }: CommandContext, command: string, { parsed: spec, more }: Answer): void {
  out(JSON.stringify(resultDocument({ command, spec, exitCode: 0, more }), undefined, 2));
}
