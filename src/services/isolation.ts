import { controlPlacesBeside, controlPorts } from '../cluster/control-ports.ts';
import type { ClusterSpec, Host } from '../config/cluster-spec.ts';
import { render, type Templates } from './render.ts';
import { root, type Folder, type ManagedFile } from './service.ts';

/** Starts the rules with Docker. */
export const isolationUnit = 'ci-cluster-builds.service';

export function isolationScript({ folders }: ClusterSpec): string {
  return `${folders.config}/isolation/builds.sh`;
}

/** What the script says when nothing is missing. */
export const inForce = 'in force';

/** Builds run on the Mesos agents and nowhere else. */
export function isIsolated({ roles }: Host): boolean {
  return roles.includes('mesos-agent');
}

export function isolationFolders({ folders }: ClusterSpec): readonly Folder[] {
  return [{ path: `${folders.config}/isolation`, mode: '0755', owner: root }];
}

interface Place {
  readonly spec: ClusterSpec;
  readonly host: Host;
  readonly templates: Templates;
  /** Network interface of Docker's default bridge. */
  readonly bridge: string;
}

export function isolationFiles({ spec, host, templates, bridge }: Place): readonly ManagedFile[] {
  const script = isolationScript(spec);
  const common = { cluster: spec.name, unit: isolationUnit };
  const rules = rulesFor(spec, host);
  return [
    {
      path: script,
      content: render(templates, 'isolation/builds.sh', { ...common, bridge, rules }),
      mode: '0755',
      owner: root,
    },
    {
      path: `/etc/systemd/system/${isolationUnit}`,
      content: render(templates, 'isolation/builds.service', { ...common, script }),
      mode: '0644',
      owner: root,
    },
  ];
}

/** What is dropped, as iptables takes it. */
function rulesFor(spec: ClusterSpec, host: Host): readonly string[] {
  const own = rulesTo('-m addrtype --dst-type LOCAL', controlPorts(spec, host));
  const others = controlPlacesBeside(spec, host).flatMap(({ addresses, ports }) =>
    rulesTo(`-d ${addresses.join()}`, ports),
  );
  // A forged VRRP packet would steal the address that moves between the gateways: containers have
  // CAP_NET_RAW by default, and the bridge gives what they send their host's address.
  const vrrp = spec.gateway.entrance.kind === 'vip' ? ['-p 112'] : [];
  return [...own, ...others, ...vrrp];
}

/** `multiport` takes 15 ports (iptables-extensions(8), 1.8). */
const portsPerRule = 15;

function rulesTo(destination: string, ports: readonly number[]): string[] {
  const count = Math.ceil(ports.length / portsPerRule);
  return Array.from({ length: count }, (_, index) => {
    const some = ports.slice(index * portsPerRule, (index + 1) * portsPerRule);
    return `${destination} -p tcp -m multiport --dports ${some.join()}`;
  });
}
