/** How one image of the lab is made: `lab/images/<name>` on top of another image. */
export interface Recipe {
  readonly name: string;
  /** Undefined for the base, which comes from mmdebstrap. */
  readonly from: string | undefined;
  /** A stand-in's program, copied into the build from `lab/stand-ins/dist`. */
  readonly bundle?: string;
  /** More files of its build by the name of their folder there; paths from the package's root. */
  readonly folders?: Readonly<Record<string, string>>;
  /** Prefix of its tag in the lab's registry, for what the hosts pull. */
  readonly tagPrefix?: string;
}

const debian = 'debian-12';
const standIn = 'stand-in';

/** Parents before children. */
export const recipes: readonly Recipe[] = [
  { name: 'base', from: undefined },
  { name: 'host-bare', from: 'base' },
  { name: 'host', from: 'host-bare' },
  { name: 'java', from: 'base' },
  { name: 'zookeeper', from: 'java', tagPrefix: debian },
  { name: 'build-agent', from: 'java', tagPrefix: debian },
  { name: 'haproxy', from: 'base', tagPrefix: debian },
  { name: 'keepalived', from: 'base', tagPrefix: debian },
  { name: 'registry', from: 'base' },
  { name: 'git', from: 'base' },
  { name: 'node', from: 'base' },
  ...['mesos-master', 'mesos-agent', 'marathon', 'jenkins'].map((name) => ({
    name,
    from: 'node',
    bundle: `${name}.cjs`,
    tagPrefix: standIn,
    ...(name === 'jenkins' ? { folders: { agent: 'lab/stand-ins/agent/src' } } : {}),
  })),
];

/** What one kind of lab needs; hosts without Docker are the parent of those with it. */
export function recipesFor(bare: boolean): readonly Recipe[] {
  return recipes.filter(({ name }) => !(bare && name === 'host'));
}

export function hostImage(bare: boolean): string {
  return bare ? 'host-bare' : 'host';
}
