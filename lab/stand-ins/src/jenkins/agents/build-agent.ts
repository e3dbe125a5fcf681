/** The connection to the build agent went away while something was asked of it. */
export class ChannelClosed extends Error {
  override readonly name = 'ChannelClosed';
}

export interface Script {
  readonly text: string;
  /** Where the agent puts it while it runs. */
  readonly path: string;
  /** Absolute; made if it is not there. */
  readonly workspace: string;
  readonly env: Readonly<Record<string, string>>;
  readonly onOutput: (chunk: Buffer) => void;
  /** Ends the script and what it started. */
  readonly signal: AbortSignal;
}

export interface FileRequest {
  readonly workspace: string;
  readonly path: string;
  readonly onChunk: (chunk: Buffer) => void;
}

/** What a connected agent does for the controller; everything rejects with `ChannelClosed` when it is lost. */
export interface BuildAgent {
  /** Where it keeps the workspaces. */
  readonly root: string;
  /** Known to this agent alone; a second connection with it is the same agent. */
  readonly cookie: string;
  /** Exit status of the script. */
  run(script: Script): Promise<number>;
  /** Paths of all files below the workspace, with `/`. */
  list(workspace: string): Promise<readonly string[]>;
  fetch(file: FileRequest): Promise<void>;
  close(): void;
}
