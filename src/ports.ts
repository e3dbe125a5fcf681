import type { Secret } from './secret.ts';

/** A command as a list; becomes text in exactly one function, `quote` in `adapters/quote.ts`. */
export type Argv = readonly [string, ...string[]];

/** What is written to a process: text as UTF-8, bytes as they are, secrets revealed by the adapter. */
export type Input = readonly (string | Uint8Array | Secret)[];

/** How a process ended. `exitCode` is undefined when a signal or the end of the connection ended it. */
export interface Ran {
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  /** At most `outputLimit` bytes each; the rest is dropped and `truncated` says so. */
  readonly stdout: string;
  readonly stderr: string;
  readonly truncated: boolean;
}

export interface RunOptions {
  readonly input?: Input | undefined;
  /** Bound on the whole run. When it passes the channel is closed and RESULT_UNKNOWN is thrown. */
  readonly deadlineMs: number;
  readonly signal?: AbortSignal | undefined;
  /**
   * Called for each complete line of stdout as it comes. With it, stdin stays open after the input
   * until the process ends: the remote script takes the end of stdin as the wish to stop.
   */
  readonly onLine?: ((line: string) => void) | undefined;
  /** Lines go to `onLine` alone and the result has none of them: for what runs for hours. */
  readonly forgetsLines?: boolean | undefined;
  /** With `onLine`: somebody to talk to, for as long as the process runs. */
  readonly talk?: Talk | undefined;
  /** Run as root: a prefix of `sudo -n --` where the login is not root already. */
  readonly asRoot?: boolean | undefined;
}

/** A process that lives by signs of life on its stdin, and answers what it is told there. */
export interface Talk {
  /** Written after every `everyMs`; the process is to end by itself where none comes. */
  readonly beat: string;
  readonly everyMs: number;
  /** Called when all input has been written. What is said after the end of the process is dropped. */
  readonly opened: (say: (text: string) => void) => void;
}

/** A TCP port as seen from the host that opens it. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

export interface HttpRequest extends Endpoint {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: string | undefined;
  /** HTTP Basic. The adapter makes the header, so that the password is plain text nowhere else. */
  readonly login?: Login | undefined;
  /** Bound on connect + answer together. */
  readonly deadlineMs: number;
}

export interface Login {
  readonly user: string;
  readonly password: Secret;
}

export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** At most 8 MiB. */
  readonly body: string;
}

/** Why a probe got no answer. `refused` means that nothing listens there. */
export interface NoAnswer {
  readonly failure: 'refused' | 'timeout' | 'closed' | 'forwarding-refused' | 'unreachable';
  readonly detail: string;
}

/** One connection to one host, for the whole run; probes and commands share it. */
export interface RemoteHost extends AsyncDisposable {
  readonly name: string;
  /** Throws HOST_UNREACHABLE if the connection is lost before the command started, RESULT_UNKNOWN after. */
  run(argv: Argv, options: RunOptions): Promise<Ran>;
  /** HTTP through a forwarded channel. Never throws for what the service does or does not do. */
  http(request: HttpRequest): Promise<HttpAnswer | NoAnswer>;
  /** Sends `payload` and reads until the other side closes; at most 1 MiB (four-letter words). */
  exchange(endpoint: Endpoint, payload: string, deadlineMs: number): Promise<string | NoAnswer>;
  /** A ZooKeeper session through a forwarded channel to one member. */
  zookeeper(endpoint: Endpoint, deadlineMs: number): Promise<ZookeeperSession>;
}

/** Each call has the deadline given at connect and throws ClusterError GATE_NOT_REACHED after it. */
export interface ZookeeperSession extends AsyncDisposable {
  /** Undefined if the znode does not exist. */
  read(path: string): Promise<string | undefined>;
  children(path: string): Promise<readonly string[]>;
  /** Creates the znode and its parents; false if it existed. */
  create(path: string, content: string): Promise<boolean>;
  /** Creates a znode below one that is there, with one request; false if it existed. */
  append(path: string, content: string): Promise<boolean>;
  /** Removes a znode without children; false if there was none. */
  remove(path: string): Promise<boolean>;
}

/** How to reach one host; everything else about it is of no interest to the connection. */
export interface SshTarget {
  readonly host: string;
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly identityFile: string;
  readonly knownHostsFile: string;
  /** `SHA256:…` as ssh-keygen -l prints it; if given, known_hosts is not asked. */
  readonly hostKey: string | undefined;
  readonly bastion: BastionTarget | undefined;
}

