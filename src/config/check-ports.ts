import { type Check, type Checked, listed, roleSources } from './check.ts';
import type { Host } from './cluster-spec.ts';
import { type Fault, type Path, pathText } from './fault.ts';
import { type Listener, listeners } from './listeners.ts';

export const checkPorts: Check = (checked) => [...sharedPorts(checked), ...offeredPorts(checked)];

interface Finding {
  readonly fault: Fault;
  readonly host: string;
}

function sharedPorts({ spec }: Checked): Fault[] {
  const findings = spec.hosts.flatMap((host) => {
    const all = listeners(spec, host);
    return all.flatMap((one, index) =>
      all
        .slice(0, index)
        .filter((other) => other.port === one.port)
        .map((other) => ({ host: host.name, fault: sharedPort(one, other) })),
    );
  });
  return merged(findings);
}

function sharedPort(one: Listener, other: Listener): Fault {
  const message = `port ${String(one.port)} is also ${useOf(other)}`;
  return { path: one.path, message, needs: [...sources(one.path), ...sources(other.path)] };
}

function useOf({ path }: Listener): string {
  return path[0] === 'hosts' ? 'the port of sshd' : pathText(path);
}

/** Mesos would hand such a port to a task as free. */
function offeredPorts({ spec }: Checked): Fault[] {
  const findings = spec.hosts
    .filter(({ roles }) => roles.includes('mesos-agent'))
    .flatMap((host) =>
      listeners(spec, host)
        .filter((listener) => listener.offered !== isOffered(listener, host))
        .map((listener) => ({ host: host.name, fault: misplaced(listener, host) })),
    );
  return merged(findings);
}

function isOffered({ port }: Listener, { agent }: Host): boolean {
  const { first, last } = agent.resources.ports;
  return port >= first && port <= last;
}

function misplaced({ port, offered, path }: Listener, { name, agent }: Host): Fault {
  const { first, last } = agent.resources.ports;
  const range = `the ports offered to Mesos (${String(first)}-${String(last)})`;
  const message = `port ${String(port)} ${offered ? 'must be one' : 'must not be one'} of ${range}`;
  return { path, message, needs: [...sources(path), ['hosts', name, 'resources', 'ports']] };
}

/** Where a controller may run depends on its home as well. */
function sources(path: Path): Path[] {
  const home = path[0] === 'jenkins' ? [['jenkins', path[1] ?? '', 'home']] : [];
  return [path, ...home, ...roleSources];
}

/** One fault for all hosts that have it. */
function merged(findings: readonly Finding[]): Fault[] {
  const groups = new Map<string, { readonly fault: Fault; readonly hosts: string[] }>();
  for (const { fault, host } of findings) {
    const key = `${pathText(fault.path)} ${fault.message}`;
    const group = groups.get(key) ?? { fault, hosts: [] };
    group.hosts.push(host);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ fault, hosts }) => ({
    ...fault,
    message: `${fault.message} on ${listed(hosts)}`,
  }));
}
