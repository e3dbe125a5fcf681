import type { Container } from '../../services/service.ts';
import type { Facts } from '../facts.ts';
import type { StartContainer } from '../step.ts';
import type { ContainerChange, FieldChange } from './change.ts';
import type { ContainerDetails, HostDetails, ImageDetails } from './details.ts';
import { fieldChange, mapChanges } from './mask.ts';

/** What the new container has otherwise than the present one, field by field. */
export function containerChange(
  step: StartContainer,
  facts: Facts,
  details: HostDetails,
): ContainerChange {
  const { container } = step;
  const { name } = container;
  const existing = facts.containers.find((one) => one.name === name);
  const fields = [
    ...imageFields(container.image, existing?.image, { name, details }),
    ...otherFields(container, details),
  ];
  const common = { kind: 'container', name, fields } as const;
  if (existing === undefined) return { ...common, action: 'create', note: '' };
  const isUp = existing.status === 'running' || existing.status === 'restarting';
  const note = isUp ? whyReplaced(step, fields) : `it is ${existing.status}`;
  return { ...common, action: 'replace', note };
}

function whyReplaced({ replace }: StartContainer, fields: readonly FieldChange[]): string {
  if (fields.length > 0) return '';
  return replace ? 'files that it reads change' : 'its definition changes';
}

interface Place {
  readonly name: string;
  readonly details: HostDetails;
}

/** A tag may lead to another image than it did: the digest tells, as far as anybody knows it. */
function imageFields(
  wanted: string,
  present: string | undefined,
  { name, details }: Place,
): readonly FieldChange[] {
  const id = details.containers.get(name)?.imageId;
  const old = id === undefined ? undefined : details.images.get(id);
  const next = details.images.get(wanted);
  const isSame =
    present === wanted && (next === undefined || old === undefined || old.id === next.id);
  if (isSame) return [];
  const before = present === undefined ? null : `${present}${digestText(old)}`;
  return [{ field: 'image', before, after: `${wanted}${digestText(next, wanted)}` }];
}

function digestText(image: ImageDetails | undefined, reference = ''): string {
  if (reference.includes('@sha256:')) return '';
  const digest = /@(sha256:[0-9a-f]{12})/.exec(image?.digests[0] ?? '')?.[1];
  if (digest !== undefined) return ` (${digest})`;
  return image === undefined && reference !== '' ? ' (digest known after the pull)' : '';
}

/** Of a new container everything is new: its file and its image say enough. */
function otherFields(container: Container, { containers, images }: HostDetails): FieldChange[] {
  const present = containers.get(container.name);
  if (present === undefined) return [];
  const image = images.get(present.imageId);
  return [
    fieldChange('command', commandOf(present, image), container.command.join(' ') || null),
    ...mapChanges('env ', ownEnv(present, image), new Map(Object.entries(container.env))),
    ...mapChanges('mount ', mountsOf(present), wantedMounts(container)),
    ...mapChanges('capability ', flags(capabilitiesOf(present)), flags(container.capabilities)),
    fieldChange('process ids', present.pid || null, container.hostPids ? 'host' : null),
    fieldChange('network', present.network, 'host'),
    fieldChange('restart policy', present.restart, 'unless-stopped'),
  ].filter((change) => change !== undefined);
}

/** Null for what the image itself would run. */
function commandOf({ command }: ContainerDetails, image: ImageDetails | undefined): string | null {
  const text = command.join(' ');
  return text === '' || text === image?.command.join(' ') ? null : text;
}

/** Docker lists the variables of the image together with ours. */
function ownEnv({ env }: ContainerDetails, image: ImageDetails | undefined): Map<string, string> {
  const given = new Set(image?.env);
  return pairs(env.filter((entry) => !given.has(entry)));
}

function pairs(entries: readonly string[]): Map<string, string> {
  return new Map(
    entries.map((entry) => {
      const at = entry.indexOf('=');
      return [entry.slice(0, at), entry.slice(at + 1)];
    }),
  );
}

/** By the path inside: `/conf/zoo.cfg` from `/etc/…/zoo.cfg, read-only`. */
function mountsOf({ binds }: ContainerDetails): Map<string, string> {
  return new Map(
    binds.map((bind) => {
      const [from = '', to = '', options = ''] = bind.split(':');
      return [to, options.split(',').includes('ro') ? `${from}, read-only` : from];
    }),
  );
}

function wantedMounts({ mounts }: Container): Map<string, string> {
  return new Map(
    mounts.map(({ from, to, readOnly }) => [to, readOnly ? `${from}, read-only` : from]),
  );
}

/** Newer engines answer `CAP_SYS_ADMIN` for what was given as `SYS_ADMIN`. */
function capabilitiesOf({ capabilities }: ContainerDetails): readonly string[] {
  return capabilities.map((name) => name.replace(/^CAP_/, ''));
}

function flags(names: readonly string[]): Map<string, string> {
  return new Map(names.map((name) => [name, 'yes']));
}
