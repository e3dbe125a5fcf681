import type { FieldChange, FileChange, ItemChange } from '../plan/diff/change.ts';
import { line, type PlanLine } from './plan-line.ts';

/** How much of a change is told. */
export type Depth = 'titles' | 'folded' | 'whole';

const indent = 4;
const below = 8;

/** One change: what it is, then what differs. New files are folded unless all is wanted. */
export function changeLines(change: ItemChange, depth: Depth): readonly PlanLine[] {
  const head = line(indent, toneOf(change), `${signOf(change)} ${titleOf(change)}`);
  if (depth === 'titles') return [head, ...imageLines(change)];
  return [head, ...bodyOf(change, depth)];
}

/** Without contents, the image is what most want to see. */
function imageLines(change: ItemChange): readonly PlanLine[] {
  if (change.kind !== 'container') return [];
  return change.fields
    .filter(({ field, before }) => field === 'image' && before !== null)
    .map(fieldLine);
}

const signs = { create: '+', pull: '+', remove: '-' } as const;

function signOf({ action }: ItemChange): string {
  return action in signs ? signs[action as keyof typeof signs] : '~';
}

function toneOf(change: ItemChange): PlanLine['tone'] {
  const sign = signOf(change);
  if (sign === '+') return 'add';
  return sign === '-' ? 'remove' : 'change';
}

type Titles = {
  readonly [Kind in ItemChange['kind']]: (change: Extract<ItemChange, { kind: Kind }>) => string;
};

const titles: Titles = {
  file: fileTitle,
  folder: ({ path, action, fields }) =>
    action === 'create' ? `folder ${path} (${newValues(fields)})` : `folder ${path}`,
  container: ({ name, action, note }) => `container ${name} ${words[action]}${noted(note)}`,
  image: ({ image }) => `pull ${image}`,
  app: ({ id, action, note }) => `app ${id} ${words[action]}${noted(note)}`,
  share: ({ role }) => `share of role ${role}`,
  other: ({ text }) => text,
};

const words = {
  create: 'is new',
  change: 'is submitted anew',
  replace: 'is replaced',
  restart: 'restarts',
  'take-back': 'gives way to the one before',
  remove: 'is removed',
} as const;

function noted(note: string): string {
  return note === '' ? '' : `: ${note}`;
}

function titleOf(change: ItemChange): string {
  // One of them fits its own kind, which is more than the compiler sees.
  const tell = titles[change.kind] as (change: ItemChange) => string;
  return tell(change);
}

function fileTitle({ path, action, secret, fields, note, ...content }: FileChange): string {
  if (action === 'remove') return path;
  const { linesAdded, linesRemoved } = content;
  const isNew = action === 'create';
  const counts = isNew ? lineCount(linesAdded) : `+${linesAdded} -${linesRemoved}`;
  const isToldByNote = secret || note !== '';
  const changesNothing = linesAdded + linesRemoved === 0 && fields.length > 0;
  const told = isToldByNote ? note : changesNothing ? 'same content' : counts;
  const access = isNew && fields.length > 0 ? `, ${newValues(fields)}` : '';
  return `${path} ${told.startsWith('(') ? told : `(${told}${access})`}`;
}

function lineCount(count: number): string {
  return `+ ${count} ${count === 1 ? 'line' : 'lines'}`;
}

/** `0644, 1000:1000`. */
function newValues(fields: readonly FieldChange[]): string {
  return fields.map(({ after }) => after ?? '').join(', ');
}

function bodyOf(change: ItemChange, depth: Depth): readonly PlanLine[] {
  if (change.kind === 'file') return fileBody(change, depth);
  const isNewFolder = change.kind === 'folder' && change.action === 'create';
  return 'fields' in change && !isNewFolder ? change.fields.map(fieldLine) : [];
}

function fileBody({ action, fields, diff }: FileChange, depth: Depth): readonly PlanLine[] {
  const access = action === 'create' ? [] : fields.map(fieldLine);
  return action === 'create' && depth !== 'whole' ? access : [...access, ...diff.map(diffLine)];
}

function fieldLine({ field, before, after }: FieldChange): PlanLine {
  if (before === null) return line(below, 'plain', `${field}: ${after ?? ''}`);
  return line(below, 'plain', `${field}: ${before} → ${after ?? '(none)'}`);
}

function diffLine(text: string): PlanLine {
  const tones = { '+': 'add', '-': 'remove', '@': 'dim' } as const;
  const tone = tones[text.charAt(0) as keyof typeof tones] as PlanLine['tone'] | undefined;
  return { ...line(below, tone ?? 'plain', text), verbatim: true };
}
