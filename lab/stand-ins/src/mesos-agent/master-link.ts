import { request as httpRequest } from 'node:http';
import type { Socket } from 'node:net';
import { openWire, wirePath, wireProtocol } from '../shared/agent-wire.ts';
import type { AgentMessage, MasterMessage, WireEnd } from '../shared/agent-wire.ts';

export interface LinkHandlers {
  readonly onMessage: (message: MasterMessage) => void;
  readonly onClose: () => void;
}

const connectMs = 5000;

/** Rejects when nobody is there, or it is no leader that has recovered. */
export function connectToMaster(
  address: { readonly host: string; readonly port: number },
  handlers: LinkHandlers,
): Promise<WireEnd<AgentMessage>> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({
      ...address,
      path: wirePath,
      headers: { Connection: 'Upgrade', Upgrade: wireProtocol },
      timeout: connectMs,
    });
    request.on('upgrade', (_response, socket: Socket, head: Buffer) => {
      socket.setTimeout(0);
      resolve(
        openWire(socket, head, {
          onMessage: (record) => {
            handlers.onMessage(record as MasterMessage);
          },
          onClose: handlers.onClose,
        }),
      );
    });
    request.on('response', (response) => {
      response.resume();
      reject(new Error(`master answered ${response.statusCode ?? 0}`));
    });
    request.on('timeout', () => {
      request.destroy(new Error(`no answer within ${connectMs} ms`));
    });
    request.on('error', reject);
    request.end();
  });
}
