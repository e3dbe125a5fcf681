import { expect, test } from 'vitest';
import { parseFacts } from '../../../src/plan/facts.ts';
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
  ['a banner before it', `Welcome!\n${answer}`, 'unexpected first line: Welcome!'],
  ['nothing at all', '', 'unexpected first line: '],
  ['a lost end', answer.replace(/end\n$/, ''), 'the answer is cut off'],
  ['a half line at the end', answer.slice(0, -20), 'the answer is cut off'],
  ['text in between', answer.replace('memory', 'motd!'), 'unexpected line: motd!\t8000000'],
  ['a number that is none', answer.replace('8000000', 'lots'), 'unexpected line: memory\tlots'],
  ['a line that is missing', answer.replace(/cgroup.*\n/, ''), 'no line "cgroup"'],
  ['a key of every object', answer.replace('memory', 'toString'), 'unexpected line: toString'],
])('an answer with %s is refused', (_what, text, message) => {
  expect(() => parseFacts(text)).toThrow(message);
});

test('a long line is not shown whole', () => {
  const text = answer.replace('memory', `x${'y'.repeat(500)}`);
  expect(() => parseFacts(text)).toThrow(/^unexpected line: xy{119}…$/);
});
