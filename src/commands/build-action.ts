import type { BuildRecord } from '../build/build-record.ts';
import { defaultTimeoutMs } from '../build/run-build.ts';
import { buildInTurn } from '../build/run-builds.ts';
import { buildText } from '../report/build-text.ts';
import { connectAll } from '../run/connect.ts';
import { buildDocuments } from '../report/build-document.ts';
import { chosenBuilds } from './choose-controllers.ts';
import { runClusterCommand } from './cluster-command.ts';
import type { CommandContext } from './context.ts';
import type { GlobalOptions } from './options.ts';

export interface BuildOptions extends GlobalOptions {
  readonly controller?: string;
  readonly label?: string;
  readonly timeout?: number;
}

export async function build(options: BuildOptions, context: CommandContext): Promise<void> {
  const { ports, terminal } = context;
  const records: BuildRecord[] = [];
  await runClusterCommand({
    name: 'build',
    options,
    context,
    onFailure: () => ({ more: { builds: buildDocuments(records) } }),
    work: async ({ spec, report }) => {
      const wanted = chosenBuilds(spec, options);
      const sight = await connectAll(spec, ports, report);
      if (wanted.length > 1) {
        const names = wanted.map(({ controller }) => controller.name).join(', ');
        report({ kind: 'note', text: `${wanted.length} builds, one after the other: ${names}` });
      }
      const timeoutMs = options.timeout ?? defaultTimeoutMs;
      await buildInTurn({ sight, ports, report, timeoutMs }, wanted, records);
      return {
        more: { builds: buildDocuments(records) },
        text: (paint) =>
          records.map((record) => buildText(record, paint, terminal.columns)).join('\n\n'),
      };
    },
  });
}
