import type { Reply } from '../../../src/shared/http-client.ts';
import type { FakeClock } from '../../shared/support/fake-clock.ts';
import { renamed } from './answers.ts';
import { compare } from './compare.ts';
import { Connection, send } from './connection.ts';
import { learn } from './learn.ts';
import { recordedLines, type RecordedEvent, type RecordedLine } from './recorded.ts';
import { pass, until } from './site.ts';
import { tallies } from './tally.ts';

type Act = (replay: Replay) => void | Promise<void>;

/** A line of the recording, or something to do without one. */
type Line = RecordedLine & { readonly act?: Act };

export interface ReplayOptions {
  readonly clock: FakeClock;
  /** By recorded port; without one: where the leader is. */
  readonly urlOf: (port: number | undefined) => string;
  /** What the recorder did besides calling, by its note, before (`at` the time of) the next line. */
  readonly notes?: Readonly<Record<string, Act>>;
  /** What else happened, at which second. */
  readonly happened?: readonly (readonly [at: number, act: Act])[];
  /** Events that other recordings caused, which ran beside this one. */
  readonly ignores?: (line: RecordedLine) => boolean;
}

/** How long an event may come later than recorded: an allocation starts with another phase here. */
const patienceMs = 1500;

/** Sends what was sent, when it was sent, and matches what came. */
export class Replay {
  readonly connections = new Map<string, Connection>();
  /** Recorded ids → ours, learnt from what was matched. */
  readonly names = new Map<string, string>();
  readonly faults: string[] = [];
  readonly #name: string;
  readonly #lines: readonly Line[];
  readonly #options: ReplayOptions;
  readonly #replies = new Map<string, Reply[]>();
  readonly #used = new Map<string, Set<RecordedEvent>>();
  #awaited: { readonly line: RecordedLine; readonly at: number }[] = [];
  #startMs = 0;

  constructor(name: string, options: ReplayOptions) {
    this.#name = name;
    this.#options = options;
    const { ignores = () => false, happened = [] } = options;
    const lines = recordedLines(name).filter((line) => !ignores(line));
    const acts = happened.map(([at, act]) => ({ at, act }));
    this.#lines = [...lines, ...acts].sort((a, b) => a.at - b.at);
    tallies.master.expect(this.#lines.filter(isAnswer).length);
  }

  async run(): Promise<string[]> {
    const { clock } = this.#options;
    this.#startMs = clock.now();
    for (const line of this.#lines) await this.#play(line);
    await this.#settle(patienceMs);
    for (const { line } of this.#awaited) this.#report(line, 'did not come');
    for (const connection of this.connections.values()) connection.close();
    return this.faults;
  }

  connection(name: string): Connection {
    const known = this.connections.get(name) ?? new Connection();
    this.connections.set(name, known);
    return known;
  }

  /** A stretch of recorded time that other means than calls filled. */
  async subscribe(name: string, body: object, port?: number): Promise<void> {
    const text = renamed(JSON.stringify(body), this.names);
    await this.connection(name).open(this.#options.urlOf(port), JSON.parse(text) as object);
  }

  /** For a subscription that the recorder did not write down: its calls name the stream. */
  adoptStream(name: string): void {
    const stream = this.#lines.find((line) => line.on === name && line.send !== undefined)?.stream;
    const ours = this.connection(name).headers['mesos-stream-id'];
    if (typeof stream === 'string') this.names.set(stream, String(ours));
  }

  async #play(line: Line): Promise<void> {
    if (line.event !== undefined || line.closed !== undefined) {
      this.#awaited.push({ line, at: line.at });
      return;
    }
    await this.#reach(line);
    await line.act?.(this);
    await this.#options.notes?.[line.note ?? '']?.(this);
    await this.#exchange(line);
  }

  async #exchange(line: Line): Promise<void> {
    const on = line.on ?? '';
    if (line.subscribe !== undefined) await this.subscribe(on, line.subscribe, line.port);
    else if (line.send !== undefined) await this.#send(on, line);
    else if (line.reply !== undefined) this.#compareReply(on, line);
    else if (line.body !== undefined) await this.#compareText(on, line);
    else if (line.headers !== undefined) this.#compareHeaders(on, line);
  }

  /** Up to the recorded moment, and a little on while something recorded before has not come yet. */
  async #reach({ at, reply, headers, body }: RecordedLine): Promise<void> {
    if (reply !== undefined || headers !== undefined || body !== undefined) return;
    const { clock } = this.#options;
    const dueMs = this.#startMs + at * 1000 - clock.now();
    await pass(clock, dueMs);
    await this.#settle(patienceMs);
  }

  async #settle(limitMs: number): Promise<void> {
    const { clock } = this.#options;
    const before = clock.now();
    await until(clock, () => this.#matchAll(), limitMs);
    // Later by so much than recorded: so is all that follows.
    this.#startMs += clock.now() - before;
  }

  #matchAll(): boolean {
    this.#awaited = this.#awaited.filter(({ line }) => !this.#match(line));
    return this.#awaited.length === 0;
  }