export type BastionTarget = Omit<SshTarget, 'bastion'>;

export interface Connector extends AsyncDisposable {
  /**
   * Opens (or waits its turn to open: at most 32 starts at once) the connection. Throws
   * HOST_UNREACHABLE, HOST_KEY_UNKNOWN, HOST_KEY_CHANGED, AUTH_REFUSED or KEY_UNREADABLE.
   */
  connect(target: SshTarget, signal?: AbortSignal): Promise<RemoteHost>;
  /** Another one, whose connections nobody shares with this one. Whoever asks for it disposes of it. */
  apart(): Connector;
}

export interface Clock {
  /** Milliseconds of a clock that never jumps. */
  now(): number;
  /** Wall-clock time, ISO 8601. */
  date(): string;
  /** Throws INTERRUPTED when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Files on the operator's machine; the cluster file, secrets and templates are read through it. */
export interface Files {
  /** Throws CONFIG_UNREADABLE with the reason. */
  read(path: string): Promise<string>;
  /** Permission bits (`0o600`); undefined where there is no such file. */
  mode(path: string): Promise<number | undefined>;
  /** Names of the files directly in a folder. Throws CONFIG_UNREADABLE with the reason. */
  list(path: string): Promise<readonly string[]>;
  /**
   * Replaces the whole file at once, through a temporary one beside it; a present file keeps its mode
   * and owner. Throws FILE_NOT_WRITTEN with the reason.
   */
  write(path: string, text: string): Promise<void>;
}

export interface LocalRunOptions extends Omit<RunOptions, 'asRoot'> {
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly cwd?: string | undefined;
  /** Hand the terminal to the process; stdout and stderr are then empty. */
  readonly inherit?: boolean | undefined;
}

/** Processes on the operator's machine. */
export interface LocalShell {
  run(argv: Argv, options: LocalRunOptions): Promise<Ran>;
}

/** Records that only grow, in a private folder of the operator. */
export interface Journal {
  /** Adds whole lines to a record, which is made if there is none; on disk when it returns. Throws FILE_NOT_WRITTEN. */
  append(record: RecordName, lines: readonly string[]): Promise<void>;
  /** All there are, by folder and name. */
  list(): Promise<readonly RecordName[]>;
  /** Complete lines; the rest of one that was never finished is left out. Throws CONFIG_UNREADABLE. */
  read(record: RecordName): Promise<readonly string[]>;
  /** Where a record is, for messages. */
  pathOf(record: RecordName): string;
}

/** Both of letters, digits, dots and hyphens. */
export interface RecordName {
  readonly folder: string;
  readonly name: string;
}

/** Who runs this command. */
export interface Caller {
  /** `ann@desk`. */
  readonly owner: string;
  readonly version: string;
  /** The command line as typed, without the program. */
  readonly args: readonly string[];
  /** Where it was typed: relative paths begin there. */
  readonly folder: string;
  /** Tells this process from all others of this machine, earlier ones included. */
  readonly process: string;
  /** Whether the process with such a mark still runs; undefined if that was on another machine. */
  readonly isRunning: (mark: string) => boolean | undefined;
}

/** The world, as far as commands need it. */
export interface Ports {
  readonly connector: Connector;
  readonly clock: Clock;
  readonly files: Files;
  readonly local: LocalShell;
  readonly journal: Journal;
  readonly caller: Caller;
  /** Content of `templates/`, by path below it: `zookeeper/zoo.cfg`. */
  readonly templates: Readonly<Record<string, string>>;
  readonly randomId: () => string;
  /** The one function that turns an argument list into text for a shell. */
  readonly quote: (argv: Argv) => string;
  /** SHA-256 of the value in hex, to compare with a file on a host; never stored or printed. */
  readonly digestOf: (secret: Secret) => string;
  /** Takes the secrets out of somebody else's text before it is shown. */
  readonly maskOf: (secrets: readonly Secret[]) => (text: string) => string;
  /** Whether a connection from this machine, past SSH, opens in time. Never throws. */
  readonly dial?: ((endpoint: Endpoint, deadlineMs: number) => Promise<boolean>) | undefined;
  readonly signal: AbortSignal;
}
