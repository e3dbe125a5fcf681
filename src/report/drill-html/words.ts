import type { Verdict } from '../../drill/judgement.ts';
import { verdictSigns } from '../drill-words.ts';
import { tag, type Markup } from './markup.ts';

export type Tone = 'good' | 'bad' | 'warn' | 'unsure' | 'none';

export const tones: Readonly<Record<Verdict, Tone>> = {
  PASS: 'good',
  SLOW: 'warn',
  VIOLATION: 'bad',
  REFUSED: 'none',
  ABORTED: 'warn',
  SKIPPED: 'none',
  INCONCLUSIVE: 'unsure',
  UNHEALED: 'bad',
};

export function badge(verdict: Verdict): Markup {
  return tag('span', { class: `badge ${tones[verdict]}` }, `${verdictSigns[verdict]} ${verdict}`);
}

/** Undefined is no yes. */
export function holdsCell(holds: boolean | undefined): Markup {
  if (holds === undefined) return tag('td', { class: 'sign unsure' }, '? not known');
  return holds
    ? tag('td', { class: 'sign good' }, '✔ holds')
    : tag('td', { class: 'sign bad' }, '✘ broken');
}
