import { describe, expect, test } from 'vitest';
import help from '../../fixtures/mesos/flags-1.12.0.json' with { type: 'json' };
import { specOf } from '../../support/cluster-file.ts';
import { ofService, rendered } from '../../support/rendered.ts';

/** What `mesos-master --help` and `mesos-agent --help` of 1.12.0 say, one flag a line. */
type Help = Readonly<Record<string, { readonly kind: string; readonly aliases?: string[] }>>;

interface Given {
  readonly by: 'environment' | 'argument';
  readonly name: string;
  readonly value: string | undefined;
}

const spec = await specOf();

const services = [
  { service: 'mesos-master', flags: help.master as Help },
  { service: 'mesos-agent', flags: help.agent as Help },
] as const;

/** Everything the containers of a service are given, on hosts with cgroup v1 and v2. */
function given(service: (typeof services)[number]['service']): Given[][] {
  const containers = [false, true].flatMap((cgroupV2) =>
    ofService(rendered(spec, cgroupV2), service),
  );
  return containers.map(({ container }) => [
    ...Object.entries(container.env)
      .filter(([name]) => name.startsWith('MESOS_'))
      .map(([name, value]) => ({
        by: 'environment' as const,
        name: name.slice('MESOS_'.length).toLowerCase(),
        value,
      })),
    ...container.command.map(argument),
  ]);
}

function argument(text: string): Given {
  const [, name = text, value] = /^--([^=]+)(?:=(.*))?$/.exec(text) ?? [];
  return { by: 'argument', name, value };
}

/** The flag's first name; an unknown one in the environment would be ignored without a word. */
function known(flags: Help, name: string): string | undefined {
  const plain = name.replace(/^no-/, '');
  return Object.keys(flags).find(
    (flag) => flag === plain || flags[flag]?.aliases?.includes(plain) === true,
  );
}

const forms: Readonly<Record<string, RegExp>> = {
  boolean: /^(true|false|1|0)$/,
  duration: /^\d+(\.\d+)?(ns|us|ms|secs|mins|hrs|days|weeks)$/,
  bytes: /^\d+(B|KB|MB|GB|TB)$/,
  integer: /^\d+$/,
  number: /^\d+(\.\d+)?$/,
  text: /./,
};

function hasForm(kind: string, { by, name, value }: Given): boolean {
  if (kind !== 'boolean') return value !== undefined && forms[kind]!.test(value);
  if (name.startsWith('no-')) return by === 'argument' && value === undefined;
  return (value === undefined && by === 'argument') || forms.boolean!.test(value ?? '');
}

describe.each(services)('$service', ({ service, flags }) => {
  const containers = given(service);

  test('is rendered at all', () => {
    expect(containers.every((all) => all.length > 5)).toBe(true);
  });

  test('gets only flags that Mesos has', () => {
    const unknown = containers.flat().filter(({ name }) => known(flags, name) === undefined);
    expect(unknown).toEqual([]);
  });

  test('gets every flag in the syntax of its kind', () => {
    const wrong = containers
      .flat()
      .filter((one) => !hasForm(flags[known(flags, one.name) ?? '']?.kind ?? 'text', one));
    expect(wrong).toEqual([]);
  });

  test('gets no flag twice, neither as variable and argument nor under two names', () => {
    for (const all of containers) {
      const names = all.map(({ name }) => known(flags, name));
      expect(names).toHaveLength(new Set(names).size);
    }
  });
});

test.each([
  ['duration', '10s', false],
  ['duration', '10secs', true],
  ['boolean', 'yes', false],
  ['integer', '2.5', false],
])('a %s may be written %s: %s', (kind, value, fits) => {
  expect(hasForm(kind, { by: 'environment', name: 'x', value })).toBe(fits);
});
