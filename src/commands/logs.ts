import { InvalidArgumentError, Option, type Command } from 'commander';
import { isSince } from '../run/logs/request.ts';
import type { CommandContext } from './context.ts';
import type { LogsOptions } from './logs-action.ts';

export function addLogs(program: Command, context: CommandContext): void {
  program
    .command('logs')
    .description('log lines of the services, of all hosts together in the order of time')
    .argument('[target...]', 'service, host, or host/service; everything if left out')
    .option('-f, --follow', 'go on until Ctrl-C', false)
    .option('--since <time>', 'only newer lines: 10m, 1h30m, or 2026-03-02T22:00:00Z', since)
    .option('--tail <number>', 'newest lines of each container (default: 100, with -f 10)', tail)
    .option('--grep <text>', 'only lines with this text; looks at all lines without --tail')
    .option('--timestamps', 'put the time before each line', false)
    .addOption(
      new Option('--format <form>', 'ndjson: one JSON object for each line')
        .choices(['text', 'ndjson'])
        .default('text'),
    )
    .addHelpText(
      'after',
      '\nServices: zookeeper, mesos-master, marathon, mesos-agent, gateway, keepalived,\n' +
        'jenkins (all controllers) or jenkins/NAME.\n' +
        '\nExamples:\n  $ ci-cluster logs jenkins/main --since 1h --grep ERROR\n' +
        '  $ ci-cluster logs -f mesos-master a1/mesos-agent',
    )
    .action(async (targets: string[], _options: unknown, command: Command) => {
      const { logs } = await import('./logs-action.ts');
      await logs(command.optsWithGlobals<LogsOptions>(), context, targets);
    });
}

function since(text: string): string {
  if (text !== '' && isSince(text)) return text;
  throw new InvalidArgumentError('a time ago like 10m or 1h30m, or one like 2026-03-02T22:00:00Z.');
}

function tail(text: string): number | 'all' {
  if (text === 'all') return 'all';
  if (/^\d{1,7}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('a number of lines, or all.');
}
