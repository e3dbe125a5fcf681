import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

type Env = Readonly<Record<string, string>>;

/**
 * Environments of logins elsewhere, by name, as far as programs of this machine speak their language:
 * Debian has the locales in the package `locales`, and small images leave all translations out.
 */
export function foreignLogins(folder: string): readonly (readonly [string, Env])[] {
  const made = ['de_DE', 'tr_TR'].filter((name) => makeLocale(folder, name));
  const logins: readonly (readonly [string, Env])[] = [
    // gettext looks at LANGUAGE for every locale that is not called exactly "C" (glibc 2.36).
    ['C.UTF-8 with LANGUAGE=de', { LANG: 'C.UTF-8', LANGUAGE: 'de' }],
    ...made.map((name) => {
      const LANG = `${name}.UTF-8`;
      return [name, { LOCPATH: folder, LANG, LC_ALL: LANG, LANGUAGE: name.slice(0, 2) }] as const;
    }),
  ];
  return logins.filter(([, env]) => isForeign(env));
}

function isForeign(env: Env): boolean {
  const { stderr } = spawnSync('/bin/cat', ['/no/such/file'], { env, encoding: 'utf8' });
  return !stderr.includes('No such file');
}

function makeLocale(folder: string, name: string): boolean {
  if (!existsSync(`/usr/share/i18n/locales/${name}`)) return false;
  const path = join(folder, `${name}.UTF-8`);
  return spawnSync('/usr/bin/localedef', ['-i', name, '-f', 'UTF-8', path]).status === 0;
}
