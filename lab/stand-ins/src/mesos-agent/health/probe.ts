import { get as httpGet, type IncomingMessage } from 'node:http';
import { get as httpsGet } from 'node:https';
import { connect } from 'node:net';
import type { CommandInfo, HealthCheck } from '../../shared/mesos.ts';
import { withDeadline } from '../../shared/clock.ts';
import type { TaskRun } from '../task-run.ts';
import type { HealthProbe } from './health-checks.ts';

type Exec = (run: TaskRun, argv: readonly string[]) => Promise<number>;

/** Default of HealthCheck in mesos.proto (1.11). */
const defaultTimeoutSeconds = 20;
const longestTimeoutMs = 2 ** 31 - 1;
const mostRedirects = 10;

/**
 * Mesos enters the network of the task and asks 127.0.0.1. From here a task on a network of its own is asked at its
 * address instead: one that listens on its loopback only is healthy there and not here.
 */
export function healthProbe(exec: Exec): HealthProbe {
  return async (run, check) => {
    const seconds = check.timeout_seconds ?? defaultTimeoutSeconds;
    const timeoutMs = seconds === 0 ? longestTimeoutMs : seconds * 1000;
    try {
      const asked = ask(run, check, { exec, timeoutMs });
      await withDeadline(asked, timeoutMs, `no answer within ${seconds} s`);
      return undefined;
    } catch (fault) {
      return fault instanceof Error ? fault.message : String(fault);
    }
  };
}

interface Means {
  readonly exec: Exec;
  readonly timeoutMs: number;
}

function ask(run: TaskRun, check: HealthCheck, { exec, timeoutMs }: Means): Promise<void> {
  const { http, tcp, command } = check;
  if (http !== undefined) {
    const { scheme = 'http', port, path = '' } = http;
    return askHttp(new URL(`${scheme}://${hostOf(run)}:${port}${path}`), timeoutMs, 0);
  }
  if (tcp !== undefined) return askTcp(hostOf(run), tcp.port);
  if (command !== undefined) return askCommand(run, command, exec);
  return Promise.reject(new Error('Health check type is not set'));
}

function hostOf({ task, ipAddress }: TaskRun): string {
  const network = task.container?.docker?.network ?? 'HOST';
  return network === 'HOST' ? '127.0.0.1' : (ipAddress ?? '127.0.0.1');
}

/** As `curl -L -k` does. */
async function askHttp(url: URL, timeoutMs: number, redirects: number): Promise<void> {
  const { statusCode = 0, headers } = await answer(url, timeoutMs);
  const target = headers.location;
  if (statusCode >= 300 && statusCode < 400 && target !== undefined && redirects < mostRedirects) {
    await askHttp(new URL(target, url), timeoutMs, redirects + 1);
  } else if (statusCode < 200 || statusCode >= 400) {
    throw new Error(`Unexpected HTTP response code: ${statusCode}`);
  }
}

function answer(url: URL, timeoutMs: number): Promise<IncomingMessage> {
  const get = url.protocol === 'https:' ? httpsGet : httpGet;
  return new Promise((resolve, reject) => {
    const request = get(url, { rejectUnauthorized: false, agent: false }, (response) => {
      response.resume();
      resolve(response);
    });
    request.setTimeout(timeoutMs, () => {
      request.destroy(new Error(`no answer within ${timeoutMs} ms`));
    });
    request.on('error', reject);
  });
}

function askTcp(host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, host, () => {
      socket.destroy();
      resolve();
    });
    socket.on('error', reject);
  });
}

async function askCommand(run: TaskRun, command: CommandInfo, exec: Exec): Promise<void> {
  const { shell = true, value = '', arguments: args = [] } = command;
  const code = await exec(run, shell ? ['sh', '-c', value] : [value, ...args.slice(1)]);
  if (code !== 0) throw new Error(`Command returned exited with status ${code}`);
}
