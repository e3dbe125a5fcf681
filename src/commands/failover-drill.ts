import { InvalidArgumentError, Option, type Command } from 'commander';
import type { CommandContext } from './context.ts';
import { durationOption } from './durations.ts';
import type { DrillOptions } from './failover-drill-action.ts';
import type { HealOptions } from './failover-drill-heal-action.ts';
import type { HistoryOptions, ReportOptions } from './failover-drill-report-action.ts';

export function addFailoverDrill(program: Command, context: CommandContext): void {
  const drill = program
    .command('failover-drill')
    .description('break something on purpose, measure the recovery, and take it back')
    .argument('[drill...]', 'names or numbers; the default set if none is given')
    .option('--list', 'all drills, and which can be run here and now')
    .option('--plan', 'what would be done, hit, and taken back; breaks nothing')
    .addOption(new Option('--allow <class>', 'go ahead with these, too').choices(['ask', 'lab']))
    .option('--allow-build-loss', "drills may end other people's builds")
    .option('--max-fault <time>', 'a fault never stays longer without us', maxFault)
    .option('--controller <name>', 'whose builds show that CI is back')
    .addOption(formatOption())
    .option('--out <file>', 'write the report there, by its form')
    .addHelpText(
      'after',
      '\nExamples:\n  $ ci-cluster failover-drill --plan\n  $ ci-cluster failover-drill --yes\n  $ ci-cluster failover-drill mesos-leader-pause --out report.html --format html',
    )
    .action(async (names: string[], _options: unknown, self: Command) => {
      const { failoverDrill } = await import('./failover-drill-action.ts');
      await failoverDrill(names, self.optsWithGlobals<DrillOptions>(), context);
    });
  addHeal(drill, context);
  addReport(drill, context);
  addHistory(drill, context);
}

function maxFault(text: string): number {
  const ms = durationOption(text);
  if (ms <= 3_600_000) return ms;
  throw new InvalidArgumentError('an hour at most.');
}

function formatOption(): Option {
  const forms = ['text', 'json', 'junit', 'html'];
  return new Option('--format <form>', 'form of the report').choices(forms).default('text');
}

function addHeal(drill: Command, context: CommandContext): void {
  drill
    .command('heal')
    .description('take back what a drill has left on hosts, from any machine')
    .argument('[drill]', 'id of one drill, as status shows it')
    .option('--all', 'all drills, on all hosts')
    .addHelpText('after', '\nExample:\n  $ ci-cluster failover-drill heal --all')
    .action(async (id: string | undefined, _options: unknown, self: Command) => {
      const { healDrills } = await import('./failover-drill-heal-action.ts');
      await healDrills(id, self.optsWithGlobals<HealOptions>(), context);
    });
}

function addReport(drill: Command, context: CommandContext): void {
  drill
    .command('report')
    .description('the report of a run of drills again, also of one that was killed')
    .argument('[run]', 'its id, or the beginning of it; the last one if not given')
    .addOption(formatOption())
    .option('--out <file>', 'write it there')
    .addHelpText(
      'after',
      '\nExample:\n  $ ci-cluster failover-drill report --format html --out report.html',
    )
    .action(async (run: string | undefined, _options: unknown, self: Command) => {
      const { drillReport } = await import('./failover-drill-report-action.ts');
      await drillReport(run, self.optsWithGlobals<ReportOptions>(), context);
    });
}

function addHistory(drill: Command, context: CommandContext): void {
  drill
    .command('history')
    .description('earlier drills with their verdicts and times')
    .addHelpText('after', '\nExample:\n  $ ci-cluster failover-drill history')
    .action(async (_options: unknown, self: Command) => {
      const { drillHistory } = await import('./failover-drill-report-action.ts');
      await drillHistory(self.optsWithGlobals<HistoryOptions>(), context);
    });
}
