import type { Duplex } from 'node:stream';
import type { Endpoint, NoAnswer } from '../ports.ts';
import { startDeadline, unlessAborted } from './deadline.ts';
import { seconds } from './supervise.ts';
import { noAnswer } from './wire.ts';
import type { Dial } from './wire.ts';

const answerLimitBytes = 1024 * 1024;

export interface Question extends Endpoint {
  readonly payload: string;
  readonly deadlineMs: number;
}

/**
 * Sends a text and reads until the other side closes. Our side stays open until then: ZooKeeper may
 * drop its answer when it sees the end of input first.
 */
export async function exchangeOver(dial: Dial, question: Question): Promise<string | NoAnswer> {
  using deadline = startDeadline(question.deadlineMs);
  const wire = await dial(question, deadline.signal);
  if ('failure' in wire) return wire;
  using open = wire;
  open.stream.write(question.payload);
  const answer = await unlessAborted(readAll(open.stream), deadline.signal);
  return answer ?? noAnswer('timeout', `no answer within ${seconds(deadline.ms)}`);
}

function readAll(stream: Duplex): Promise<string | NoAnswer> {
  const chunks: Buffer[] = [];
  let room = answerLimitBytes;
  return new Promise((resolve) => {
    const finish = (): void => {
      resolve(Buffer.concat(chunks).toString('utf8'));
    };
    stream.on('data', (chunk: Buffer) => {
      chunks.push(chunk.subarray(0, room));
      room -= Math.min(room, chunk.length);
      if (room === 0) finish();
    });
    stream.on('error', (error) => {
      resolve(noAnswer('closed', `the connection broke: ${error.message}`));
    });
    stream.on('end', finish);
    stream.on('close', finish);
  });
}
