import type { ManagedFile } from '../../services/service.ts';
import { Secret } from '../../secret.ts';
import type { Facts, FileFacts } from '../facts.ts';
import { sameMode } from '../service-work.ts';
import { masked, maskedChange, type FieldChange, type FileChange } from './change.ts';
import type { FileDetails, HostDetails } from './details.ts';
import { fieldChange, withoutLogins } from './mask.ts';
import { textDiff } from './text-diff.ts';

const daemonPath = '/etc/docker/daemon.json';

interface Seen {
  readonly facts: Facts;
  readonly details: HostDetails;
  /** Of the wanted content of secret files, by path. */
  readonly secretSums: ReadonlyMap<string, string>;
}

/** A file that is written: what changes in it, in its mode and its owner. */
export function fileChange(file: ManagedFile, { facts, details, secretSums }: Seen): FileChange {
  const present = facts.files.get(file.path);
  const fields = present === undefined ? newFields(file) : accessFields(present, file);
  const common = { kind: 'file', path: file.path, fields } as const;
  const action = present === undefined ? 'create' : 'change';
  if (file.content instanceof Secret) {
    const note = secretNote(present, secretSums.get(file.path));
    return { ...common, action, secret: true, ...nothing, note };
  }
  const before = present === undefined ? '' : details.files.get(file.path);
  return { ...common, action, secret: false, ...contentChange(before, file.content) };
}

function secretNote(present: FileFacts | undefined, wanted: string | undefined): string {
  if (present === undefined) return masked;
  return present.sha256 === wanted ? '(secret, same content)' : maskedChange;
}

/** What Jenkins alone knows comes with the run. */
export function agentSecretChange(path: string, facts: Facts): FileChange {
  const action = facts.files.has(path) ? 'change' : 'create';
  const note = '(secret, known after apply)';
  return { kind: 'file', path, action, secret: true, fields: [], ...nothing, note };
}

/** The operator's own daemon.json with our settings merged in. Its present text comes with the facts. */
export function daemonChange(content: string, facts: Facts): FileChange {
  const present = facts.texts.get('daemon.json');
  const action = present === undefined ? 'create' : 'change';
  const before = { sizeBytes: 0, text: present ?? '' };
  const common = { kind: 'file', path: daemonPath, action, secret: false, fields: [] } as const;
  return { ...common, ...contentChange(before, content) };
}

export function removedFile(path: string): FileChange {
  const common = { kind: 'file', path, action: 'remove', secret: false, fields: [] } as const;
  return { ...common, ...nothing };
}

type Content = Pick<FileChange, 'diff' | 'linesAdded' | 'linesRemoved' | 'note'>;

const nothing: Content = { diff: [], linesAdded: 0, linesRemoved: 0, note: '' };

/** The empty text stands for no file. */
function contentChange(before: FileDetails | '' | undefined, after: string): Content {
  if (before === undefined) return { ...nothing, note: 'content changes' };
  const text = before === '' ? '' : before.text;
  if (text === undefined) {
    const { sizeBytes } = before as FileDetails;
    return { ...nothing, note: `present content (${sizeBytes} bytes) is too long, or no text` };
  }
  const diff = textDiff(withoutLogins(text), withoutLogins(after));
  if (diff === undefined) return { ...nothing, note: 'all of it changes' };
  const { lines, added, removed } = diff;
  const isHidden = lines.length === 0 && text !== after;
  return {
    diff: lines,
    linesAdded: added,
    linesRemoved: removed,
    note: isHidden ? maskedChange : '',
  };
}

function newFields({ mode, owner }: ManagedFile): readonly FieldChange[] {
  return [
    { field: 'mode', before: null, after: mode },
    { field: 'owner', before: null, after: `${owner.uid}:${owner.gid}` },
  ];
}

function accessFields(present: FileFacts, { mode, owner }: ManagedFile): readonly FieldChange[] {
  const before = `${present.uid}:${present.gid}`;
  return [
    sameMode(present.mode, mode) ? undefined : fieldChange('mode', fourDigits(present.mode), mode),
    fieldChange('owner', before, `${owner.uid}:${owner.gid}`),
  ].filter((change) => change !== undefined);
}

/** stat prints `644`, everybody reads `0644`. */
export function fourDigits(mode: string): string {
  return mode.padStart(4, '0');
}
