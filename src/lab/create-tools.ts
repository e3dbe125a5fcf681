import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import type { Ports } from '../ports.ts';
import { registryClient } from './registry-client.ts';
import { sshAnswers } from './ssh-answers.ts';
import { stateRoot } from './state.ts';
import type { Tools } from './tools.ts';

interface Surroundings {
  readonly ports: Pick<Ports, 'local' | 'clock' | 'signal'>;
  readonly env: Tools['env'];
  readonly note: Tools['note'];
}

export function createTools({ ports, env, note }: Surroundings): Tools {
  const isRoot = process.getuid?.() === 0;
  const { local, clock, signal } = ports;
  return {
    ...{ local, clock, signal, env, note, isRoot },
    root: stateRoot(env, isRoot),
    packageRoot: packageRoot(),
    network: { sshAnswers, registry: (endpoint) => registryClient(endpoint, signal) },
    dockerHost: undefined,
  };
}

/** The folder of the package, from the sources as well as from the bundle in `dist`. */
function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}
