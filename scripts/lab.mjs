// `npm run lab`: from a bare clone to a running cluster on throw-away hosts. Node's built-ins only.
import process from 'node:process';
import { addPart, part, printParts } from './lib/parts.mjs';
import { asRoot } from './lib/root.mjs';
import { must, read, run, Stop } from './lib/run.mjs';
import { setUp } from './lib/set-up.mjs';

process.chdir(new URL('..', import.meta.url).pathname);

const cli = [process.execPath, 'bin/ci-cluster.js'];

async function main() {
  await setUp('starts throw-away hosts on this machine and brings up a cluster on them');
  await part('build', () => must(['npm', 'run', '--silent', 'build']));
  const up = asRoot([...cli, 'lab', 'up', ...process.argv.slice(2)]);
  const exitCode = await part('lab', () => run(up));
  await addLabParts();
  printParts();
  return exitCode;
}

/** The lab's own account of its time, as part of the line above. */
async function addLabParts() {
  const { stdout } = await read(asRoot([...cli, 'lab', 'status', '--json', ...nameOption()]));
  if (stdout === '') return;
  const { lab } = JSON.parse(stdout);
  for (const [title, seconds] of Object.entries(lab?.seconds ?? {})) addPart(`  ${title}`, seconds);
}

function nameOption() {
  const at = process.argv.indexOf('--name');
  return at < 0 ? [] : process.argv.slice(at, at + 2);
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof Stop)) throw error;
  console.error(`✘ ${error.message}`);
  process.exitCode = 1;
}
