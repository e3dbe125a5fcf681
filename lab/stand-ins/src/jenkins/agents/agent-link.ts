import type { Socket } from 'node:net';
import type { Clock } from '../../shared/clock.ts';
import { ChannelClosed, type BuildAgent, type FileRequest, type Script } from './build-agent.ts';
import { frame, kinds, type Fields } from './frames.ts';

/** `hudson.slaves.ChannelPinger`: how often, and after how long without an answer the agent is lost. */
export interface PingTimes {
  readonly intervalMs: number;
  readonly timeoutMs: number;
}

interface LinkOptions {
  readonly name: string;
  readonly root: string;
  readonly cookie: string;
  readonly socket: Socket;
  readonly clock: Clock;
  readonly ping: PingTimes;
}

interface Pending {
  readonly onChunk: (chunk: Buffer) => void;
  readonly resolve: (status: number) => void;
  readonly reject: (error: Error) => void;
}

/** One connected agent. */
export class AgentLink implements BuildAgent {
  readonly root: string;
  readonly cookie: string;
  readonly #name: string;
  readonly #socket: Socket;
  readonly #pending = new Map<number, Pending>();
  readonly #stopPings: () => void;
  #cancelPingTimeout: (() => void) | undefined;
  #nextId = 1;
  #closed = false;

  constructor({ name, root, cookie, socket, clock, ping }: LinkOptions) {
    this.#name = name;
    this.root = root;
    this.cookie = cookie;
    this.#socket = socket;
    this.#stopPings = clock.every(ping.intervalMs, () => {
      this.#send(frame(kinds.ping));
      this.#cancelPingTimeout ??= clock.after(ping.timeoutMs, () => {
        this.close();
      });
    });
    socket.once('close', () => {
      this.lost();
    });
  }

  run({ text, path, workspace, env, onOutput, signal }: Script): Promise<number> {
    const variables = Object.entries(env);
    const id = this.#nextId++;
    const request = frame(
      kinds.run,
      ...[id, workspace, path, text, variables.length],
      ...variables.flat(),
    );
    const kill = () => {
      this.#send(frame(kinds.kill, id));
    };
    signal.addEventListener('abort', kill);
    return this.#ask(id, request, onOutput).finally(() => {
      signal.removeEventListener('abort', kill);
    });
  }

  async list(workspace: string): Promise<readonly string[]> {
    const chunks: Buffer[] = [];
    const id = this.#nextId++;
    await this.#ask(id, frame(kinds.list, id, workspace), (chunk) => chunks.push(chunk));
    const names = Buffer.concat(chunks).toString('utf8').split('\n');
    return names.filter((name) => name !== '');
  }

  async fetch({ workspace, path, onChunk }: FileRequest): Promise<void> {
    const id = this.#nextId++;
    await this.#ask(id, frame(kinds.fetch, id, workspace, path), onChunk);
  }

  close(): void {
    this.#socket.destroy();
    this.lost();
  }

  received(fields: Fields): void {
    if (fields.kind === kinds.ping) this.#send(frame(kinds.pong));
    if (fields.kind === kinds.pong) this.#answered();
    if (fields.kind === kinds.data) this.#pending.get(fields.number())?.onChunk(fields.bytes());
    if (fields.kind === kinds.end) this.#ended(fields);
  }

  lost(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#stopPings();
    this.#answered();
    for (const { reject } of this.#pending.values()) reject(this.#closedError());
    this.#pending.clear();
  }

  #answered(): void {
    this.#cancelPingTimeout?.();
    this.#cancelPingTimeout = undefined;
  }

  #ended(fields: Fields): void {
    const id = fields.number();
    const pending = this.#pending.get(id);
    const status = fields.number();
    const error = fields.text();
    this.#pending.delete(id);
    if (error === '') pending?.resolve(status);
    else pending?.reject(new Error(error));
  }

  #ask(id: number, request: Buffer, onChunk: (chunk: Buffer) => void): Promise<number> {
    return new Promise((resolve, reject) => {
      if (this.#closed) {
        reject(this.#closedError());
        return;
      }
      this.#pending.set(id, { onChunk, resolve, reject });
      this.#send(request);
    });
  }

  #send(bytes: Buffer): void {
    if (!this.#closed) this.#socket.write(bytes);
  }

  #closedError(): ChannelClosed {
    return new ChannelClosed(
      `Channel "hudson.remoting.Channel:${this.#name}": Remote call on ${this.#name} failed. The channel is closing down or has closed down`,
    );
  }
}
