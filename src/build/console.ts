import { failed } from '../health/sight.ts';
import type { JenkinsClient } from '../health/jenkins-client.ts';

/** The console of one build, read on from where it was left. */
export interface Console {
  /** New whole lines. With `all`, everything up to the end of a build that is over. */
  read(all?: boolean): Promise<readonly string[]>;
}

/** A console that grows faster than it is read is read on at the next look. */
const mostParts = 20;

export function createConsole(client: JenkinsClient, path: string): Console {
  const state = { offset: 0, rest: '' };
  const part = async (): Promise<{ text: string; more: boolean }> => {
    const answer = await client.get(`${path}/logText/progressiveText?start=${state.offset}`);
    if (failed(answer) || answer.status !== 200) return { text: '', more: false };
    const size = Number(answer.headers['x-text-size']);
    if (Number.isSafeInteger(size)) state.offset = size;
    return { text: answer.body, more: answer.headers['x-more-data'] === 'true' };
  };
  return {
    read: async (all = false) => {
      for (let count = 0; count < (all ? mostParts : 1); count += 1) {
        const { text, more } = await part();
        state.rest += text;
        if (!more || text === '') break;
      }
      const lines = state.rest.split(/\r?\n/);
      state.rest = all ? '' : (lines.pop() ?? '');
      return all ? lines.filter((line, index) => line !== '' || index < lines.length - 1) : lines;
    },
  };
}
