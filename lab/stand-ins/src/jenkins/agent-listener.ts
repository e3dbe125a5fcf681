import { createServer, type AddressInfo, type Server } from 'node:net';
import { remotingMinimumVersion, version } from './controller.ts';

const protocols = 'JNLP4-connect, Ping';

/**
 * The port of inbound build agents. To a plain HTTP request it says what it is
 * (`TcpSlaveAgentListener.java`, core 2.5xx); the agents' own protocol is not spoken yet.
 */
export function listenForAgents(address: string, port: number, session: string): Promise<Server> {
  const answer = [
    'HTTP/1.0 200 OK',
    'Content-Type: text/plain;charset=UTF-8',
    '',
    `Jenkins-Agent-Protocols: ${protocols}`,
    `Jenkins-Version: ${version}`,
    `Jenkins-Session: ${session}`,
    'Client: unknown',
    'Server: unknown',
    `Remoting-Minimum-Version: ${remotingMinimumVersion}`,
    '',
  ].join('\r\n');
  const server = createServer((socket) => {
    socket.setTimeout(10_000, () => socket.destroy());
    socket.on('error', () => socket.destroy());
    socket.once('data', (data) => {
      if (data.toString('latin1').startsWith('GET ')) socket.end(answer);
      else socket.end();
    });
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, address, () => {
      server.off('error', reject);
      resolve(server);
    });
  });
}

export function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

export const agentProtocols = protocols;
