import type { Palette } from './palette.ts';
import { printable } from './screen.ts';
import { wrap } from './table.ts';

/** A line of a plan before it has its width and its colour. */
export interface PlanLine {
  readonly indent: number;
  readonly tone: 'heading' | 'add' | 'remove' | 'change' | 'dim' | 'plain';
  readonly text: string;
  /** Text of a file: broken where the screen ends, not at blanks. */
  readonly verbatim?: boolean;
}

export function line(indent: number, tone: PlanLine['tone'], text: string): PlanLine {
  return { indent, tone, text };
}

/** At most `columns` wide; what goes on in the next line stands one step further in. */
export function drawn(lines: readonly PlanLine[], paint: Palette, columns: number): string[] {
  return lines.flatMap(({ indent, tone, text, verbatim }) => {
    const width = Math.max(20, columns - indent - step);
    const safe = printable(text);
    const pieces = verbatim === true ? chunks(safe, width) : broken(safe, width);
    return pieces.map((piece, index) => {
      const margin = ' '.repeat(indent + (index === 0 ? 0 : step));
      return piece === '' ? '' : margin + inTone(tone, piece, paint);
    });
  });
}

const step = 2;

function broken(text: string, width: number): readonly string[] {
  return wrap(text, width)
    .split('\n')
    .flatMap((part) => chunks(part, width));
}

function chunks(text: string, width: number): readonly string[] {
  const parts = text.match(new RegExp(`.{1,${width}}`, 'gu'));
  return parts ?? [''];
}

function inTone(tone: PlanLine['tone'], text: string, paint: Palette): string {
  switch (tone) {
    case 'heading':
      return paint.bold(text);
    case 'add':
      return paint.green(text);
    case 'remove':
      return paint.red(text);
    case 'change':
      return paint.yellow(text);
    case 'dim':
      return paint.dim(text);
    case 'plain':
      return text;
  }
}
