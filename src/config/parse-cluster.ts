import { ClusterError } from '../errors.ts';
import type { Checked } from './check.ts';
import { checkFrameworks } from './check-frameworks.ts';
import { checkGateway } from './check-gateway.ts';
import { checkLabels } from './check-labels.ts';
import { checkPlaces } from './check-places.ts';
import { checkPlugins } from './check-plugins.ts';
import { checkPorts } from './check-ports.ts';
import { checkRoles } from './check-roles.ts';
import { checkSwitches } from './check-switches.ts';
import { checkTemplates } from './check-templates.ts';
import { checkTimes } from './check-times.ts';
import type { ClusterFile } from './cluster-schema.ts';
import { completeCluster } from './complete-cluster.ts';
import { type Fault, isSame, type Path, pathText, type Position, touches } from './fault.ts';
import type { Origin, ParsedCluster } from './parsed-cluster.ts';
import { shapeOf } from './shape.ts';
import { readYaml, type YamlDocument } from './yaml-document.ts';

const checks = [
  ...[checkRoles, checkPorts, checkTimes, checkPlaces, checkGateway],
  ...[checkPlugins, checkFrameworks, checkLabels, checkTemplates, checkSwitches],
];

/** Text of a cluster file to its meaning; throws CONFIG_INVALID with every fault that can be told. */
export function parseCluster(text: string, origin: Origin): ParsedCluster {
  return clusterOf(readYaml(text), origin);
}

/** The same for a file that has been read; tests feed it values that never were text. */
export function clusterOf(document: YamlDocument, origin: Origin): ParsedCluster {
  if (!document.usable) throw invalid(document.faults, document, origin);
  const shape = shapeOf(document.value);
  const spec = shape.file && completed(shape.file, document, origin);
  const tainted = [...shape.tainted, ...document.faults.map(({ path }) => path)];
  const unfit =
    shape.file && spec
      ? unfitting({ file: shape.file, spec, isWritten: document.has }, tainted)
      : [];
  // What is strange as text is mostly of a wrong form as well: once is enough.
  const form = shape.faults.filter(
    ({ path }) => !document.faults.some((fault) => isSame(fault.path, path)),
  );
  const faults = [...document.faults, ...form, ...unfit];
  if (spec === undefined || faults.length > 0) throw invalid(faults, document, origin);
  return spec;
}

function completed(file: ClusterFile, document: YamlDocument, origin: Origin): ParsedCluster {
  return completeCluster(file, { ...origin, keys: document.keys });
}

/** Faults between entries, without those that may only be an echo of a malformed one. */
function unfitting(checked: Checked, tainted: readonly Path[]): Fault[] {
  return checks
    .flatMap((check) => check(checked))
    .filter(({ path, needs = [] }) =>
      [path, ...needs].every((need) => !tainted.some((taint) => touches(taint, need))),
    );
}

/** More would push the first ones off the screen. */
const mostShown = 50;

function invalid(
  faults: readonly Fault[],
  { locate }: YamlDocument,
  { path }: Origin,
): ClusterError {
  const lines = faults
    .map((fault) => ({ fault, position: locate(fault) }))
    .sort((a, b) => inOrder(a.position, b.position))
    .map(({ fault, position: { line, column } }) => ({
      place: `${path}:${String(line)}:${String(column)}`,
      text: sentence(fault),
    }))
    .map(({ place, text }) => `${place} ${text}`);
  const unique = [...new Set(lines)];
  const more = unique.length - mostShown;
  const count = unique.length === 1 ? '1 fault' : `${String(unique.length)} faults`;
  const shown = [...unique.slice(0, mostShown), ...(more > 0 ? [`and ${String(more)} more`] : [])];
  return new ClusterError('CONFIG_INVALID', [`${path} has ${count}`, ...shown].join('\n'), {
    remedy: `Correct these lines; "ci-cluster sample" shows every field.`,
  });
}

function inOrder(a: Position, b: Position): number {
  return a.line - b.line || a.column - b.column;
}

function sentence({ path, message, whole }: Fault): string {
  return whole || path.length === 0 ? message : `${pathText(path)}: ${message}`;
}
