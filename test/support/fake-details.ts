import { sha256 } from '../../src/plan/fingerprint.ts';
import type { FakeContainer, FakeMachine } from './fake-machine.ts';

/** What `remote/details.sh` prints on a machine for these arguments. */
export function answerDetails(machine: FakeMachine, args: readonly string[]): string {
  const rows = args.flatMap((kind, index) =>
    index % 2 === 0 ? asked(machine, kind, args[index + 1] ?? '') : [],
  );
  const all = [['details', 1], ...rows];
  return [...all, ['end', all.length]].map((row) => `${row.join('\t')}\n`).join('');
}

type Row = readonly (string | number)[];

const limitBytes = 65_536;

function asked(machine: FakeMachine, kind: string, value: string): Row[] {
  if (kind === 'file') return fileRow(machine, value);
  if (kind === 'image') return machine.images.has(value) ? [imageRow(value, value)] : [];
  const container = machine.containers.get(value);
  if (container === undefined) return [];
  const id = imageId(container.image);
  return [
    ['container', value, JSON.stringify(inspected(container))],
    imageRow(id, container.image),
  ];
}

function fileRow({ files }: FakeMachine, path: string): Row[] {
  const content = files.get(path)?.content;
  if (content === undefined) return [];
  const bytes = Buffer.from(content);
  const isLong = bytes.length > limitBytes;
  return [['file', path, bytes.length, ...(isLong ? [] : [bytes.toString('base64')])]];
}

function imageId(image: string): string {
  return `sha256:${sha256(image)}`;
}

/** An image that sets one variable and a command of its own. */
const imageEnv = ['PATH=/usr/local/bin:/usr/bin'];
const imageCommand = ['run.sh'];

function imageRow(name: string, image: string): Row {
  const digests = [`${image.replace(/:[^:/]*$/, '')}@sha256:${sha256(`digest of ${image}`)}`];
  const config = { id: imageId(image), digests, command: imageCommand, env: imageEnv };
  return ['image', name, JSON.stringify(config)];
}

function inspected({ image, command, env, options }: FakeContainer): unknown {
  const all = (name: string) => options?.get(name) ?? null;
  return {
    ...{ image, imageId: imageId(image) },
    command: command.length === 0 ? imageCommand : command,
    env: [...[...env].map(([name, value]) => `${name}=${value}`), ...imageEnv],
    ...{ binds: all('--volume'), capabilities: all('--cap-add'), security: all('--security-opt') },
    pid: all('--pid')?.[0] ?? '',
    network: all('--network')?.[0] ?? 'default',
    restart: all('--restart')?.[0] ?? 'no',
  };
}
