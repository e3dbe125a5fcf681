import { z } from 'zod';
import { residueRow } from './residue.ts';

/** Who installs packages on a host; `yum` where there is no `dnf` yet. */
export const packageManagers = ['apt', 'dnf', 'yum', 'none'] as const;

const text = z.string();
const count = z.coerce.number().int().nonnegative();

/** Goes into rendered scripts, so anything else in an answer is refused. */
export const networkInterface = text.regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,14}$/);

const rows = {
  /** The last one is ID_LIKE of os-release. */
  system: z.tuple([text, text, text, text]),
  machine: z.tuple([text, text, count]),
  memory: z.tuple([count]),
  cgroup: z.tuple([z.enum(['1', '2'])]),
  clock: z.tuple([count]),
  packages: z.tuple([z.enum(packageManagers)]),
  missing: z.tuple([text]),
  tool: z.tuple([text]),
  address: z.tuple([text, text]),
  bridge: z.tuple([z.union([z.literal(''), networkInterface])]),
  isolation: z.tuple([text]),
  task: z.tuple([text, z.union([z.literal('?'), count])]),
  docker: z.union([
    z.tuple([z.enum(['absent', 'stopped'])]),
    z.tuple([z.literal('running'), text, text, text, text, count]),
  ]),
  container: z.tuple([
    ...[text, text, text, text, text, text],
    z.coerce.number().int(),
    ...[count, text, text, text],
  ] as const),
  residue: residueRow,
  listener: z.tuple([text, text, text, text]),
  folder: z.union([z.tuple([text, count]), z.tuple([text, count, text, count, count])]),
  file: z.tuple([text, text, text, count, count, count]),
  text: z.tuple([text, text]),
  image: z.tuple([text, text]),
};

export type Rows = { [Key in keyof typeof rows]: z.output<(typeof rows)[Key]>[] };

/**
 * Finds the rows of `remote/facts.sh` among whatever else its host printed: start files of a login
 * shell print before, after and between. Throws an Error that names the first line which is not a row
 * if one of the announced rows is missing; an answer without its last row was cut off.
 */
export function readRows(answer: string): Rows {
  const lines = answer.split('\n').filter((line) => line !== '');
  // A banner without a newline at its end stands before the first row, in the same line.
  const start = lines.findIndex((line) => line.endsWith(firstRow));
  if (start < 0) throw new Error(`unexpected first line: ${clip(lines[0] ?? '')}`);
  const length = lines.slice(start).findIndex((line) => lastRow.test(line));
  if (length < 0) throw new Error('the answer is cut off');
  const promised = Number(lastRow.exec(lines[start + length] ?? '')?.[1]);
  return collect(lines.slice(start + 1, start + length), promised - 1);
}

const firstRow = 'facts\t1';
/** With the number of rows before it. */
const lastRow = /^end\t(\d+)$/;

function collect(lines: readonly string[], promised: number): Rows {
  const found = Object.fromEntries(Object.keys(rows).map((key) => [key, []])) as unknown as Rows;
  const foreign = lines.filter((line) => !addRow(found, line));
  const came = lines.length - foreign.length;
  if (came === promised) return found;
  const [first] = foreign;
  if (first !== undefined) throw new Error(`unexpected line: ${clip(first)}`);
  throw new Error(`the host sent ${promised} rows, ${came} arrived`);
}

function addRow(found: Rows, line: string): boolean {
  const [key = '', ...values] = line.split('\t');
  if (!Object.hasOwn(rows, key)) return false;
  const parsed = rows[key as keyof typeof rows].safeParse(values);
  if (parsed.success) (found[key as keyof Rows] as unknown[]).push(parsed.data);
  return parsed.success;
}

function clip(line: string): string {
  return line.length > 120 ? `${line.slice(0, 120)}…` : line;
}
