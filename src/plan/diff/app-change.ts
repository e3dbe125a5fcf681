import { fingerprintLabel, type MarathonApp } from '../../services/marathon-app.ts';
import type { ApiStep } from '../step.ts';
import type { AppChange, FieldChange } from './change.ts';
import { mapChanges } from './mask.ts';

type PutApp = Extract<ApiStep, { kind: 'put-app' }>;

/** What is known of a deployed app: its definition, that there is none, or nothing. */
export interface DeployedApp {
  readonly fingerprint: string | undefined;
  readonly definition: Readonly<Record<string, unknown>> | undefined;
}

/** The app field by field; what Marathon adds to a definition by itself is not told. */
export function appChange({ app, restart }: PutApp, deployed: DeployedApp | undefined): AppChange {
  const common = { kind: 'app', id: app.id } as const;
  if (deployed === undefined) {
    return { ...common, action: 'create', fields: fieldsOfNew(app), note: '' };
  }
  const { definition } = deployed;
  const isSame = deployed.fingerprint === app.labels[fingerprintLabel];
  if (isSame && restart) {
    return { ...common, action: 'restart', fields: [], note: 'a file that it reads changes' };
  }
  if (definition === undefined) {
    return { ...common, action: 'change', fields: [], note: 'present definition not read' };
  }
  const wanted = withoutFingerprint(app);
  const fields = mapChanges('', leaves(definition, wanted), leaves(wanted, wanted));
  const note = fields.length === 0 ? 'a file that it reads changes' : '';
  return { ...common, action: 'change', fields, note };
}

/** Where and with what: the rest is in the cluster file. */
function fieldsOfNew(app: MarathonApp): readonly FieldChange[] {
  const all = leaves(app, app);
  return ['container.docker.image', 'cpus', 'mem'].flatMap((field) => {
    const after = all.get(field);
    return after === undefined ? [] : [{ field, before: null, after }];
  });
}

function withoutFingerprint(app: MarathonApp): Readonly<Record<string, unknown>> {
  const labels = Object.entries(app.labels).filter(([name]) => name !== fingerprintLabel);
  return { ...app, labels: Object.fromEntries(labels) };
}

/** Names that somebody chose: one that is gone from the definition was taken away. */
const openMaps = /^(?:env|labels)$/;

/**
 * Values by their path, of those fields that `shape` has: Marathon adds defaults to what it was given.
 * Of a list and of an open map all is told.
 */
function leaves(value: unknown, shape: unknown, path = ''): Map<string, string> {
  if (value === undefined) return new Map();
  if (!isContainer(shape) || !isContainer(value)) return new Map([[path, textOf(value)]]);
  const isOpen = Array.isArray(value) || openMaps.test(path);
  const names = Object.keys(isOpen ? value : shape).filter((name) => name !== fingerprintLabel);
  return new Map(
    names.flatMap((name) => {
      const place = Array.isArray(value)
        ? `${path}[${name}]`
        : path === ''
          ? name
          : `${path}.${name}`;
      return [...leaves(value[name], shape[name], place)];
    }),
  );
}

function isContainer(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
