import { printable } from '../screen.ts';
import { escaped } from '../xml.ts';

/** Text that is markup already; everything else is escaped when it gets into a page. */
export interface Markup {
  readonly markup: string;
}

export type Content = string | Markup | undefined | readonly Content[];

type Attributes = Readonly<Record<string, string | number | undefined>>;

/** One element of a page or a drawing. What hosts have said can be nothing but text in it. */
export function tag(
  name: string,
  attributes: Attributes = {},
  ...content: readonly Content[]
): Markup {
  const inside = Object.entries(attributes).map(([key, value]) =>
    value === undefined ? '' : ` ${key}="${escaped(shown(value))}"`,
  );
  const open = `<${name}${inside.join('')}`;
  // HTML has no end tag for it; with the slash the page is XML, too.
  if (name === 'meta') return { markup: `${open}/>` };
  return { markup: `${open}>${written(content)}</${name}>` };
}

/** Text of our own that must not be escaped: style sheets. */
export function verbatim(text: string): Markup {
  return { markup: text };
}

function written(content: Content): string {
  if (content === undefined) return '';
  if (typeof content === 'string') return escaped(printable(content));
  return 'markup' in content ? content.markup : content.map(written).join('');
}

/** A tenth of a unit is finer than any screen. */
function shown(value: string | number): string {
  return typeof value === 'string' ? printable(value) : String(Math.round(value * 10) / 10);
}
