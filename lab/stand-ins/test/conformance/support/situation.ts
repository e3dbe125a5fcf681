import { replayAnswer, type Names } from './answers.ts';
import { recordedAnswers, type RecordedAnswer } from './recorded.ts';
import { tallyFor } from './tally.ts';

/** The answers of one recording; they count as recorded whether they are compared or not. */
export function situation(name: string): RecordedAnswer[] {
  const answers = recordedAnswers(name);
  tallyFor(answers[0]?.name ?? '').expect(answers.length);
  return answers;
}

/** All of them, one after the other; the result lists differences that no known gap explains. */
export async function replayAll(
  url: string,
  answers: readonly RecordedAnswer[],
  options: { readonly names?: Names; readonly headers?: Readonly<Record<string, string>> } = {},
): Promise<string[]> {
  const faults: string[] = [];
  for (const one of answers) faults.push(...(await replayAnswer(url, one, options)));
  return faults;
}
