import type { AddressInfo, Server, Socket } from 'node:net';
import ssh2 from 'ssh2';
import type { Connection, ServerChannel, Session } from 'ssh2';
import { createKeyPair } from '../support/ssh-keys.ts';
import type { KeyPair } from '../support/ssh-keys.ts';
import type { Machine, Running } from './host/machine.ts';
import type { Services } from './host/services.ts';
import { createLine, type Line } from './line.ts';

/** Where a run is when something happens to it. */
export interface Point {
  readonly host: string;
  /** Number of the exec on the host, from 0. */
  readonly exec: number;
  /** Lines of its output that have been sent; 0 is before it starts. */
  readonly marker: number;
}

/** What a fault can do to the command that runs at its point. */
export interface Moment {
  readonly point: Point;
  /** The command as it came over the wire. */
  readonly command: string;
  readonly line: Line;
  readonly machine: Machine;
  readonly channel: ServerChannel;
  /** Undefined before its start. */
  readonly running: Running | undefined;
  /** How the command goes on from here; changed by faults. */
  readonly course: Course;
}

export interface Course {
  /** Not started at all. */
  unstarted: boolean;
  /** Its further output goes nowhere. */
  mute: boolean;
  /** At the end: the exit code and nothing more, or the connection is cut without a word. */
  end: 'as usual' | 'exit without close' | 'cut';
  /** Bytes of its input that get through; then the input ends. */
  inputBytes: number;
  /** After so many bytes of input the connection is reset. */
  resetAfterBytes: number;
}

export interface SshdOptions {
  readonly machine: Machine;
  readonly services: Services;
  /** Called before each exec and after each marker. */
  readonly onMoment: (moment: Moment) => void;
  /** Refuses a session or forward. */
  readonly refuses: () => boolean;
  /** Refuses a key. */
  readonly locked: () => boolean;
}

export interface Sshd extends AsyncDisposable {
  readonly hostKey: KeyPair;
  readonly line: Line;
  /** Command lines as they came over the wire. */
  readonly commands: readonly string[];
  /** Commands that run now. */
  readonly running: () => number;
  /** Settles when no command runs any more; false if some still do after the time. */
  readonly idle: (withinMs: number) => Promise<boolean>;
}

/** sshd of a throw-away host, behind a line that faults can happen to. */
export async function startSshd(options: SshdOptions): Promise<Sshd> {
  const hostKey = hostKeyOf(options.machine.name);
  const state: State = { execs: 0, commands: [], running: new Set() };
  const server = new ssh2.Server({ hostKeys: [hostKey.privateText] });
  server.on('connection', (connection: Connection & { _sock?: Socket }) => {
    connection._sock?.setNoDelay(true);
    serve(connection, options, state);
  });
  await listening(server);
  const line = await createLine((server.address() as AddressInfo).port);
  lines.set(options, line);
  return {
    hostKey,
    line,
    commands: state.commands,
    running: () => state.running.size,
    idle: async (withinMs) => {
      const all = Promise.all([...state.running]).then(() => true);
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<boolean>((resolve) => {
        timer = setTimeout(resolve, withinMs, false);
      });
      const outcome = await Promise.race([all, late]);
      clearTimeout(timer);
      return outcome;
    },
    [Symbol.asyncDispose]: async () => {
      await line[Symbol.asyncDispose]();
      await new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
      });
    },
  };
}

/** Of each server, for what happens inside its connections. */
const lines = new WeakMap<SshdOptions, Line>();

/** Making a key takes longer than a handshake; a name keeps its key. */
const keys = new Map<string, KeyPair>();

function hostKeyOf(name: string): KeyPair {
  const key = keys.get(name) ?? createKeyPair();
  keys.set(name, key);
  return key;
}

function listening(server: Server): Promise<void> {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
}

interface State {
  execs: number;
  readonly commands: string[];
  readonly running: Set<Promise<void>>;
}

