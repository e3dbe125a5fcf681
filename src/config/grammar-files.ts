import type { PortRange } from './cluster-spec.ts';
import { show } from './fault.ts';
import { text } from './grammar.ts';

/** Their content is gone after a reboot, or was never on a disk. */
const volatile = ['/tmp', '/var/tmp', '/run', '/var/run', '/dev', '/proc', '/sys'];

/** Folders of the system itself: ci-cluster changes the owner of the folders it is given. */
const shared = [
  ...['/bin', '/boot', '/etc', '/home', '/lib', '/lib64', '/media', '/mnt', '/opt', '/root'],
  ...['/sbin', '/usr', '/usr/local', '/var', '/var/lib', '/var/log', '/var/lib/docker'],
];

/** Absolute path on a host: no spaces, no `:` (Docker separates mounts by it), no `.` or `..`. */
export const remoteFolder = text(
  'an absolute path of letters, digits, ".", "_" and "-" without a "/" at its end',
  /^(?=.{2,200}$)(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._][A-Za-z0-9._-]*)+$/,
)
  .refine((path) => !volatile.some((folder) => isInside(path, folder)), {
    error: ({ input }) => `must not be a place that a reboot empties, like ${show(input)}`,
  })
  .refine((path) => !shared.includes(path), {
    error: ({ input }) => `must be a folder of its own, not ${show(input)} itself`,
  });

/** True for the folder itself, too. */
export function isInside(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

/** Path on the operator's machine; relative to the cluster file, or below the home with `~/`. */
export const localFile = text(
  'a path: absolute, beginning with "~/", or relative to the cluster file',
  /^(?!-|~(?!\/))[^\s][^\r\n]{0,1023}$/,
);

/** The znode /zookeeper belongs to ZooKeeper, and the root to everybody. */
export const zookeeperPath = text(
  'a path like /mesos of letters, digits, ".", "_" and "-" without a "/" at its end',
  /^(?=.{2,200}$)(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._][A-Za-z0-9._-]*)+$/,
).refine((path) => !isInside(path, '/zookeeper'), {
  error: 'must not be inside /zookeeper, which ZooKeeper keeps for itself',
});

const component = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const domain = '(?:[a-zA-Z0-9][a-zA-Z0-9.-]{0,252})(?::[1-9][0-9]{0,4})?';
const imagePattern = new RegExp(
  `^(?=.{1,500}$)(?:${domain}/)?${component}(?:/${component}){0,10}(?::[A-Za-z0-9_][A-Za-z0-9._-]{0,127})?(?:@sha256:[0-9a-f]{64})?$`,
);

/** Grammar of docker/distribution's reference package; a version is demanded on top of it. */
export const imageReference = text(
  'an image like registry.example.com:5000/name:version or name@sha256:…',
  imagePattern,
).refine(isPinned, {
  error: ({ input }) =>
    `must say its version (not "latest") or digest: ${show(input)} may change any day`,
});

function isPinned(reference: string): boolean {
  const [name = '', digest] = reference.split('@');
  const tag = /:([^:/]+)$/.exec(name)?.[1];
  return digest !== undefined || (tag !== undefined && tag !== 'latest');
}

/** What `git clone` takes, without a login in it: that would stand in the job's definition. */
export const gitUrl = text(
  'a URL like https://git.example.com/team/project.git, without a login',
  /^(?:https?|git|ssh):\/\/(?!-)(?:[A-Za-z0-9_.-]+@)?[A-Za-z0-9][A-Za-z0-9.-]*(?::[1-9]\d{0,4})?(?:\/[A-Za-z0-9_~.-]+)+\/?$/,
);

/** Both ends included, like the Mesos resource `ports`. */
export const portRange = text('a range of ports like 31000-32000', /^[1-9]\d{0,4}-[1-9]\d{0,4}$/)
  .refine((range) => isOrdered(rangeOf(range)), {
    error: ({ input }) => `must go from low to high, up to 65535, not ${show(input)}`,
  })
  .transform(rangeOf);

function rangeOf(range: string): PortRange {
  const [first = 0, last = 0] = range.split('-').map(Number);
  return { first, last };
}

function isOrdered({ first, last }: PortRange): boolean {
  return first <= last && last <= 65_535;
}
