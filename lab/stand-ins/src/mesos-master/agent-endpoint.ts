import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { openWire, wirePath, wireProtocol, type AgentMessage } from '../shared/agent-wire.ts';
import { forgetAgent } from './agent-loss.ts';
import { pong } from './agent-ping.ts';
import { agentLinkClosed, registerAgent } from './agents.ts';
import type { Core } from './core.ts';
import type { Master } from './master.ts';
import type { Agent } from './state.ts';
import { agentUpdate } from './updates.ts';

export interface Upgrade {
  readonly message: IncomingMessage;
  readonly socket: Socket;
  readonly head: Buffer;
}

/** An agent knocks. Only a leader that has recovered lets it in; otherwise it tries again by itself. */
export function acceptAgent(master: Master, { message, socket, head }: Upgrade): void {
  if (message.url !== wirePath || !master.recovered) {
    socket.end(
      'HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n',
    );
    return;
  }
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${wireProtocol}\r\n\r\n`,
  );
  let agent: Agent | undefined;
  const link = openWire(socket, head, {
    onMessage: (record) => {
      const received = record as AgentMessage;
      if (received.kind === 'register') {
        void registerAgent(master.core, received, link).then((admitted) => {
          agent = admitted;
        });
      } else if (agent !== undefined) handle(master.core, agent, received);
    },
    onClose: () => {
      if (agent !== undefined) agentLinkClosed(master.core, agent, link);
    },
  });
}

function handle(core: Core, agent: Agent, message: AgentMessage): void {
  switch (message.kind) {
    case 'pong':
      pong(agent);
      return;
    case 'update':
      agentUpdate(core, agent, message);
      return;
    case 'unregister':
      void forgetAgent(core, agent, {
        message: `Agent ${agent.info.hostname} removed: the agent unregistered`,
        counter: 'slave_removals/reason_unregistered',
      });
      return;
    case 'register':
  }
}
