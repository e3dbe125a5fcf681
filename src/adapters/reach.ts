import { connect } from 'node:net';
import type { Endpoint } from '../ports.ts';
import { startDeadline, unlessAborted } from './deadline.ts';
import { codeOf } from './files.ts';

/** Opens a connection from this machine and closes it at once. */
export async function reaches({ address, port }: Endpoint, deadlineMs: number): Promise<boolean> {
  using deadline = startDeadline(deadlineMs);
  const socket = connect({ host: address, port });
  const opened = new Promise<boolean>((resolve) => {
    socket.once('connect', () => {
      resolve(true);
    });
    socket.on('error', (error) => {
      // The other side may close so quickly that its reset comes before we see the connection.
      resolve(codeOf(error) === 'ECONNRESET');
    });
  });
  const answer = await unlessAborted(opened, deadline.signal);
  socket.destroy();
  return answer === true;
}
