import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TaskRun } from './task-run.ts';

/** The value of Docker's `X-Registry-Auth` header for an image; `undefined`: pulled without name and password. */
export type RegistryLogin = (run: TaskRun, image: string) => string | undefined;

interface DockerConfig {
  readonly auths?: Readonly<Record<string, { readonly auth?: string }>>;
}

const hubKeys = ['https://index.docker.io/v1/', 'docker.io', 'index.docker.io'];

/**
 * As `Docker::pull` (src/docker/docker.cpp, 1.11) looks for it: a configuration fetched into the sandbox, else
 * `--docker_config` (a path or the JSON itself). The one of the agent's own home counts for nothing.
 */
export function registryLogin(dockerConfig: string | undefined): RegistryLogin {
  return (run, image) => {
    const config = sandboxConfig(run.sandbox) ?? flagConfig(dockerConfig);
    const auths = config?.auths ?? {};
    const registry = registryOf(image);
    const keys = registry === undefined ? hubKeys : [registry, `https://${registry}`];
    const key = keys.find((one) => auths[one]?.auth !== undefined);
    return key === undefined ? undefined : header(auths[key]?.auth ?? '', key);
  };
}

function sandboxConfig(sandbox: string): DockerConfig | undefined {
  const modern = readJson(join(sandbox, '.docker', 'config.json'));
  if (modern !== undefined) return modern as DockerConfig;
  const old = readJson(join(sandbox, '.dockercfg'));
  return old === undefined ? undefined : { auths: old as NonNullable<DockerConfig['auths']> };
}

function flagConfig(flag: string | undefined): DockerConfig | undefined {
  if (flag === undefined) return undefined;
  if (flag.trimStart().startsWith('{')) return JSON.parse(flag) as DockerConfig;
  return readJson(flag.replace(/^file:\/\//, '')) as DockerConfig | undefined;
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Docker's rule: the first part names a registry if it has a dot or a colon, or is `localhost`. */
function registryOf(image: string): string | undefined {
  const [first = '', ...rest] = image.split('/');
  return rest.length > 0 && (/[.:]/.test(first) || first === 'localhost') ? first : undefined;
}

function header(auth: string, serveraddress: string): string {
  const text = Buffer.from(auth, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  const login = { username: text.slice(0, colon), password: text.slice(colon + 1), serveraddress };
  return Buffer.from(JSON.stringify(login)).toString('base64url');
}
