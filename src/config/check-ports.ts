import { type Check, type Checked, listed, roleSources } from './check.ts';
import type { Host } from './cluster-spec.ts';
import { type Fault, type Path, pathText } from './fault.ts';
import { type Listener, listeners } from './listeners.ts';

export const checkPorts: Check = (checked) => [...sharedPorts(checked), ...offeredPorts(checked)];

interface Finding {
  readonly fault: Fault;
  readonly host: string;
}

function sharedPorts(checked: Checked): Fault[] {
  const findings = checked.spec.hosts.flatMap((host) => {
    const all = listeners(checked.spec, host);
    return all.flatMap((one, index) =>
      all
        .slice(0, index)
        .filter((other) => other.port === one.port)
        .map((other) => ({ host: host.name, fault: sharedPort(one, other, checked) })),
    );
  });
  return merged(findings);
}

/** Shown at the port that the file sets, if the other one is a default. */
function sharedPort(one: Listener, other: Listener, { isWritten }: Checked): Fault {
  const swap = isWritten(other.path) && !isWritten(one.path);
  const [at, against] = swap ? [other, one] : [one, other];
  const message = `port ${String(at.port)} is also ${useOf(against)}`;
  return { path: at.path, message, needs: [...sources(one.path), ...sources(other.path)] };
}

function useOf({ path }: Listener): string {
  return path[0] === 'hosts' ? 'the port of sshd' : pathText(path);
}

/** Jenkins must get its ports from Mesos; a port of another service would be handed out as free. */
function offeredPorts(checked: Checked): Fault[] {
  const findings = checked.spec.hosts
    .filter(({ roles }) => roles.includes('mesos-agent'))
    .flatMap((host) =>
      listeners(checked.spec, host)
        .filter((listener) => listener.offered !== isOffered(listener, host))
        .map((listener) => ({ host: host.name, fault: misplaced(listener, host, checked) })),
    );
  return merged(findings);
}

function isOffered({ port }: Listener, { agent }: Host): boolean {
  const { first, last } = agent.resources.ports;
  return port >= first && port <= last;
}

/** Shown at the range, if only that is written in the file. */
function misplaced(listener: Listener, { name, agent }: Host, { isWritten }: Checked): Fault {
  const { port, offered, path } = listener;
  const rangePath = ['hosts', name, 'resources', 'ports'];
  const needs = [...sources(path), rangePath];
  const { first, last } = agent.resources.ports;
  const range = `${String(first)}-${String(last)}`;
  if (isWritten(rangePath) && !isWritten(path)) {
    const message = `${offered ? 'must contain' : 'must not contain'} ${String(port)}, ${useOf(listener)}`;
    return { path: rangePath, message, needs };
  }
  const message = `port ${String(port)} ${offered ? 'must be' : 'must not be'} among those offered to Mesos (${range})`;
  return { path, message, needs };
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
