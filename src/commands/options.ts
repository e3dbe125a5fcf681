import type { Command } from 'commander';

/** Options that mean the same in every command. */
export interface GlobalOptions {
  readonly config: string;
  readonly json: boolean;
  readonly events?: string;
  readonly yes: boolean;
  readonly quiet: boolean;
  readonly color: boolean;
  /** Of commands that run builds. */
  readonly verbose?: boolean;
}

export function addGlobalOptions(program: Command): void {
  program
    .option('-c, --config <file>', 'cluster file', 'cluster.yml')
    .option('--json', 'print one JSON document on stdout, also on error', false)
    .option('--events <file>', 'write the event stream as NDJSON; - is stderr')
    .option('-y, --yes', 'do not ask', false)
    .option('-q, --quiet', 'no progress', false)
    .option('--no-color', 'no colours (NO_COLOR is honoured, too)');
}
