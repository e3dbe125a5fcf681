// `npm test`: set-up, every check of `npm run check`, then faults on hosts in namespaces (the short
// version of `npm run faults`), then the end-to-end suite on labs of its own.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { part, printParts } from './lib/parts.mjs';
import { asRoot, isRoot } from './lib/root.mjs';
import { isInterrupted, read, run, Stop, watchSignals } from './lib/run.mjs';
import { setUp } from './lib/set-up.mjs';
import { countTests } from './lib/test-results.mjs';

process.chdir(new URL('..', import.meta.url).pathname);

const results = mkdtempSync(join(tmpdir(), 'ci-cluster-test-'));
const tally = { passed: 0, failed: 0 };

async function main() {
  watchSignals();
  const purpose = 'runs every check, and end-to-end tests on throw-away hosts';
  const installed = await setUp(purpose, { forTests: true });
  for (const step of checkSteps()) {
    if (isInterrupted()) break;
    await part(step.title, () => (step.hasTests ? runTests(step) : runCheck(step)));
  }
  if (!isInterrupted()) await asRootTests('test:faults');
  if (!isInterrupted()) await asRootTests('test:e2e');
  await part('clean-up', () => cleanUp(installed));
}

/** The commands of `npm run check`, so that it stays the one list of checks. */
function checkSteps() {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));
  return scripts.check.split(' && ').map((command) => ({
    title: command.replace('npm run ', ''),
    argv: command.startsWith('npm run ')
      ? ['npm', 'run', '--silent', command.slice('npm run '.length), '--']
      : ['npx', '--no-install', ...command.split(' ')],
    hasTests: command.includes('test:'),
  }));
}

async function runCheck({ argv }) {
  const ok = (await run(argv)) === 0;
  count(ok ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 });
}

async function runTests({ argv, title }) {
  const file = join(results, `${title.replaceAll(':', '-')}.json`);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const exitCode = await run([...argv, ...reporters]);
  count(countTests(file, exitCode));
}

/** Without npm: as root it would leave files in the user's npm cache that npm then fails on. */
async function asRootTests(script) {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));
  const [program, ...args] = scripts[script].split(' ');
  const argv = asRoot([`node_modules/.bin/${program}`, ...args]);
  await part(script, () => runTests({ argv, title: script }));
  const caches = ['node_modules/.vite', 'node_modules/.vite-temp'].filter((path) =>
    existsSync(path),
  );
  const owner = `${process.getuid()}:${process.getgid()}`;
  if (!isRoot && caches.length > 0) await run(asRoot(['chown', '-R', owner, ...caches]));
}

/** Whatever happened above: no host, no network, no engine that was started here stays. */
async function cleanUp(installed) {
  for (const name of labsOfTests()) {
    const argv = [process.execPath, 'bin/ci-cluster.js', 'lab', 'down', '--name', name];
    if ((await run(asRoot(argv))) !== 0) count({ passed: 0, failed: 1 });
  }
  // Debian's packages start their services; on a machine that had none they would be left running.
  if (installed.includes('docker.io'))
    await stopService('docker', ['docker.socket', 'docker.service', 'containerd.service']);
  if (installed.includes('haproxy')) await stopService('haproxy', ['haproxy.service']);
}

async function stopService(name, units) {
  const isActive = (await read(['systemctl', 'is-active', name])).exitCode === 0;
  if (isActive) await run(asRoot(['systemctl', 'stop', ...units]));
}

/** Root's labs, for the suite runs as root; its names begin with "e2e". */
function labsOfTests() {
  const root = process.env.CI_CLUSTER_LAB_STATE || '/var/lib/ci-cluster-lab';
  try {
    return readdirSync(join(root, 'labs')).filter((name) => name.startsWith('e2e'));
  } catch {
    return [];
  }
}

function count({ passed, failed }) {
  tally.passed += passed;
  tally.failed += failed;
}

try {
  await main();
} catch (error) {
  if (!(error instanceof Stop)) console.error(error);
  else console.error(`✘ ${error.message}`);
  tally.failed += 1;
} finally {
  rmSync(results, { recursive: true, force: true });
}
if (isInterrupted()) tally.failed += 1;
printParts();
console.log(`\n${tally.passed} passed, ${tally.failed} failed`);
process.exitCode = tally.failed > 0 || tally.passed === 0 ? 1 : 0;
