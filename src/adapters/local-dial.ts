import { connect } from 'node:net';
import type { Socket } from 'node:net';
import type { NoAnswer } from '../ports.ts';
import { unlessAborted } from './deadline.ts';
import { codeOf } from './files.ts';
import { noAnswer } from './wire.ts';
import type { Dial } from './wire.ts';

/** Opens wires from this machine. */
export const dialLocally: Dial = async ({ address, port }, signal) => {
  const socket = connect({ host: address, port, noDelay: true });
  const answer = await unlessAborted(connected(socket), signal);
  if (answer === 'connected') {
    return { stream: socket, [Symbol.dispose]: () => socket.destroy() };
  }
  socket.destroy();
  return answer ?? noAnswer('timeout', 'no connection in time');
};

function connected(socket: Socket): Promise<'connected' | NoAnswer> {
  return new Promise((resolve) => {
    socket.once('connect', () => {
      resolve('connected');
    });
    socket.on('error', (error) => {
      resolve(noAnswer(failureOf(error), error.message || String(codeOf(error))));
    });
  });
}

function failureOf(error: Error): NoAnswer['failure'] {
  const code = codeOf(error);
  if (code === 'ECONNREFUSED') return 'refused';
  return code === 'ETIMEDOUT' ? 'timeout' : 'unreachable';
}
