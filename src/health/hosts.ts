import type { Host } from '../config/cluster-spec.ts';
import type { ContainerFacts, Facts } from '../plan/facts.ts';
import { openness } from '../plan/isolation.ts';
import { renderInput, serviceWork } from '../plan/service-work.ts';
import type { PlanInput } from '../plan/observed.ts';
import { servicesOf } from '../plan/prepare-host.ts';
import type { ContainerHealth, HostHealth } from './model.ts';
import { worst } from './model.ts';

/** Each host with the containers it should run, from the facts alone. */
export function hostsHealth(
  input: PlanInput,
  missing: ReadonlyMap<string, string>,
): readonly HostHealth[] {
  return input.spec.hosts.map((host) => {
    const facts = input.observed.facts.get(host.name);
    if (facts === undefined) return unseenHost(host, missing);
    const containers = servicesOf(input.spec, host).map((service) => {
      const { name } = service.container(renderInput(input, host));
      const drifted = serviceWork(input, service, host).steps.length > 0;
      return containerHealth(facts, { name, service: service.name, drifted });
    });
    const detail = facts.docker.kind === 'running' ? '' : `Docker Engine is ${facts.docker.kind}`;
    const open = facts.docker.kind === 'running' ? openness(input, host) : '';
    const own = detail !== '' ? 'unhealthy' : open !== '' ? 'degraded' : 'healthy';
    const state = worst([own, ...containers.map((container) => container.state)]);
    return { host: host.name, state, detail, openness: open, containers };
  });
}

function unseenHost(host: Host, missing: ReadonlyMap<string, string>): HostHealth {
  const detail = missing.get(host.name) ?? 'not connected';
  return { host: host.name, state: 'unknown', detail, openness: '', containers: [] };
}

interface Wanted {
  readonly name: string;
  readonly service: string;
  readonly drifted: boolean;
}

function containerHealth(facts: Facts, { name, service, drifted }: Wanted): ContainerHealth {
  const found = facts.containers.find((container) => container.name === name);
  if (found === undefined) return { name, service, state: 'unhealthy', detail: 'missing' };
  if (found.status !== 'running') {
    return { name, service, state: 'unhealthy', detail: stopped(found) };
  }
  if (drifted) {
    return { name, service, state: 'degraded', detail: 'differs from the cluster file' };
  }
  const detail = found.restarts > 0 ? `restarted ${found.restarts} times by Docker` : '';
  return { name, service, state: 'healthy', detail };
}

function stopped({ status, exitCode, restarts }: ContainerFacts): string {
  const times = restarts > 0 ? `, ${restarts} restarts` : '';
  return `${status}, exit code ${exitCode}${times}`;
}
