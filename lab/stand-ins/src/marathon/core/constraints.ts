import type { Attribute, Offer } from '../mesos/wire.ts';

type Constraint = readonly string[];

/** Where an instance runs, as far as constraints look at it. */
export interface Placement {
  readonly host: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** Whether one more instance may run on the offering agent beside those that run already. */
export function fulfils(
  constraint: Constraint,
  offer: Offer,
  placed: readonly Placement[],
): boolean {
  const [field = '', operator = '', value = ''] = constraint;
  const offered = fieldOf(field, placementOf(offer));
  if (offered === undefined) return operator === 'UNLIKE';
  const test = operators[operator];
  if (test === undefined) return false;
  const others = placed.map((one) => fieldOf(field, one)).filter(isDefined);
  return test({ offered, value, others });
}

export function placementOf(offer: Pick<Offer, 'hostname' | 'attributes'>): Placement {
  const attributes = (offer.attributes ?? []).map((one) => [one.name, attributeText(one)] as const);
  return { host: offer.hostname, attributes: Object.fromEntries(attributes) };
}

interface Candidate {
  readonly offered: string;
  readonly value: string;
  /** The field's values where instances run, one per instance. */
  readonly others: readonly string[];
}

/** `docs/constraints.md` of Marathon 1.10. */
const operators: Readonly<Record<string, (candidate: Candidate) => boolean>> = {
  UNIQUE: ({ offered, others }) => !others.includes(offered),
  CLUSTER: ({ offered, value, others }) =>
    (value === '' || value === offered) && others.every((other) => other === offered),
  GROUP_BY: ({ offered, value, others }) => isSmallestGroup(offered, value, others),
  MAX_PER: ({ offered, value, others }) => count(others, offered) < Number(value),
  LIKE: ({ offered, value }) => fullMatch(value, offered),
  UNLIKE: ({ offered, value }) => !fullMatch(value, offered),
  IS: ({ offered, value }) => offered === value,
};

function isSmallestGroup(offered: string, value: string, others: readonly string[]): boolean {
  const groups = [...new Set(others)];
  const wanted = value === '' ? 1 : Number(value);
  if (!groups.includes(offered)) return true;
  if (groups.length < wanted) return false;
  return groups.every((group) => count(others, offered) <= count(others, group));
}

function count(values: readonly string[], value: string): number {
  return values.filter((one) => one === value).length;
}

/** Java's `String.matches`: the whole text has to match. */
function fullMatch(pattern: string, text: string): boolean {
  return new RegExp(`^(?:${pattern})$`).test(text);
}

function fieldOf(field: string, placement: Placement): string | undefined {
  if (field === 'hostname' || field === '@hostname') return placement.host;
  return placement.attributes[field];
}

function attributeText(attribute: Attribute): string {
  return attribute.text?.value ?? String(attribute.scalar?.value ?? '');
}

function isDefined(value: string | undefined): value is string {
  return value !== undefined;
}
