import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** A port of this machine that leads to the other end of a wire, for one connection. */
export interface Relay extends Disposable {
  readonly port: number;
}

/**
 * For libraries that can only connect by address. It takes the first connection on loopback and no
 * other, so that a library that reconnects by itself finds nothing. An answer that does not begin
 * as expected is not passed on.
 */
export async function relayTo(
  stream: Duplex,
  isExpected: (first: Buffer) => boolean,
): Promise<Relay> {
  const ends: (Duplex | Server)[] = [stream];
  const server = createServer((socket: Socket) => {
    server.close();
    ends.push(socket);
    socket.on('error', () => stream.destroy());
    stream.on('error', () => socket.destroy());
    stream.on('close', () => socket.destroy());
    socket.pipe(stream);
    stream.once('data', (first: Buffer) => {
      if (!isExpected(first)) {
        stream.destroy();
        socket.destroy();
        return;
      }
      socket.write(first);
      stream.pipe(socket);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', 1, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.dispose]: () => {
      server.close();
      ends.forEach((end) => {
        if ('destroy' in end) end.destroy();
      });
    },
  };
}
