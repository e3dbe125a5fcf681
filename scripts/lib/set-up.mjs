import { statSync } from 'node:fs';
import process from 'node:process';
import { createInterface } from 'node:readline/promises';
import { installPackages, missingPackages } from './packages.mjs';
import { part } from './parts.mjs';
import { isRoot, requireRootAccess } from './root.mjs';
import { must, Stop } from './run.mjs';

/** From a bare clone to where the project can be built; gives the Debian packages it installed. */
export async function setUp(purpose, { forTests = false } = {}) {
  requireNode();
  await requireRootAccess();
  const packages = await missingPackages({ forTests });
  const npm = needsNpm();
  announce(purpose, packages, npm);
  if (packages.length > 0 || npm) await confirm();
  if (packages.length > 0) await part('Debian packages', () => installPackages(packages));
  if (npm) await part('npm packages', () => must(['npm', 'ci', '--no-audit', '--no-fund']));
  return packages;
}

function announce(purpose, packages, npm) {
  console.log(`This ${purpose}.`);
  if (packages.length > 0) console.log(`It installs Debian packages: ${packages.join(' ')}`);
  if (npm) console.log('It installs the npm packages of package-lock.json into node_modules.');
  if (packages.length === 0 && !npm) console.log('Everything it needs is installed.');
  if (!isRoot) console.log('It uses sudo for Debian packages, Docker and the lab.');
}

/** Asks where somebody can answer; elsewhere (a pipe, CI) starting the script was the answer. */
async function confirm() {
  if (!process.stdin.isTTY || process.env.CI) return;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question('Go on? [Y/n] ');
  terminal.close();
  if (/^n/i.test(answer.trim())) throw new Stop('nothing was changed');
}

function needsNpm() {
  const made = modified('node_modules/.package-lock.json');
  return made === undefined || made < (modified('package-lock.json') ?? 0);
}

function modified(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs;
}

function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new Stop(`Node.js 20.19 or newer is needed, this is ${process.versions.node}`);
}
