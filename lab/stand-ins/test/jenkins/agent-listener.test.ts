import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { listenForAgents, portOf } from '../../src/jenkins/agent-listener.ts';

function exchange(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    let answer = '';
    socket.on('data', (data) => (answer += data.toString()));
    socket.on('close', () => {
      resolve(answer);
    });
    socket.on('error', reject);
  });
}

test('the agent port says what it is to whoever asks in plain HTTP, and hangs up on others', async () => {
  const server = await listenForAgents('127.0.0.1', 0, 'abcd');
  try {
    const answer = await exchange(portOf(server), 'GET / HTTP/1.0\r\n\r\n');
    expect(answer).toContain('Jenkins-Agent-Protocols: JNLP4-connect, Ping\r\n');
    expect(answer).toContain('Jenkins-Version: 2.568.2\r\n');
    expect(answer).toContain('Remoting-Minimum-Version: ');
    expect(await exchange(portOf(server), '\0\x15Protocol:JNLP4-connect')).toBe('');
  } finally {
    server.close();
  }
});
