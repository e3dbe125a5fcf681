import { tag, type Markup } from './markup.ts';
import { stateWords, type State } from './states.ts';

/** Nobody, or no answer, is told by a pattern, too: colours alone are not for everybody. */
export function hatch(): Markup {
  const side = { width: 6, height: 6 };
  const pattern = tag(
    'pattern',
    { id: 'hatch', ...side, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' },
    tag('rect', { class: 'hatch-ground', ...side }),
    tag('rect', { class: 'hatch-line', width: 1.6, height: 6 }),
  );
  return tag('svg', { class: 'defs', 'aria-hidden': 'true' }, tag('defs', {}, pattern));
}

const states: readonly State[] = ['leads', 'serves', 'between', 'down', 'blind'];

export function legend(): Markup {
  const marks = states.map((state) =>
    item(tag('rect', { class: state, width: 26, height: 12 }), stateWords[state]),
  );
  const others = [
    item(tag('circle', { class: 'dot', cx: 13, cy: 6, r: 4.5 }), 'moment; the line is its error'),
    item(tag('line', { class: 'soft', x1: 13, x2: 13, y1: 0, y2: 12 }), 'soft bound'),
    item(tag('line', { class: 'hard', x1: 13, x2: 13, y1: 0, y2: 12 }), 'hard bound'),
    item(tag('path', { class: 'ticks', d: 'M2 6v5M8 6v5M14 6v5M20 6v5' }), 'samples'),
  ];
  return tag('ul', { class: 'legend' }, marks, others);
}

function item(mark: Markup, word: string): Markup {
  return tag('li', {}, tag('svg', { viewBox: '0 0 26 12', 'aria-hidden': 'true' }, mark), word);
}
