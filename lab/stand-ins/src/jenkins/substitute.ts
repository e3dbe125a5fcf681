import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface SecretSources {
  /** Docker secrets: one file per name. Asked before the environment. */
  readonly secretsFolder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly onUnresolved: (name: string) => void;
}

/**
 * `${VAR}`, `${VAR:-default}`, `${readFile:path}`, `${base64:…}`, `${decodeBase64:…}`, `${trim:…}`
 * of the configuration-as-code plugin; `^${…}` stays as `${…}`. An unset variable becomes empty text.
 */
export function substitute(text: string, sources: SecretSources): string {
  return text.replace(/(\^?)\$\{([^{}]*)\}/g, (whole, escape: string, inside: string) =>
    escape === '^' ? whole.slice(1) : resolve(inside, sources),
  );
}

function resolve(inside: string, sources: SecretSources): string {
  const [name = '', ...rest] = inside.split(':-');
  const fallback = rest.length > 0 ? rest.join(':-') : undefined;
  const value = lookup(name, sources) ?? fallback;
  if (value === undefined) sources.onUnresolved(name);
  return value ?? '';
}

function lookup(name: string, sources: SecretSources): string | undefined {
  const [, prefix = '', argument = ''] = /^(\w+):(.*)$/.exec(name) ?? [];
  const convert = converters[prefix];
  if (convert !== undefined) return convert(argument);
  return readIfThere(join(sources.secretsFolder, name))?.trim() ?? sources.env[name];
}

const converters: Readonly<Record<string, (argument: string) => string | undefined>> = {
  readFile: readIfThere,
  readFileBase64: (path) => {
    const content = readIfThere(path);
    return content === undefined ? undefined : Buffer.from(content).toString('base64');
  },
  base64: (text) => Buffer.from(text).toString('base64'),
  decodeBase64: (text) => Buffer.from(text, 'base64').toString('utf8'),
  trim: (text) => text.trim(),
};

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