function serve(connection: Connection, options: SshdOptions, state: State): void {
  connection.on('error', () => undefined);
  connection.on('authentication', (context) => {
    if (context.method !== 'publickey' || options.locked()) context.reject(['publickey']);
    else context.accept();
  });
  connection.on('session', (accept, refuse) => {
    if (options.refuses()) {
      refuse();
      return;
    }
    serveSession(accept(), options, state);
  });
  connection.on('tcpip', (accept, refuse, { destIP, destPort }) => {
    if (options.refuses()) {
      refuse();
      return;
    }
    const { machine, services } = options;
    void services.listens(machine.name, destIP, destPort).then((isOpen) => {
      if (!isOpen) refuse();
      else services.serve(machine.name, { address: destIP, port: destPort }, accept());
    });
  });
}

function serveSession(session: Session, options: SshdOptions, state: State): void {
  session.on('exec', (accept, refuse, { command }) => {
    const exec = state.execs;
    state.execs += 1;
    state.commands.push(command);
    if (options.refuses()) {
      refuse();
      return;
    }
    const work = execute(accept(), command, { options, exec });
    state.running.add(work);
    void work.then(() => state.running.delete(work));
  });
}

interface Place {
  readonly options: SshdOptions;
  readonly exec: number;
}

/** As sshd does it: pipes, no terminal; a lost connection closes the pipes and kills nobody. */
function execute(channel: ServerChannel, command: string, { options, exec }: Place): Promise<void> {
  const { machine } = options;
  const line = lines.get(options)!;
  const course: Course = {
    ...{ unstarted: false, mute: false, end: 'as usual' },
    ...{ inputBytes: Infinity, resetAfterBytes: Infinity },
  };
  const tell = (marker: number, running: Running | undefined): void => {
    const point = { host: machine.name, exec, marker };
    options.onMoment({ point, command, line, machine, channel, running, course });
  };
  channel.on('error', () => undefined);
  tell(0, undefined);
  if (course.unstarted) {
    channel.resume();
    return Promise.resolve();
  }
  const running = machine.exec(command);
  const { child } = running;
  feed(channel, running, { course, line });
  channel.on('close', () => {
    child.stdin.destroy();
    child.stdout.destroy();
    child.stderr.destroy();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    if (!course.mute) channel.stderr.write(chunk);
  });
  const rest = markLines(child.stdout, (text, marker) => {
    if (!course.mute) channel.write(Buffer.from(text, 'latin1'));
    if (marker !== undefined) tell(marker, running);
  });
  child.on('exit', (code, signal) => {
    if (course.mute || course.end === 'cut') return;
    if (signal === null) channel.exit(code ?? 0);
    else channel.exit(signal.replace('SIG', ''), false, '');
  });
  return new Promise((resolve) => {
    child.on('close', () => {
      if (!course.mute) channel.write(Buffer.from(rest(), 'latin1'));
      if (course.end === 'cut') line.cut();
      else if (!course.mute && course.end === 'as usual') channel.close();
      channel.resume();
      resolve();
    });
  });
}

/** Input for the command, as far as the course lets it through. */
function feed(
  channel: ServerChannel,
  { child }: Running,
  { course, line }: { readonly course: Course; readonly line: Line },
): void {
  let seen = 0;
  child.stdin.on('error', () => undefined);
  channel.on('data', (chunk: Buffer) => {
    const room = Math.max(0, course.inputBytes - seen);
    seen += chunk.length;
    if (room > 0) child.stdin.write(chunk.subarray(0, room));
    if (seen >= course.inputBytes) child.stdin.end();
    if (seen >= course.resetAfterBytes) line.reset();
  });
  channel.on('end', () => child.stdin.end());
}

/**
 * A line at a time, so that a fault after a marker finds nothing sent behind it. Every line is a
 * marker but those of facts. Returns what is left at the end.
 */
function markLines(
  stdout: NodeJS.ReadableStream,
  onLine: (text: string, marker: number | undefined) => void,
): () => string {
  let rest = '';
  let markers = 0;
  let isFacts: boolean | undefined;
  stdout.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString('latin1')).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      isFacts ??= line.startsWith('facts\t');
      if (!isFacts) markers += 1;
      onLine(`${line}\n`, isFacts ? undefined : markers);
    }
  });
  return () => rest;
}
