import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { configSchema, type CascConfig } from './casc-schema.ts';
import { substitute, type SecretSources } from './substitute.ts';

/** The configuration is refused; Jenkins does not start. The text is the plugin's own. */
export class CascError extends Error {
  override readonly name = 'CascError';
}

export interface CascOptions extends SecretSources {
  readonly sources: readonly string[];
  readonly mergeStrategy: 'errorOnConflict' | 'override';
}

const roots = ['jenkins', 'security', 'unclassified', 'tool', 'credentials', 'jobs'];

/** Attributes of the root `jenkins`, from the plugin's own reference page for a core of 2026. */
const jenkinsAttributes = [
  'agentProtocols authorizationStrategy clouds computerRetentionCheckInterval crumbIssuer',
  'disableRememberMe disabledAdministrativeMonitors globalNodeProperties jdks labelAtoms',
  'labelString log markupFormatter mode myViewsTabBar noUsageStatistics nodeMonitors nodes',
  'numExecutors primaryView projectNamingStrategy proxy quietPeriod rawBuildsDir',
  'remotingSecurity scmCheckoutRetryCount securityRealm slaveAgentPort systemMessage',
  'updateCenter usageStatisticsCollected views viewsTabBar',
].flatMap((line) => line.split(' '));

/** Reads and merges all sources; without any file the configuration is empty. */
export function loadCasc(options: CascOptions): CascConfig {
  const files = options.sources.flatMap((source) => yamlFiles(source));
  const merged = files
    .map((file) => parseFile(file, options))
    .reduce<Tree>((into, tree) => merge({ into, tree, path: '', options }), {});
  const unknown = Object.keys(merged).filter((key) => !roots.includes(key));
  if (unknown.length > 0) {
    throw new CascError(
      `io.jenkins.plugins.casc.UnknownConfiguratorException: No configurator for the following root elements: ${unknown.join(', ')}`,
    );
  }
  refuseUnknownAttributes(merged['jenkins']);
  const result = configSchema.safeParse(merged);
  if (result.success) return result.data;
  throw new CascError(
    `io.jenkins.plugins.casc.ConfiguratorException: ${z.prettifyError(result.error)}`,
  );
}

function refuseUnknownAttributes(jenkins: unknown): void {
  if (!isTree(jenkins)) return;
  const unknown = Object.keys(jenkins).filter((key) => !jenkinsAttributes.includes(key));
  if (unknown.length === 0) return;
  throw new CascError(
    `io.jenkins.plugins.casc.ConfiguratorException: Invalid configuration elements for type: class jenkins.model.Jenkins : ${unknown.join(', ')}.\nAvailable attributes : ${jenkinsAttributes.join(', ')}`,
  );
}

type Tree = Record<string, unknown>;

function yamlFiles(source: string): string[] {
  const kind = statSync(source, { throwIfNoEntry: false });
  if (kind === undefined) return [];
  if (!kind.isDirectory()) return [source];
  return readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.ya?ml$/.test(name))
    .sort()
    .map((name) => join(source, name));
}

function parseFile(file: string, sources: SecretSources): Tree {
  const parsed: unknown = parse(readFileSync(file, 'utf8'));
  const tree = substituteAll(parsed, sources);
  if (tree === null || tree === undefined) return {};
  if (isTree(tree)) return tree;
  throw new CascError(`io.jenkins.plugins.casc.ConfiguratorException: ${file} is not a mapping`);
}

/** Values only, after parsing: a secret with a colon in it cannot change the structure. */
function substituteAll(value: unknown, sources: SecretSources): unknown {
  if (typeof value === 'string') return substitute(value, sources);
  if (Array.isArray(value)) return value.map((one) => substituteAll(one, sources));
  if (!isTree(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, substituteAll(one, sources)]),
  );
}

interface Merging {
  readonly into: Tree;
  readonly tree: Tree;
  readonly path: string;
  readonly options: CascOptions;
}

function merge({ into, tree, path, options }: Merging): Tree {
  const result: Tree = { ...into };
  for (const [key, value] of Object.entries(tree)) {
    result[key] = mergeValue({ before: result[key], value, path: `${path}/${key}`, options });
  }
  return result;
}

function mergeValue(merging: {
  before: unknown;
  value: unknown;
  path: string;
  options: CascOptions;
}): unknown {
  const { before, value, path, options } = merging;
  if (before === undefined) return value;
  if (isTree(before) && isTree(value)) return merge({ into: before, tree: value, path, options });
  if (Array.isArray(before) && Array.isArray(value))
    return [...(before as unknown[]), ...(value as unknown[])];
  if (options.mergeStrategy === 'override' || before === value) return value;
  throw new CascError(
    `io.jenkins.plugins.casc.ConfiguratorException: Found conflicting configuration at ${path}`,
  );
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
