import { existsSync } from 'node:fs';
import type { TestContext } from 'vitest';
import type { Argv } from '../../src/ports.ts';

/** A shell that somebody may have as login shell; sshd runs it with `-c` and the command. */
export interface LoginShell {
  readonly name: string;
  readonly argv: Argv;
  /** Where it reads commands from at each start that is not interactive, below the home folder. */
  readonly startFile: string | undefined;
}

/** All of them are Debian packages that `npm test` installs. */
export const loginShells: readonly LoginShell[] = [
  { name: 'dash', argv: ['/bin/dash'], startFile: undefined },
  // Debian's bash reads it when sshd starts it (SSH_CLIENT is set).
  { name: 'bash', argv: ['/bin/bash'], startFile: '.bashrc' },
  { name: 'zsh', argv: ['/usr/bin/zsh'], startFile: '.zshenv' },
  { name: 'fish', argv: ['/usr/bin/fish'], startFile: '.config/fish/config.fish' },
  { name: 'busybox', argv: ['/usr/bin/busybox', 'sh'], startFile: undefined },
  { name: 'tcsh', argv: ['/usr/bin/tcsh'], startFile: '.cshrc' },
  { name: 'csh', argv: ['/usr/bin/bsd-csh'], startFile: '.cshrc' },
];

/** A machine of a contributor may lack one; the test is then skipped by name. */
export function requireShell({ skip }: TestContext, { name, argv }: LoginShell): void {
  skip(!existsSync(argv[0]), `${name} is not installed (${argv[0]})`);
}
