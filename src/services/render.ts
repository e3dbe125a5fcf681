import { Liquid } from 'liquidjs';

/** Content of `templates/`, by path below it. */
export type Templates = Readonly<Record<string, string>>;

/** An unknown variable or filter is an error that names template and line, never an empty text. */
const engine = new Liquid({ strictVariables: true, strictFilters: true, ownPropertyOnly: true });

/**
 * Text for JCasC: JSON's quotes are YAML's, in 1.1 as in 1.2, and `^${` is how JCasC writes a `${` that
 * it is to leave alone. SnakeYAML takes what JSON does not escape and nobody can print for a fault.
 */
engine.registerFilter('casc', (value: unknown) =>
  JSON.stringify(String(value).replaceAll('${', '^${')).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  ),
);

/** Templates are ours; answers of hosts are never rendered. A missing template is a bug. */
export function render(
  templates: Templates,
  name: string,
  values: Readonly<Record<string, unknown>>,
): string {
  const text = templates[name];
  if (text === undefined) throw new Error(`no template ${name}`);
  return String(engine.parseAndRenderSync(text, { ...values }));
}
