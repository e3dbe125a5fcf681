import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fakeAgent, type Asked, type FakeAgent } from '../jenkins/support/fake-agent.ts';
import { asAdmin, withNode } from '../jenkins/support/jenkins.ts';
import { jobXml, parameter } from '../jenkins/support/jobs.ts';
import { freePort, startStandIn, untilAnswers, type RunningProgram } from './support/program.ts';
import { runPython } from './support/python.ts';

/** A client that many teams' scripts use runs through its calls; an inbound build agent does what it is asked. */
let folder: string;
let program: RunningProgram;
let agent: FakeAgent;
let ending: NodeJS.Timeout;
let said: Readonly<Record<string, { readonly result?: unknown; readonly error?: string }>>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'judge-python-jenkins-'));
  mkdirSync(join(folder, 'home'));
  const [httpPort, agentPort] = [await freePort(), await freePort()];
  const url = `http://127.0.0.1:${httpPort}/ci`;
  writeFileSync(join(folder, 'casc.yaml'), configuration(url));
  program = startStandIn('jenkins', ['--httpListenAddress=127.0.0.1'], {
    JENKINS_HOME: join(folder, 'home'),
    CASC_JENKINS_CONFIG: join(folder, 'casc.yaml'),
    JENKINS_OPTS: `--httpPort=${httpPort} --prefix=/ci`,
    JAVA_OPTS: `-Djenkins.model.Jenkins.slaveAgentPort=${agentPort}`,
  });
  await untilAnswers(program, `${url}/login`, (status) => status === 200);
  agent = fakeAgent({ port: agentPort, name: 'n1', secret: await secretOf(url), run: done });
  ending = setInterval(endKilled, 50);
  const configs = JSON.stringify({
    plain: jobXml({ shells: ['SHELL'] }),
    asking: jobXml({ properties: parameter('WHO', 'nobody') }),
  });
  said = (await runPython('jenkins_client.py', [url, 'admin', 'secret'], configs)) as typeof said;
});

afterAll(async () => {
  clearInterval(ending);
  agent.close();
  await program.stop();
  rmSync(folder, { recursive: true });
});

/** Nobody waits for a second change here. */
function configuration(url: string): string {
  const withUrl = withNode.replace('http://ci.example/ci', url);
  return withUrl.replace('  numExecutors: 0', '  numExecutors: 0\n  quietPeriod: 0');
}

async function secretOf(url: string): Promise<string> {
  const reply = await fetch(`${url}/computer/n1/jenkins-agent.jnlp`, { headers: asAdmin });
  const secret = /<argument>([0-9a-f]{64})<\/argument>/.exec(await reply.text())?.[1];
  if (secret === undefined) throw new Error('the launch file has no secret');
  return secret;
}

/** What the shell step says decides; undefined: it goes on until it is killed. */
function done({ text, env }: Asked): { output: string; status: number } | undefined {
  if (text.includes('hang')) return undefined;
  const output = `hello ${env['WHO'] ?? 'stranger'} from build ${env['BUILD_NUMBER'] ?? ''}\n`;
  return { output, status: text.includes('fail') ? 3 : 0 };
}

function endKilled(): void {
  for (const id of agent.killed.splice(0)) agent.end(id, 143);
}

function result(step: string): unknown {
  expect(said[step], step).not.toHaveProperty('error');
  return said[step]?.result;
}

describe('python3-jenkins', () => {
  test('knows which Jenkins that is, who it is there, and that a wrong password is none', () => {
    expect(result('version')).toMatch(/^2\.\d+/);
    expect(result('whoami')).toBe('admin');
    expect(result('wrong password')).toContain('Possibly authentication failed [401]');
    expect(Array.isArray(result('plugins'))).toBe(true);
    expect(result('views')).toContain('all');
  });

  test('sees the nodes', () => {
    expect(result('nodes')).toContainEqual({ name: 'n1', offline: false });
    expect(result('node')).toMatchObject({ displayName: 'n1', idle: true, jnlpAgent: true });
  });

  test('creates a job, and no second one of that name', () => {
    result('create_job');
    expect(said['create_job again']?.error).toBe('JenkinsException: job[demo] already exists');
    expect(result('job_exists')).toEqual([true, false]);
    expect(result('get_job_config')).toBe(true);
    expect(result('jobs')).toEqual([1, ['demo']]);
  });

  test('builds it, follows it from the queue to its end, and reads what it said', () => {
    expect(result('build')).toMatchObject({ number: 1, result: 'SUCCESS', builtOn: 'n1' });
    expect(result('console')).toMatch(/hello stranger from build 1[^]*Finished: SUCCESS/);
  });

  test('hands parameters over', () => {
    const actions = expect.arrayContaining([
      expect.objectContaining({
        parameters: [expect.objectContaining({ name: 'WHO', value: 'me' })],
      }),
    ]) as unknown;
    expect(result('build with parameters')).toMatchObject({ number: 1, actions });
    expect(agent.asked[1]?.env).toMatchObject({ WHO: 'me' });
    expect(said['without parameters']?.error).toContain('400 Client Error');
  });

  test('changes it, and sees it fail', () => {
    result('reconfig_job');
    expect(result('failing build')).toBe('FAILURE');
    expect(result('get_job_info')).toMatchObject({
      name: 'demo',
      color: 'red',
      lastBuild: { number: 2 },
      lastSuccessfulBuild: { number: 1 },
      builds: [{ number: 2 }, { number: 1 }],
    });
  });

  test('sees a build run, and stops it', () => {
    expect(result('stopped build')).toMatchObject({
      building: true,
      result: 'ABORTED',
      console: expect.stringContaining('Aborted by admin') as string,
    });
  });

  test('takes a node away and back; what waits meanwhile says why, and can be cancelled', () => {
    expect(result('waiting item')).toEqual({
      offline: [true, 'Disconnected by admin : away'],
      why: expect.stringContaining('n1') as string,
      queued: true,
      cancelled: true,
      back: true,
    });
  });

  test('disables, enables and copies a job', () => {
    result('disable_job');
    expect(result('disabled')).toBe(false);
    result('enable_job');
    result('copy_job');
  });

  test('deletes a job and a node', () => {
    result('delete_job');
    expect(said['job is gone']?.error).toContain('does not exist');
    result('delete_node');
    result('quiet_down');
  });

  test('has faults of its own (1.4), which a real Jenkins meets as well', () => {
    // Its body is where the headers belong, and the crumb is to go into those.
    expect(said['delete_build']?.error).toContain(
      "'bytes' object does not support item assignment",
    );
    // It knows the node under the name that it had before 2.307.
    expect(said['running builds']?.error).toContain('node[Built-In Node] does not exist');
  });

  test('finds these calls missing, and only these', () => {
    const meant = ['create_job again', 'without parameters', 'job is gone'];
    const itsOwn = ['delete_build', 'running builds'];
    const missing = Object.entries(said)
      .filter(([name, { error }]) => error !== undefined && ![...meant, ...itsOwn].includes(name))
      .map(([name]) => name);
    expect(missing).toEqual(['rename_job', 'create_node']);
  });
});
