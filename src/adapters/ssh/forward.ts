import type { Client, ClientChannel } from 'ssh2';
import type { Endpoint, NoAnswer } from '../../ports.ts';
import { unlessAborted } from '../deadline.ts';
import { noAnswer } from '../wire.ts';
import { describe } from './faults.ts';

/** Opens a channel that the host connects to the endpoint. A channel that comes too late is closed. */
export async function forward(
  client: Client,
  endpoint: Endpoint,
  signal: AbortSignal,
): Promise<ClientChannel | NoAnswer> {
  const opening = openChannel(client, endpoint);
  const opened = await unlessAborted(opening, signal);
  if (opened !== undefined) return opened;
  void opening.then((late) => {
    if (!('failure' in late)) late.close();
  });
  return noAnswer('timeout', 'the host did not connect in time');
}

function openChannel(
  client: Client,
  { address, port }: Endpoint,
): Promise<ClientChannel | NoAnswer> {
  return new Promise((resolve) => {
    try {
      client.forwardOut('127.0.0.1', 0, address, port, (error, channel) => {
        if (error) {
          resolve(whyNot(error));
          return;
        }
        // Without a listener a late write would be an uncaught exception.
        channel.on('error', () => undefined);
        resolve(channel);
      });
    } catch (error) {
      resolve(noAnswer('unreachable', `the SSH connection is lost: ${describe(error)}`));
    }
  });
}

/** Reason codes: RFC 4254, 5.1. The texts after code 2 are strerror() of OpenSSH's host. */
function whyNot(error: Error): NoAnswer {
  const reason: unknown = 'reason' in error ? error.reason : undefined;
  const text = describe(new Error(error.message.replace('(SSH) Channel open failure: ', '')));
  if (reason === 1) return noAnswer('forwarding-refused', 'sshd forbids TCP forwarding');
  if (reason === undefined) return noAnswer('unreachable', 'the SSH connection is lost');
  if (/timed out/i.test(text)) return noAnswer('timeout', text);
  if (/no route|unreachable|not known|resolution/i.test(text)) return noAnswer('unreachable', text);
  return noAnswer('refused', text);
}
