import { exitCodes, type ClusterError, type ErrorCode } from '../../errors.ts';
import type { Check, Judged } from '../check.ts';
import { failing, passed, skipped, type Finding } from '../check-result.ts';
import type { Scene, Seen } from '../scene.ts';

/** Which of the first three checks a fault of the first look belongs to. */
const stages: readonly (readonly ErrorCode[])[] = [
  ['HOST_UNREACHABLE', 'HOST_KEY_UNKNOWN', 'HOST_KEY_CHANGED', 'AUTH_REFUSED', 'KEY_UNREADABLE'],
  ['SUDO_REFUSED'],
];

export const hostReached: Check = {
  name: 'HOST_REACHED',
  title: 'SSH lets us in',
  why: 'Everything is done over SSH. The host key is verified first; an unknown or changed one stops before anything is sent.',
  severity: 'fail',
  remedy: 'The finding says what was refused, and the ssh command that shows it.',
  judge: (scene) => judged(scene, 0),
};

export const hostSudo: Check = {
  name: 'HOST_SUDO',
  title: 'root, or sudo without a password',
  why: 'Files of root, Docker and packages need it, and nobody is there to type a password.',
  severity: 'fail',
  remedy: 'A line in /etc/sudoers.d/: `USER ALL=(ALL) NOPASSWD: ALL`.',
  judge: (scene) => judged(scene, 1),
};

export const hostFacts: Check = {
  name: 'HOST_FACTS',
  title: 'a script runs and its answer can be read',
  why: 'A login shell that prints text, or a missing tool, would spoil what the host says.',
  severity: 'fail',
  remedy: 'Keep the login shell silent where there is no terminal.',
  judge: (scene) => judged(scene, 2),
};

function judged({ seen, missing }: Scene, stage: number): Judged[] {
  const inOrder = seen.map((one) => ({ host: one.host.name, ...ofSeen(one, stage) }));
  return [...inOrder, ...missing.map(({ host, error }) => ({ host, ...at(stage, error) }))];
}

/** The questions of the checks are the same test once more. */
function ofSeen({ why }: Seen, stage: number): Finding {
  if (stage < stages.length || why === undefined) return passed('in order');
  return failing(why, 'Log in and look; a login shell that prints text can cause this.');
}

function at(stage: number, error: ClusterError) {
  const own = stages.findIndex((codes) => codes.includes(error.code));
  const failed = own === -1 ? stages.length : own;
  if (failed === stage) return failing(error.message, error.remedy);
  if (failed > stage) return passed('in order');
  return skipped('not reached', 'Run the check again when it answers.');
}

/** Whether the host is merely out of reach, and not unfit. */
export function isUnreachable(error: ClusterError): boolean {
  return exitCodes[error.code] === exitCodes.HOST_UNREACHABLE;
}
