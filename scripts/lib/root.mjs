import process from 'node:process';
import { read, Stop } from './run.mjs';

export const isRoot = process.getuid() === 0;

/** The argument list that runs as root: Docker, network bridges and root file systems need it. */
export function asRoot(argv) {
  if (isRoot) return argv;
  // sudo resets PATH, and the Node.js that runs this may be in nobody else's.
  return ['sudo', '-E', 'env', `PATH=${process.env.PATH}`, ...argv];
}

export async function requireRootAccess() {
  if (isRoot || (await read(['sudo', '-V'])).exitCode === 0) return;
  throw new Stop('the lab needs root: install sudo, or run this as root');
}
