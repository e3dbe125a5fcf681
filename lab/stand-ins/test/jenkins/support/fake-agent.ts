import { connect, type Socket } from 'node:net';
import { utf } from '../../../src/jenkins/agents/agent-listener.ts';
import {
  frame,
  FrameReader,
  kinds,
  protocolName,
  type Fields,
} from '../../../src/jenkins/agents/frames.ts';

export interface Asked {
  readonly id: number;
  readonly workspace: string;
  readonly path: string;
  readonly text: string;
  readonly env: Readonly<Record<string, string>>;
}

export interface FakeAgent {
  /** Why the controller sent it away. */
  refusal: string | undefined;
  welcomed: boolean;
  closed: boolean;
  cookie: string;
  readonly pings: () => number;
  /** Scripts that it was asked to run; those without an answer go on. */
  readonly asked: Asked[];
  readonly killed: number[];
  output(id: number, text: string): void;
  end(id: number, status: number): void;
  close(): void;
}

interface Options {
  readonly port: number;
  readonly name: string;
  readonly secret: string;
  readonly cookie?: string;
  /** Answers each script at once; undefined: the test answers. */
  readonly run?: (
    asked: Asked,
  ) => { readonly output?: string; readonly status: number } | undefined;
  readonly files?: Readonly<Record<string, string>>;
  readonly answersPings?: boolean;
}

/** Speaks the agents' protocol as agent.jar does, and runs nothing. */
export function fakeAgent(options: Options): FakeAgent {
  const { name, secret, cookie = '' } = options;
  let pings = 0;
  const socket = connect(options.port, '127.0.0.1', () => {
    socket.write(utf(`Protocol:${protocolName}`));
    socket.write(frame(kinds.hello, name, secret, cookie, '/sandbox'));
  });
  socket.setNoDelay(true);
  const agent: FakeAgent = {
    ...{ refusal: undefined, welcomed: false, closed: false, cookie: '', asked: [], killed: [] },
    pings: () => pings,
    output: (id, text) => socket.write(frame(kinds.data, id, text)),
    end: (id, status) => socket.write(frame(kinds.end, id, status, '')),
    close: () => socket.destroy(),
  };
  const reader = new FrameReader();
  socket.on('data', (chunk) => {
    for (const fields of reader.push(chunk)) {
      if (fields.kind === kinds.ping) pings += 1;
      if (fields.kind === kinds.ping && options.answersPings !== false)
        socket.write(frame(kinds.pong));
      receive(agent, fields, { socket, options });
    }
  });
  socket.on('close', () => (agent.closed = true));
  socket.on('error', () => undefined);
  return agent;
}

function receive(
  agent: FakeAgent,
  fields: Fields,
  { socket, options }: { socket: Socket; options: Options },
): void {
  if (fields.kind === kinds.refused) agent.refusal = fields.text();
  if (fields.kind === kinds.welcome) {
    fields.number();
    fields.number();
    agent.cookie = fields.text();
    agent.welcomed = true;
  }
  if (fields.kind === kinds.kill) agent.killed.push(fields.number());
  if (fields.kind === kinds.run) run(agent, fields, options);
  if (fields.kind === kinds.list || fields.kind === kinds.fetch) files(fields, socket, options);
}

function run(agent: FakeAgent, fields: Fields, options: Options): void {
  const [id, workspace, path, text] = [
    fields.number(),
    fields.text(),
    fields.text(),
    fields.text(),
  ];
  const count = fields.number();
  const env = Object.fromEntries(
    Array.from({ length: count }, () => [fields.text(), fields.text()]),
  );
  const asked = { id, workspace, path, text, env };
  agent.asked.push(asked);
  const answer = options.run?.(asked);
  if (answer === undefined) return;
  if (answer.output !== undefined) agent.output(id, answer.output);
  agent.end(id, answer.status);
}

function files(fields: Fields, socket: Socket, { files: all = {} }: Options): void {
  const id = fields.number();
  fields.text();
  const list = fields.kind === kinds.list;
  const path = list ? '' : fields.text();
  const content = list ? Object.keys(all).map((one) => `${one}\n`) : [all[path] ?? ''];
  socket.write(frame(kinds.data, id, content.join('')));
  socket.write(frame(kinds.end, id, 0, !list && all[path] === undefined ? 'no such file' : ''));
}
