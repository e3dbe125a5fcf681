import { askImage } from '../check/ask-image.ts';
import type { CheckResult } from '../check/check-result.ts';
import { imageContract, type ImageKind } from '../check/image-contract.ts';
import { partsOfImages, type ImagePart } from '../check/image-parts.ts';
import type { ClusterSpec } from '../config/cluster-spec.ts';
import { hostsWith } from '../cluster/members.ts';
import { ClusterError, exitCodes } from '../errors.ts';
import { checkText } from '../report/check-text.ts';
import type { RemoteHost } from '../ports.ts';
import { runClusterCommand } from './cluster-command.ts';
import type { CommandContext } from './context.ts';
import type { GlobalOptions } from './options.ts';

export interface ContractOptions extends GlobalOptions {
  readonly as?: ImageKind;
  readonly host?: string;
  readonly core?: string;
}

export async function contract(
  names: readonly string[],
  options: ContractOptions,
  context: CommandContext,
): Promise<void> {
  const { ports } = context;
  await runClusterCommand({
    name: 'images contract',
    options,
    context,
    work: async ({ spec }) => {
      const parts = chosen(names, partsOfImages(spec), options);
      const host = hostFor(spec, options.host);
      await using remote = await ports.connector.connect(host.ssh, ports.signal);
      const results: CheckResult[] = [];
      for (const part of parts) results.push(...(await judged(part, remote, context)));
      return {
        more: { checks: results },
        exitCode: results.some(({ verdict }) => verdict === 'fail') ? exitCodes.UNHEALTHY : 0,
        text: (paint) => checkText(results, paint, context.terminal.columns),
      };
    },
  });
}

async function judged(
  { image, demands }: ImagePart,
  remote: RemoteHost,
  { ports }: CommandContext,
): Promise<readonly CheckResult[]> {
  const answers = await askImage({ image, kind: demands.kind }, remote, ports);
  return imageContract(image, answers, demands).map((result) => ({
    ...result,
    host: remote.name,
    title: `${image} as ${demands.kind}: ${result.title}`,
  }));
}

function chosen(
  names: readonly string[],
  known: readonly ImagePart[],
  { as: kind, core }: ContractOptions,
): readonly ImagePart[] {
  const withCore = (part: ImagePart): ImagePart =>
    core === undefined ? part : { ...part, demands: { ...part.demands, core } };
  if (names.length === 0) return known.map(withCore);
  return names.flatMap((image) => {
    const parts = known.filter((part) => part.image === image);
    if (kind !== undefined) return [withCore(newPart(image, kind, known))];
    if (parts.length > 0) return parts.map(withCore);
    throw new ClusterError('USAGE', `the cluster file does not say what ${image} is for`, {
      remedy: 'Say it with --as controller, --as build-agent or --as mesos-agent.',
    });
  });
}

/** An image that is to take the place of one that the cluster file has. */
function newPart(image: string, kind: ImageKind, known: readonly ImagePart[]): ImagePart {
  const like = known.find(({ demands }) => demands.kind === kind);
  return { image, demands: like?.demands ?? { kind, core: undefined, plugins: {} } };
}

function hostFor(spec: ClusterSpec, name: string | undefined) {
  const candidates = name === undefined ? hostsWith(spec, 'mesos-agent') : spec.hosts;
  const host = candidates.find((one) => name === undefined || one.name === name);
  if (host !== undefined) return host;
  throw new ClusterError('USAGE', `the cluster file has no host ${name ?? 'for builds'}`, {
    remedy: 'Name one of its hosts with --host.',
  });
}
