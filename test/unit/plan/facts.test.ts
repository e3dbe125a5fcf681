import { expect, test } from 'vitest';
import { lackIn, parseFacts } from '../../../src/plan/facts.ts';
import { readRows } from '../../../src/plan/facts-rows.ts';
import { fakeClock } from '../../support/fake-clock.ts';
import { answerFacts } from '../../support/fake-facts.ts';
import { fakeMachine } from '../../support/fake-machine.ts';

const answer = answerFacts(fakeMachine('m1', '10.0.0.11'), ['folder', '/data'], fakeClock());

test('an answer is read', () => {
  expect(parseFacts(answer)).toMatchObject({
    system: { id: 'debian', version: '12', codename: 'bookworm' },
    machine: { architecture: 'x86_64', cpus: 4 },
    docker: { kind: 'running', version: '20.10.24', liveRestore: true },
  });
});

test.each([
  ['nothing but a banner', 'Welcome!\n\nBye!\n', 'unexpected first line: Welcome!'],
  ['nothing at all', '', 'unexpected first line: '],
  ['a lost end', answer.replace(/end.*\n$/, ''), 'the answer is cut off'],
  ['a half line at the end', answer.slice(0, -20), 'the answer is cut off'],
  ['text in between', answer.replace('memory', 'motd!'), 'unexpected line: motd!\t8000000'],
  ['a number that is none', answer.replace('8000000', 'lots'), 'unexpected line: memory\tlots'],
  ['a line that is missing', answer.replace(/cgroup.*\n/, ''), 'sent 15 rows, 14 arrived'],
  [
    'text that swallowed a row',
    answer.replace('memory', 'Hi!memory'),
    'unexpected line: Hi!memory',
  ],
  ['a row that was never sent', answer.replace('cgroup', 'cgroup\t1\ncgroup'), '15 rows, 16'],
  ['a key of every object', answer.replace('memory', 'toString'), 'unexpected line: toString'],
])('an answer with %s is refused', (_what, text, message) => {
  expect(() => parseFacts(text)).toThrow(message);
});

test.each([
  ['before it', `Welcome!\n\n${answer}`],
  ['before it, without a newline at its end', `Welcome to m1${answer}`],
  ['after it', `${answer}Bye!`],
  ['between', answer.replace('memory', 'You have mail.\nfolder\nmemory')],
])('text that a login shell prints %s changes nothing', (_where, text) => {
  expect(text).not.toBe(answer);
  expect(parseFacts(text)).toEqual(parseFacts(answer));
});

test('a host that lacks tools tells so, and who installs packages there', () => {
  const rows = readRows('facts\t1\npackages\tdnf\nmissing\tcmp\nmissing\tstat\nend\t4\n');
  expect(lackIn(rows)).toEqual({ tools: ['cmp', 'stat'], packages: 'dnf' });
  expect(lackIn(readRows(answer))).toBeUndefined();
});

test('a long line is not shown whole', () => {
  const text = answer.replace('memory', `x${'y'.repeat(500)}`);
  expect(() => parseFacts(text)).toThrow(/^unexpected line: xy{119}…$/);
});