  #match(line: RecordedLine): boolean {
    const connection = this.connection(line.on ?? '');
    if (line.closed !== undefined) {
      if (connection.closed === undefined) return false;
      this.#compare(line, { closed: line.closed }, { closed: connection.closed });
      return true;
    }
    const used = this.#used.get(line.on ?? '') ?? new Set();
    this.#used.set(line.on ?? '', used);
    const match = connection.events.find((one) => !used.has(one) && isSame(line.event, one));
    if (match === undefined) return false;
    used.add(match);
    learn(this.names, line.event, match);
    this.#compare(line, line.event, match);
    return true;
  }

  async #send(on: string, line: RecordedLine): Promise<void> {
    const later = this.#lines.slice(this.#lines.indexOf(line));
    const next = later.find((one) => one.on === on && one.reply !== undefined);
    // The recorder did not write down whom it asked: only standbys redirect.
    const url = this.#options.urlOf(next?.reply === 307 ? 5152 : undefined);
    const stream = line.stream ?? undefined;
    const reply = await send(url, {
      body: renamed(line.send ?? '', this.names),
      contentType: line.contentType ?? '',
      ...(stream === undefined ? {} : { stream: this.names.get(stream) ?? stream }),
    });
    this.#replies.set(on, [...(this.#replies.get(on) ?? []), reply]);
  }

  #compareReply(on: string, line: RecordedLine): void {
    const reply = this.#replies.get(on)?.shift();
    const real = { status: line.reply, body: line.body, headers: withoutPorts(line.headers ?? {}) };
    const headers = Object.keys(line.headers ?? {}).map((key) => [key, reply?.headers[key]]);
    this.#compare(line, renamedIn(real, this.names), {
      status: reply?.status,
      body: reply?.body,
      headers: withoutPorts(Object.fromEntries(headers) as Record<string, unknown>),
    });
  }

  async #compareText(on: string, line: RecordedLine): Promise<void> {
    const connection = this.connection(on);
    await until(this.#options.clock, () => connection.closed !== undefined, patienceMs);
    this.#compare(line, { text: line.body }, { text: connection.text });
  }

  #compareHeaders(on: string, line: RecordedLine): void {
    const { stream, ...headers } = line.headers ?? {};
    const ours = this.connection(on).headers;
    if (typeof stream === 'string') this.names.set(stream, String(ours['mesos-stream-id']));
    const same = Object.keys(headers).map((key) => [key, ours[key]]);
    this.#compare(
      line,
      withoutPorts(headers),
      withoutPorts(Object.fromEntries(same) as Record<string, unknown>),
    );
  }

  #compare(line: RecordedLine, real: unknown, ours: unknown): void {
    const name = `${this.#name} ${line.on ?? ''} +${line.at}`;
    this.faults.push(...tallies.master.add(name, compare(real, ours)));
  }

  #report(line: RecordedLine, fault: string): void {
    const what = JSON.stringify(line.event ?? line.closed).slice(0, 160);
    const keys = compare(line.event ?? line, undefined).keys;
    const differences = [`${what} ${fault}`];
    const name = `${this.#name} ${line.on ?? ''} +${line.at}`;
    this.faults.push(...tallies.master.add(name, { keys, covered: 0, differences }));
  }
}

function isAnswer(line: Line): boolean {
  return (
    line.act === undefined &&
    line.note === undefined &&
    line.subscribe === undefined &&
    line.send === undefined
  );
}

/** Same kind of event about the same thing. */
function isSame(real: RecordedEvent | undefined, ours: RecordedEvent): boolean {
  if (real?.type !== ours.type) return false;
  return JSON.stringify(subject(real)) === JSON.stringify(subject(ours));
}

function subject({ update }: RecordedEvent): unknown {
  const { status } = (update ?? {}) as { status?: Record<string, unknown> };
  return status === undefined ? [] : [status['task_id'], status['state'], status['reason']];
}

function withoutPorts(headers: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(headers).map(([key, value]) => [
      key,
      typeof value === 'string' ? value.replace(/^(\/\/[^:/]+):\d+/, '$1') : value,
    ]),
  );
}

function renamedIn(value: unknown, names: ReadonlyMap<string, string>): unknown {
  return JSON.parse(renamed(JSON.stringify(value), names)) as unknown;
}
