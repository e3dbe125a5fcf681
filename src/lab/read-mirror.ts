import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { debianMirror, type Mirror } from './mirror.ts';
import { attempt, type Tools } from './tools.ts';

/** What apt of this machine is configured to; Debian's own servers where it is no Debian. */
export async function readMirror(tools: Tools): Promise<Mirror> {
  const folder = '/etc/apt/sources.list.d';
  const names = await readdir(folder).catch(() => []);
  const paths = [
    ...names.filter((name) => /\.(list|sources)$/.test(name)).map((name) => join(folder, name)),
    '/etc/apt/sources.list',
  ];
  const texts = await Promise.all(paths.map((path) => readFile(path, 'utf8').catch(() => '')));
  const config = await attempt(tools, ['apt-config', 'dump']);
  const mirror = debianMirror(await Promise.all(texts.map(withMirrorFiles)), config.stdout);
  return { ...mirror, options: [...mirror.options, ...proxies(tools, mirror)] };
}

/** Cloud images name their mirrors in a file of its own: `mirror+file:/etc/apt/mirrors/debian.list`. */
async function withMirrorFiles(text: string): Promise<string> {
  let result = text;
  for (const [whole, path] of text.matchAll(/mirror\+file:(?:\/\/)?(\/[^\s#]+)/g)) {
    const list = await readFile(path ?? '', 'utf8').catch(() => '');
    const first = list.split('\n').find((line) => /^https?:/.test(line));
    if (first !== undefined) result = result.replace(whole, first.split(/\s/)[0] ?? whole);
  }
  return result;
}

/** apt obeys these variables; inside the lab only its own settings remain. */
function proxies({ env }: Tools, { options }: Mirror): string[] {
  return ['http', 'https'].flatMap((scheme) => {
    const proxy = env[`${scheme}_proxy`];
    const setting = `Acquire::${scheme}::Proxy `;
    const known = options.some((option) => option.startsWith(setting));
    return proxy === undefined || proxy === '' || known ? [] : [`${setting}"${proxy}";`];
  });
}
