import { randomBytes } from 'node:crypto';
import { accessSync, appendFileSync, constants, existsSync, mkdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { writeAtomically } from './atomic-file.ts';

/** The first words of the image's `jenkins.sh` when it may not write the home; it then exits with 1. */
export class HomeNotWritable extends Error {
  override readonly name = 'HomeNotWritable';
}

/** As `jenkins.sh` of the official image does before it starts Java. */
export function prepareHome(home: string, date: string, warn: (text: string) => void): void {
  if (!isUsable(home)) {
    warn(
      `INSTALL WARNING: User: ${process.env['USER'] ?? ''} missing rw permissions on JENKINS_HOME: ${home}`,
    );
  }
  const log = join(home, 'copy_reference_file.log');
  try {
    appendFileSync(log, `--- Copying files at ${date}\n`);
  } catch (cause) {
    throw new HomeNotWritable(`Can not write to ${log}. Wrong volume permissions?`, { cause });
  }
}

/** What the first start leaves behind and every later one finds again. */
export function markHome(home: string, version: string, config: string): void {
  mkdirSync(join(home, 'secrets'), { recursive: true, mode: 0o700 });
  for (const folder of ['jobs', 'users', 'nodes', 'plugins', 'userContent', 'logs']) {
    mkdirSync(join(home, folder), { recursive: true });
  }
  const hex = () => randomBytes(32).toString('hex');
  keep(join(home, 'secret.key'), hex());
  keep(join(home, 'secret.key.not-so-secret'), '');
  keep(join(home, 'identity.key.enc'), randomBytes(256).toString('base64'));
  keep(join(home, 'secrets', 'master.key'), hex());
  keep(join(home, 'secrets', 'hudson.util.Secret'), randomBytes(256).toString('base64'));
  writeAtomically(join(home, 'jenkins.install.InstallUtil.lastExecVersion'), version);
  writeAtomically(join(home, 'jenkins.install.UpgradeWizard.state'), version);
  writeAtomically(join(home, 'config.xml'), config);
  // Core's check against two controllers on one home reads this file.
  writeAtomically(join(home, '.owner'), `${process.pid}@${hostname()}\n`);
}

function keep(path: string, content: string): void {
  if (!existsSync(path)) writeAtomically(path, content, 0o600);
}

function isUsable(home: string): boolean {
  try {
    accessSync(home, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
