import { z } from 'zod';

/** What is on a host in the place of what a plan writes; read only where something changes. */
export interface HostDetails {
  /** By path. A file that is not there has no entry. */
  readonly files: ReadonlyMap<string, FileDetails>;
  /** By name. */
  readonly containers: ReadonlyMap<string, ContainerDetails>;
  /** By reference, and by id for those that containers were made from. */
  readonly images: ReadonlyMap<string, ImageDetails>;
}

export interface FileDetails {
  readonly sizeBytes: number;
  /** Undefined for what is too long, or no text. */
  readonly text: string | undefined;
}

const words = z
  .array(z.string())
  .nullable()
  .transform((list) => list ?? []);

const containerDetails = z.object({
  image: z.string(),
  imageId: z.string(),
  command: words,
  env: words,
  binds: words,
  capabilities: words,
  pid: z.string(),
  network: z.string(),
  restart: z.string(),
  security: words,
});

const imageDetails = z.object({ id: z.string(), digests: words, command: words, env: words });

export type ContainerDetails = z.output<typeof containerDetails>;
export type ImageDetails = z.output<typeof imageDetails>;

/** Before anything was read, or where nothing is there. */
export const noDetails: HostDetails = {
  files: new Map(),
  containers: new Map(),
  images: new Map(),
};

/** Throws an Error that says what is missing in the answer of `remote/details.sh`. */
export function parseDetails(answer: string): HostDetails {
  const found = {
    files: new Map<string, FileDetails>(),
    containers: new Map<string, ContainerDetails>(),
    images: new Map<string, ImageDetails>(),
  };
  for (const [kind, name = '', ...values] of rowsIn(answer)) {
    const [value = ''] = values;
    if (kind === 'file') found.files.set(name, fileDetails(values));
    else if (kind === 'container') found.containers.set(name, read(containerDetails, value, name));
    else if (kind === 'image') found.images.set(name, read(imageDetails, value, name));
  }
  return found;
}

/** Start files of a login shell may print before the first row. */
function rowsIn(answer: string): readonly string[][] {
  const lines = answer.split('\n').filter((line) => line !== '');
  const start = lines.findIndex((line) => line.endsWith('details\t1'));
  if (start < 0) throw new Error(`unexpected first line: ${(lines[0] ?? '').slice(0, 120)}`);
  const end = lines.findIndex((line, index) => index > start && /^end\t\d+$/.test(line));
  if (end < 0) throw new Error('the answer is cut off');
  const promised = Number(lines[end]?.slice('end\t'.length));
  const rows = lines
    .slice(start + 1, end)
    .map((line) => line.split('\t'))
    .filter(([kind = '']) => ['file', 'container', 'image'].includes(kind));
  if (rows.length + 1 === promised) return rows;
  throw new Error(`the host sent ${promised} rows, ${rows.length + 1} arrived`);
}

function fileDetails([size, base64]: readonly string[]): FileDetails {
  return { sizeBytes: Number(size), text: base64 === undefined ? undefined : textOf(base64) };
}

function textOf(base64: string): string | undefined {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return text.includes('\0') ? undefined : text;
  } catch {
    return undefined;
  }
}

function read<T>(form: z.ZodType<T>, json: string, name: string): T {
  const parsed = form.safeParse(jsonOf(json));
  if (parsed.success) return parsed.data;
  throw new Error(`what Docker says of ${name} is in another form`);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
