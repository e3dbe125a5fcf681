import { namesOf, type LogSource } from '../run/logs/source.ts';
import { unknownName } from './unknown-name.ts';

/** Sources that one of the targets names: a host, a service, or a service on a host. All without any. */
export function chosenSources(
  sources: readonly LogSource[],
  targets: readonly string[],
): readonly LogSource[] {
  const known = [...new Set(sources.flatMap(namesOf))];
  const stranger = targets.find((target) => !known.includes(target));
  if (stranger !== undefined) throw unknownName(...strange(stranger, known));
  if (targets.length === 0) return sources;
  return sources.filter((source) => namesOf(source).some((name) => targets.includes(name)));
}

/** Of a host that is known, only its own services are worth a word. */
function strange(target: string, known: readonly string[]): [string, string, string[]] {
  const host = target.split('/')[0] ?? '';
  const own = known.filter((name) => name.startsWith(`${host}/`));
  if (target.includes('/') && own.length > 0) return ['service', target, own];
  const short = known.filter((name) => !name.includes('/') || name.startsWith('jenkins/'));
  return ['host or service', target, short];
}
