import type { BuildRecord } from '../build/build-record.ts';
import { buildMoments, type BuildMoment } from '../run/events.ts';
import type { Palette } from './palette.ts';
import { printable, seconds } from './screen.ts';
import { clip, table } from './table.ts';

const shownArtifacts = 5;

/** One finished build: what came out, how long each part took, what it left. */
export function buildText(record: BuildRecord, paint: Palette, columns: number): string {
  const { controller, number, job, result } = record;
  const sign = result === 'SUCCESS' ? paint.green('✔') : paint.red('✘');
  const title = `${controller}: ${result ?? 'not ended'}, build ${number ?? '?'} of ${job}`;
  const parts = [momentRows(record), [...placeRows(record), ...artifactRows(record)]];
  const blocks = parts.filter((rows) => rows.length > 0).map((rows) => table(rows).map(indented));
  const lines = blocks.flatMap((block) => ['', ...block]).map((line) => clip(line, columns));
  return [`${sign} ${clip(title, columns - 2)}`, ...lines].join('\n');
}

function indented(line: string): string {
  return `  ${line}`;
}

/** Each part by how long it took, the last one with the sum. */
function momentRows({ moments, reused }: BuildRecord): string[][] {
  const seen = buildMoments.flatMap((moment): [BuildMoment, number][] => {
    const ms = moments[moment];
    return ms === undefined ? [] : [[moment, ms]];
  });
  return seen.map(([moment, ms], index) => {
    const before = seen[index - 1]?.[1];
    const took = before === undefined ? seconds(ms) : `+${seconds(ms - before)}`;
    return [moment, took.padStart(8), remark(moment, { ms, reused })];
  });
}

function remark(moment: BuildMoment, { ms, reused }: { ms: number; reused: boolean }): string {
  if (moment === 'finished') return `${seconds(ms)} in all`;
  return moment === 'started' && reused ? 'on a build agent that was there already' : '';
}

function placeRows({ buildAgent, host }: BuildRecord): string[][] {
  if (buildAgent === undefined) return [];
  return [...(host === undefined ? [] : [['host', host]]), ['build agent', buildAgent]];
}

function artifactRows({ artifacts }: BuildRecord): string[][] {
  const more = artifacts.length - shownArtifacts;
  const names = [
    ...artifacts.slice(0, shownArtifacts).map(printable),
    ...(more > 0 ? [`and ${more} more`] : []),
  ];
  return names.map((name, index) => [index === 0 ? 'artefacts' : '', name]);
}
