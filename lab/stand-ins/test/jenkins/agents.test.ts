import { createDecipheriv } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { utf } from '../../src/jenkins/agents/agent-listener.ts';
import { fakeAgent } from './support/fake-agent.ts';
import { asAdmin, jenkins, secured, withNode, type Jenkins } from './support/jenkins.ts';
import { jobXml, xml } from './support/jobs.ts';

const opened: Jenkins[] = [];

afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()));
});

async function start(
  casc = withNode,
  options: Parameters<typeof jenkins>[1] = {},
): Promise<Jenkins> {
  const one = await jenkins(casc, options);
  opened.push(one);
  return one;
}

const secretOf = (it: Jenkins) => it.controller.nodes.secret('n1');

function exchange(port: number, bytes: string | Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    let answer = '';
    socket.on('data', (data) => (answer += data.toString()));
    socket.on('close', () => {
      resolve(answer);
    });
    socket.on('error', reject);
  });
}

test('the agent port says what it is in plain HTTP, answers a ping, and sends other protocols away', async () => {
  const it = await start();
  const answer = await exchange(it.agentPort, 'GET / HTTP/1.0\r\n\r\n');
  expect(answer).toContain('Jenkins-Agent-Protocols: Lab1-connect, Ping\r\n');
  expect(answer).toContain('Jenkins-Version: 2.541.3\r\n');
  expect(answer).toContain('Remoting-Minimum-Version: ');
  expect(await exchange(it.agentPort, utf('Protocol:Ping'))).toBe('Ping\n');
  expect(await exchange(it.agentPort, utf('Protocol:JNLP4-connect'))).toContain('Unknown protocol');
});

test('an agent with the secret of its node comes online; a wrong name or secret is refused', async () => {
  const it = await start();
  const port = it.agentPort;
  const stranger = fakeAgent({ port, name: 'n9', secret: secretOf(it) });
  const liar = fakeAgent({ port, name: 'n1', secret: '0'.repeat(64) });
  await it.until(() => stranger.closed && liar.closed);
  expect([stranger.refusal, liar.refusal]).toEqual([
    'Unknown client name: n9',
    'Invalid credentials for n1',
  ]);
  expect(it.controller.nodes.get('n1')?.online).toBe(false);
  const agent = fakeAgent({ port, name: 'n1', secret: secretOf(it) });
  await it.until(() => agent.welcomed);
  expect(await it.get('/computer/api/json')).toMatchObject({
    busyExecutors: 0,
    totalExecutors: 1,
    computer: [
      { displayName: 'Built-In Node', numExecutors: 0 },
      {
        ...{ displayName: 'n1', offline: false, idle: true, jnlpAgent: true },
        assignedLabels: [{ name: 'build' }, { name: 'linux' }, { name: 'n1' }],
      },
    ],
  });
});

test('a second agent of the same name is refused, unless it is the same one coming back', async () => {
  const it = await start();
  const options = { port: it.agentPort, name: 'n1', secret: secretOf(it) };
  const first = fakeAgent(options);
  await it.until(() => first.welcomed);
  const second = fakeAgent(options);
  await it.until(() => second.closed);
  expect(second.refusal).toContain('already connected');
  const again = fakeAgent({ ...options, cookie: first.cookie });
  await it.until(() => again.welcomed && first.closed);
  expect(it.controller.nodes.get('n1')?.online).toBe(true);
});

test('an agent that no longer answers pings is lost', async () => {
  const it = await start();
  const options = { port: it.agentPort, name: 'n1', secret: secretOf(it) };
  const agent = fakeAgent({ ...options, answersPings: false });
  await it.until(() => agent.welcomed);
  await it.clock.advance(300_000);
  await it.until(() => agent.pings() === 1);
  expect(it.controller.nodes.get('n1')?.online).toBe(true);
  await it.clock.advance(240_000);
  await it.until(() => agent.closed);
  expect(await it.get('/computer/n1/api/json')).toMatchObject({
    offline: true,
    offlineCause: { _class: 'hudson.slaves.OfflineCause$ChannelTermination' },
  });
});

