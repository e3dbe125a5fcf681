import type { Ports, RemoteHost } from '../ports.ts';
import type { ImageAnswers, ImageKind } from './image-contract.ts';

/** Pulling on a slow line takes most of it. */
const deadlineMs = 1_200_000;

/** Runs the image on the host a few times, without network, and reads what it says. */
export async function askImage(
  { image, kind }: { readonly image: string; readonly kind: ImageKind },
  remote: RemoteHost,
  { templates, signal }: Pick<Ports, 'templates' | 'signal'>,
): Promise<ImageAnswers> {
  const script = templates['check/image.sh'];
  if (script === undefined) throw new Error('no template check/image.sh');
  const ran = await remote.run(['sh', '-c', script, 'image.sh', image, kind], {
    ...{ asRoot: true, deadlineMs, signal },
  });
  return readAnswers(ran.stdout);
}

export function readAnswers(output: string): ImageAnswers {
  const lines = output.split('\n').map((line) => /^(\S+) (.*)$/.exec(line));
  const text = (name: string) => lines.find((line) => line?.[1] === name)?.[2]?.trim();
  const words = (name: string) => text(name)?.split(/\s+/);
  const [least, newest] = words('host-api') ?? [];
  return {
    missing: text('missing'),
    entrypoint: entrypointOf(text('config')),
    oneArgument: text('one-argument'),
    tools: words('tools') ?? [],
    java: text('java'),
    core: text('core'),
    plugins: words('plugins'),
    user: text('user'),
    hostApi: least === undefined || newest === undefined ? undefined : [least, newest],
    clientApi: text('client-api'),
  };
}

function entrypointOf(config: string | undefined): readonly string[] {
  const parsed: unknown = config === undefined ? {} : JSON.parse(config);
  if (typeof parsed !== 'object' || parsed === null || !('Entrypoint' in parsed)) return [];
  const { Entrypoint: words } = parsed;
  return Array.isArray(words) ? words.map(String) : [];
}
