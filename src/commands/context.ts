import type { Ports } from '../ports.ts';

/** What a command may use besides its options. `main.ts` makes the real one, tests a fake one. */
export interface CommandContext {
  readonly ports: Ports;
  /** One line (or block) of the result, to stdout. */
  readonly out: (text: string) => void;
  /** Progress and errors, to stderr. */
  readonly err: (text: string) => void;
  readonly terminal: Terminal;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Home folder of the operator. */
  readonly home: string;
  readonly version: string;
  /** Appends lines to a file; `-` is stderr. For `--events`. */
  readonly openLog: (path: string) => (line: string) => void;
  /**
   * Runs another command line in this process (`lab up` runs `init`); its exit code. With `out` its
   * result goes there instead of to stdout.
   */
  readonly rerun: (args: readonly string[], out?: (text: string) => void) => Promise<number>;
  /** The exit code of this command when it is not 0; the last call wins. */
  readonly setExitCode: (code: number) => void;
  /** All of standard input, for commands that pass it on. */
  readonly readStdin: () => Promise<Uint8Array>;
  /** Shows the question on the terminal and reads one line. Undefined where there is no terminal. */
  readonly ask: ((question: string) => Promise<string>) | undefined;
}

export interface Terminal {
  readonly isTty: boolean;
  /** Columns; 80 where unknown. */
  readonly columns: number;
  readonly colour: boolean;
}
