import { tag, type Content, type Markup } from './markup.ts';

/** A column: its title, and a class for the cells that are numbers. */
export type Column = string | { readonly title: string; readonly class: string };

/** Rows are whole cells, or what goes into one. */
export function tableOf(columns: readonly Column[], rows: readonly (readonly Content[])[]): Markup {
  const head = columns.map((column) =>
    typeof column === 'string'
      ? tag('th', {}, column)
      : tag('th', { class: column.class }, column.title),
  );
  const body = rows.map((row) =>
    tag(
      'tr',
      {},
      row.map((cell, index) => cellOf(cell, columns[index])),
    ),
  );
  return tag(
    'div',
    { class: 'wide' },
    tag('table', {}, tag('thead', {}, tag('tr', {}, head)), tag('tbody', {}, body)),
  );
}

function cellOf(cell: Content, column: Column | undefined): Content {
  if (typeof cell === 'object' && 'markup' in cell && cell.markup.startsWith('<td')) return cell;
  const attributes = typeof column === 'object' ? { class: column.class } : {};
  return tag('td', attributes, cell);
}

/** Terms and what there is to say about them. */
export function factsOf(facts: readonly (readonly [string, Content])[]): Markup {
  return tag(
    'dl',
    {},
    facts.map(([term, told]) => [tag('dt', {}, term), tag('dd', {}, told)]),
  );
}

export function listOf(items: readonly Content[]): Markup {
  return tag(
    'ul',
    { class: 'plain' },
    items.map((item) => tag('li', {}, item)),
  );
}