test('secrets are the same after a restart and differ between nodes; their key is private', async () => {
  const before = await start();
  const secret = secretOf(before);
  expect(before.controller.nodes.secret('n2')).not.toBe(secret);
  const key = join(before.home, 'secrets/jenkins.slaves.JnlpSlaveAgentProtocol.secret');
  expect(statSync(key).mode & 0o777).toBe(0o600);
  expect(secret).not.toContain(readFileSync(key, 'utf8'));
  const after = await start(withNode, { home: before.home });
  expect(secretOf(after)).toBe(secret);
});

test('the launch file tells the secret to the administrator, and to others only encrypted with it', async () => {
  const it = await start();
  for (const name of ['jenkins-agent.jnlp', 'slave-agent.jnlp']) {
    const path = `/computer/n1/${name}`;
    expect((await it.ask(path)).status).toBe(403);
    const plain = (await it.ask(path, { headers: asAdmin })).body;
    expect(plain).toContain(`<argument>${secretOf(it)}</argument>`);
    expect(plain).toContain('<argument>n1</argument>');
    const answer = await fetch(`${it.base}${path}?encrypt=true`);
    const bytes = Buffer.from(await answer.arrayBuffer());
    const key = Buffer.from(secretOf(it).slice(0, 32), 'hex');
    const cipher = createDecipheriv('aes-128-cfb8', key, bytes.subarray(0, 16));
    expect(cipher.update(bytes.subarray(16)).toString('utf8')).toBe(plain);
  }
});

test('a node taken offline by hand takes no builds and says who did it', async () => {
  const it = await start();
  const agent = fakeAgent({ port: it.agentPort, name: 'n1', secret: secretOf(it) });
  await it.until(() => agent.welcomed);
  await it.post('/computer/n1/toggleOffline?offlineMessage=disk');
  expect(await it.get('/computer/n1/api/json')).toMatchObject({
    ...{ offline: true, temporarilyOffline: true },
    offlineCauseReason: 'Disconnected by admin : disk',
  });
  await it.post('/createItem?name=canary', { body: jobXml(), headers: xml });
  await it.post('/job/canary/build?delay=0sec');
  await it.clock.advance(10_000);
  expect(agent.asked).toEqual([]);
  await it.post('/computer/n1/toggleOffline');
  await it.until(() => agent.asked.length === 1);
});

test('a deleted node is gone and its agent is sent away', async () => {
  const it = await start();
  const agent = fakeAgent({ port: it.agentPort, name: 'n1', secret: secretOf(it) });
  await it.until(() => agent.welcomed);
  expect((await it.post('/computer/n1/doDelete')).status).toBe(302);
  await it.until(() => agent.closed);
  expect((await it.ask('/computer/n1/api/json', { headers: asAdmin })).status).toBe(404);
});

test('the listener is announced only while it listens, with what a proxy needs', async () => {
  const property = '-Dhudson.TcpSlaveAgentListener';
  const env = { JAVA_OPTS: `${property}.hostName=ci.example ${property}.port=31500` };
  const it = await start(secured, { env });
  expect((await it.ask('/tcpSlaveAgentListener/')).status).not.toBe(200);
  it.controller.agentPort = 50000;
  const { headers } = await it.ask('/tcpSlaveAgentListener/');
  expect(headers).toMatchObject({
    'x-jenkins-jnlp-host': 'ci.example',
    'x-jenkins-jnlp-port': '31500',
  });
});

test('a reload adds and removes nodes and leaves the connections of others alone', async () => {
  const it = await start();
  const agent = fakeAgent({ port: it.agentPort, name: 'n1', secret: secretOf(it) });
  await it.until(() => agent.welcomed);
  const more = withNode.replace(
    /( +)- permanent: .*\n/,
    (line) => `${line}${line.replace('n1', 'n2')}`,
  );
  writeFileSync(join(it.home, 'casc.yaml'), more);
  await it.post('/configuration-as-code/reload');
  const names = () => it.controller.nodes.list().map(({ name, online }) => [name, online]);
  expect(names()).toEqual([
    ['n1', true],
    ['n2', false],
  ]);
  writeFileSync(join(it.home, 'casc.yaml'), secured);
  await it.post('/configuration-as-code/reload');
  expect(names()).toEqual([]);
});
