import type { Attribute, Offer } from '../mesos/wire.ts';

type Constraint = readonly string[];

/** Where an instance runs, as far as constraints look at it. */
export interface Placement {
  readonly host: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly region?: string;
  readonly zone?: string;
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
  return test({ offered, value, others: placed.map((one) => fieldOf(field, one)) });
}

export function placementOf(offer: Pick<Offer, 'hostname' | 'attributes' | 'domain'>): Placement {
  const attributes = (offer.attributes ?? []).map((one) => [one.name, attributeText(one)] as const);
  const { region, zone } = offer.domain?.fault_domain ?? {};
  return {
    host: offer.hostname,
    attributes: Object.fromEntries(attributes),
    ...(region === undefined ? {} : { region: region.name }),
    ...(zone === undefined ? {} : { zone: zone.name }),
  };
}

interface Candidate {
  readonly offered: string;
  readonly value: string;
  /** The field's values where instances run, one per instance. */
  readonly others: readonly (string | undefined)[];
}

/** `docs/constraints.md` and `OfferAttributeChecker.scala` of Marathon 1.10. */
const operators: Readonly<Record<string, (candidate: Candidate) => boolean>> = {
  UNIQUE: ({ offered, others }) => !others.includes(offered),
  CLUSTER: ({ offered, value, others }) =>
    (value === '' || value === offered) && others.every((other) => other === offered),
  GROUP_BY: isSmallestGroup,
  MAX_PER: ({ offered, value, others }) => count(others, offered) < Number(value),
  LIKE: ({ offered, value }) => fullMatch(value, offered),
  UNLIKE: ({ offered, value }) => !fullMatch(value, offered),
  IS: ({ offered, value }) => offered === value,
};

/** Only groups that have instances are known, which is why the operator takes their number. */
function isSmallestGroup({ offered, value, others }: Candidate): boolean {
  const groups = [...new Set(others)];
  if (!groups.includes(offered)) return true;
  if (groups.length < Number(value)) return false;
  return groups.every((group) => count(others, offered) <= count(others, group));
}

function count(values: readonly (string | undefined)[], value: string | undefined): number {
  return values.filter((one) => one === value).length;
}

/** Java's `String.matches`: the whole text has to match. */
function fullMatch(pattern: string, text: string): boolean {
  return new RegExp(`^(?:${pattern})$`).test(text);
}

function fieldOf(field: string, placement: Placement): string | undefined {
  if (field === 'hostname' || field === '@hostname') return placement.host;
  if (field === '@region') return placement.region;
  if (field === '@zone') return placement.zone;
  return placement.attributes[field];
}

/** `Constraints.getValueString`: numbers as Java's NumberFormat has them, at most three decimals. */
function attributeText({ text, scalar, ranges, set }: Attribute): string {
  if (scalar !== undefined) return numberFormat.format(scalar.value);
  if (ranges !== undefined) {
    const parts = [...ranges.range].sort((a, b) => a.begin - b.begin);
    return `[${parts.map(({ begin, end }) => `${begin}-${end}`).join(',')}]`;
  }
  if (set !== undefined) return `{${[...set.item].sort().join(',')}}`;
  return text?.value ?? '';
}

const numberFormat = new Intl.NumberFormat('en-US', { maximumFractionDigits: 3 });
