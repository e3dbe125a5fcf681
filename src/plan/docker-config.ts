import { ClusterError } from '../errors.ts';
import type { DockerSettings } from '../config/cluster-spec.ts';

type Json = Readonly<Record<string, unknown>>;

/**
 * The host's daemon.json with our settings merged in: lists are extended, other keys of the
 * operator kept. Undefined if nothing has to change. Throws DOCKER_CONFIG_INVALID.
 */
export function mergedDaemonJson(
  host: string,
  current: string | undefined,
  settings: DockerSettings,
): string | undefined {
  const before = parse(host, current);
  const after = { ...before, ...wanted(before, settings) };
  if (JSON.stringify(after) === JSON.stringify(before)) return undefined;
  return `${JSON.stringify(after, undefined, 2)}\n`;
}

function parse(host: string, text: string | undefined): Json {
  if (text === undefined || text.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  } catch (cause) {
    throw invalid(host, cause);
  }
  throw invalid(host, undefined);
}

function invalid(host: string, cause: unknown): ClusterError {
  return new ClusterError(
    'DOCKER_CONFIG_INVALID',
    `/etc/docker/daemon.json on ${host} is no JSON object`,
    {
      host,
      cause,
      remedy:
        'Correct the file on the host (Docker itself would not start with it), then run the same command again.',
    },
  );
}

function wanted(before: Json, settings: DockerSettings): Json {
  const { insecureRegistries, registryMirrors, logMaxSizeMb, logMaxFiles } = settings;
  return {
    'live-restore': true,
    ...logs(before, { 'max-size': `${logMaxSizeMb}m`, 'max-file': String(logMaxFiles) }),
    ...extended(before, 'insecure-registries', insecureRegistries),
    ...extended(before, 'registry-mirrors', registryMirrors),
  };
}

/** An operator's own log driver is respected; only json-file and local know these options. */
function logs(before: Json, limits: Json): Json {
  const driver = before['log-driver'] ?? 'json-file';
  if (driver !== 'json-file' && driver !== 'local') return {};
  const own = typeof before['log-opts'] === 'object' ? (before['log-opts'] as Json) : {};
  return { 'log-driver': driver, 'log-opts': { ...own, ...limits } };
}

function extended(before: Json, key: string, values: readonly string[]): Json {
  const present = Array.isArray(before[key]) ? (before[key] as unknown[]) : [];
  const missing = values.filter((value) => !present.includes(value));
  return missing.length === 0 ? {} : { [key]: [...present, ...missing] };
}
