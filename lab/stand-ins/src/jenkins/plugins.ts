import { existsSync, readFileSync } from 'node:fs';

export interface Plugin {
  readonly shortName: string;
  readonly version: string;
}

/** `id:version` a line, as `jenkins-plugin-cli -f plugins.txt` takes them; undefined: no such file. */
export function readPlugins(path: string): readonly Plugin[] | undefined {
  if (!existsSync(path)) return undefined;
  return readFileSync(path, 'utf8')
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim())
    .filter((line) => line !== '')
    .map((line) => {
      const [shortName = '', version = ''] = line.split(':');
      return { shortName, version };
    });
}
