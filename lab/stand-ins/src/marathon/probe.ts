import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:net';
import type { Probe, Target } from './core/probe.ts';

export const probe: Probe = (target) =>
  target.protocol === 'tcp' ? probeTcp(target) : probeHttp(target);

function probeHttp(target: Target): Promise<string | undefined> {
  const { protocol, host, port, path, timeoutMs } = target;
  const send = protocol === 'https' ? httpsRequest : httpRequest;
  return new Promise((resolve) => {
    const asked = send({ host, port, path, rejectUnauthorized: false, agent: false });
    asked.setTimeout(timeoutMs, () => {
      asked.destroy(new Error(`no answer within ${timeoutMs} ms`));
    });
    asked.on('response', (answer) => {
      answer.resume();
      const status = answer.statusCode ?? 0;
      const good = target.goodStatuses?.includes(status) ?? (status >= 200 && status < 400);
      resolve(good ? undefined : `${status} ${answer.statusMessage ?? ''}`);
    });
    asked.on('error', (error) => {
      resolve(error.message);
    });
    asked.end();
  });
}

function probeTcp({ host, port, timeoutMs }: Target): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: timeoutMs });
    const end = (cause: string | undefined) => {
      socket.destroy();
      resolve(cause);
    };
    socket.on('connect', () => {
      end(undefined);
    });
    socket.on('timeout', () => {
      end(`no connection within ${timeoutMs} ms`);
    });
    socket.on('error', (error) => {
      end(error.message);
    });
  });
}
