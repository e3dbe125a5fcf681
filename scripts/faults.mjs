// `npm run faults`: the long version of the fault tests, and what they counted. An hour and more.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { asRoot } from './lib/root.mjs';
import { run } from './lib/run.mjs';

process.chdir(new URL('..', import.meta.url).pathname);

const folder = mkdtempSync(join(tmpdir(), 'ci-cluster-faults-'));
const figures = join(folder, 'figures');
const begin = Date.now();

// `npm run faults -- test/faults/kill.test.ts` for one part; FAULTS=short for the short version.
const settings = [`FAULTS=${process.env.FAULTS ?? 'full'}`, `FAULTS_FIGURES=${figures}`];
const vitest = ['node_modules/.bin/vitest', 'run', '--project', 'faults', ...process.argv.slice(2)];
try {
  process.exitCode = await run(asRoot(['env', ...settings, ...vitest]), {
    timeoutMs: 24 * 3_600_000,
  });
  printFigures();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function printFigures() {
  const rows = readRows();
  const width = Math.max(
    ...rows.flatMap((row) => Object.keys(row.figures).map((name) => name.length)),
  );
  for (const row of rows) {
    console.log(`\n${row.title}`);
    for (const [name, value] of Object.entries(row.figures)) {
      console.log(`  ${name.padEnd(width)}  ${String(value).padStart(6)}`);
    }
  }
  console.log(`\n${Math.round((Date.now() - begin) / 60_000)} minutes, Node ${process.version}`);
}

function readRows() {
  try {
    return readFileSync(figures, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  } catch {
    return [];
  }
}
