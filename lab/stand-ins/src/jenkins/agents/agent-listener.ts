import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Clock } from '../../shared/clock.ts';
import type { JenkinsLog } from '../cloud.ts';
import { remotingMinimumVersion, version } from '../core-version.ts';
import type { Nodes } from '../nodes.ts';
import { AgentLink, type PingTimes } from './agent-link.ts';
import { frame, FrameReader, kinds, protocolName, type Fields } from './frames.ts';

export const agentProtocols = `${protocolName}, Ping`;

/** Who connects has to say what it wants within this time. */
const handshakeMs = 10_000;
const logger = 'hudson.TcpSlaveAgentListener';

export interface AgentPort {
  readonly session: string;
  readonly nodes: Nodes;
  readonly clock: Clock;
  readonly ping: PingTimes;
  readonly log: JenkinsLog;
}

/**
 * The port of inbound build agents. To a plain HTTP request it says what it is
 * (`TcpSlaveAgentListener.java`, core 2.5xx).
 */
export function listenForAgents(
  address: { readonly host: string; readonly port: number },
  agentPort: AgentPort,
): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.setTimeout(handshakeMs, () => socket.destroy());
    greet(socket, agentPort);
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(address.port, address.host, () => {
      server.off('error', reject);
      resolve(server);
    });
  });
}

export function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

function greet(socket: Socket, agentPort: AgentPort): void {
  let received = Buffer.alloc(0);
  const take = (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    if (received.toString('latin1', 0, 4) === 'GET ') {
      socket.end(selfDescription(agentPort.session));
      return;
    }
    const greeting = readUtf(received);
    if (greeting === undefined) return;
    socket.off('data', take);
    const rest = received.subarray(greeting.length);
    if (greeting.text === 'Protocol:Ping') socket.end('Ping\n');
    else if (greeting.text === `Protocol:${protocolName}`) converse(socket, rest, agentPort);
    else {
      agentPort.log('WARNING', logger, `Connection with an unknown protocol: ${greeting.text}`);
      socket.end(utf('Unknown protocol'));
    }
  };
  socket.on('data', take);
}

function converse(socket: Socket, first: Buffer, agentPort: AgentPort): void {
  const reader = new FrameReader();
  let link: AgentLink | undefined;
  const take = (chunk: Buffer) => {
    try {
      for (const fields of reader.push(chunk)) {
        if (link === undefined) link = admit(socket, fields, agentPort);
        else link.received(fields);
      }
    } catch {
      socket.destroy();
    }
  };
  socket.on('data', take);
  take(first);
}

function admit(socket: Socket, hello: Fields, agentPort: AgentPort): AgentLink | undefined {
  if (hello.kind !== kinds.hello) throw new RangeError('an agent has to say who it is first');
  const claim = { name: hello.text(), secret: hello.text(), cookie: hello.text() };
  const root = hello.text();
  const { name } = claim;
  const refusal = reasonToRefuse(claim, agentPort.nodes);
  if (refusal !== undefined) {
    agentPort.log('WARNING', logger, `Refused the agent ${name}: ${refusal}`);
    socket.end(frame(kinds.refused, refusal));
    return undefined;
  }
  const { nodes, clock, ping, log } = agentPort;
  socket.setTimeout(0);
  socket.setKeepAlive(true);
  socket.setNoDelay(true);
  const cookie = randomBytes(16).toString('hex');
  socket.write(frame(kinds.welcome, ping.intervalMs / 1000, ping.timeoutMs / 1000, cookie));
  const link = new AgentLink({ name, root, cookie, socket, clock, ping });
  nodes.get(name)?.agent?.close();
  socket.once('close', () => {
    nodes.disconnected(
      name,
      link,
      'This agent is offline because Jenkins lost the connection to it.',
    );
    log('INFO', logger, `Connection of ${name} is closed`);
  });
  log('INFO', logger, `Accepted connection of ${name} from ${socket.remoteAddress ?? 'nowhere'}`);
  nodes.connected(name, link);
  return link;
}

interface Claim {
  readonly name: string;
  readonly secret: string;
  /** Given by the welcome of an earlier connection, empty at first. */
  readonly cookie: string;
}

/** In the words that agents of Jenkins print (`DefaultJnlpSlaveReceiver`, remoting). */
function reasonToRefuse({ name, secret, cookie }: Claim, nodes: Nodes): string | undefined {
  const node = nodes.get(name);
  if (node === undefined) return `Unknown client name: ${name}`;
  if (!same(secret, nodes.secret(name))) return `Invalid credentials for ${name}`;
  // The same agent may be back before its old connection was found dead; another one may not.
  if (node.agent === undefined || node.agent.cookie === cookie) return undefined;
  return `${name} is already connected to this controller. Rejecting this connection.`;
}

function same(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}

/** Java's `readUTF`; undefined until it is all there. */
function readUtf(bytes: Buffer): { text: string; length: number } | undefined {
  if (bytes.length < 2) return undefined;
  const length = 2 + bytes.readUInt16BE(0);
  return bytes.length < length ? undefined : { text: bytes.toString('utf8', 2, length), length };
}

export function utf(text: string): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(Buffer.byteLength(text));
  return Buffer.concat([length, Buffer.from(text)]);
}

function selfDescription(session: string): string {
  return [
    'HTTP/1.0 200 OK',
    'Content-Type: text/plain;charset=UTF-8',
    '',
    `Jenkins-Agent-Protocols: ${agentProtocols}`,
    `Jenkins-Version: ${version}`,
    `Jenkins-Session: ${session}`,
    'Client: unknown',
    'Server: unknown',
    `Remoting-Minimum-Version: ${remotingMinimumVersion}`,
    '',
  ].join('\r\n');
}
