import type { ClusterSpec, Host, JenkinsController } from '../config/cluster-spec.ts';
import { nearestOf } from '../config/nearest.ts';
import { ClusterError } from '../errors.ts';
import { services } from '../services/index.ts';
import type { Service } from '../services/service.ts';

/** Services with the hosts that are meant, and controllers. */
export interface Targets {
  readonly members: readonly Members[];
  readonly controllers: readonly JenkinsController[];
}

export interface Members {
  readonly service: Service;
  readonly hosts: readonly Host[];
}

/**
 * `zookeeper`, `m1/zookeeper`, `jenkins` or `jenkins/main`, in the order in which services lean on each
 * other. Nothing means everything.
 */
export function targetsOf(spec: ClusterSpec, words: readonly string[]): Targets {
  const wanted = words.map((word) => targetOf(spec, word));
  const isMeant = (service: Service, host: Host) =>
    wanted.some((one) => one.service === service && (one.host ?? host) === host);
  const members = services.map((service) => ({
    service,
    hosts: service.hosts(spec).filter((host) => words.length === 0 || isMeant(service, host)),
  }));
  const named = wanted.flatMap(({ controllers }) => controllers ?? []);
  return {
    members: members.filter(({ hosts }) => hosts.length > 0),
    controllers: spec.jenkins.filter((one) => words.length === 0 || named.includes(one)),
  };
}

interface Target {
  readonly service?: Service;
  readonly host?: Host;
  readonly controllers?: readonly JenkinsController[];
}

function targetOf(spec: ClusterSpec, word: string): Target {
  const [first = '', second] = word.split('/');
  if (first === 'jenkins') return { controllers: controllersNamed(spec, second) };
  if (second === undefined) return { service: ofCluster(spec, serviceNamed(first)) };
  const service = serviceNamed(second);
  const hosts = service.hosts(spec);
  const host = hosts.find(({ name }) => name === first);
  if (host !== undefined) return { service, host };
  throw unknown(
    `host ${first} with ${second}`,
    first,
    hosts.map(({ name }) => name),
  );
}

export function serviceNamed(name: string): Service {
  const found = services.find((service) => service.name === name);
  if (found !== undefined) return found;
  throw unknown(`service ${name}`, name, [...services.map((one) => one.name), 'jenkins']);
}

/** A service that no host has is a mistake, not a change of nothing. */
function ofCluster(spec: ClusterSpec, service: Service): Service {
  if (service.hosts(spec).length > 0) return service;
  throw new ClusterError('USAGE', `no host of the cluster file has ${service.name}`, {
    remedy: 'ci-cluster status shows which services there are.',
  });
}

export function controllersNamed(
  { jenkins }: ClusterSpec,
  name: string | undefined,
): readonly JenkinsController[] {
  const found = jenkins.filter((one) => name === undefined || one.name === name);
  if (found.length > 0) return found;
  throw unknown(
    `controller ${name ?? ''}`.trim(),
    name ?? '',
    jenkins.map((one) => one.name),
  );
}

function unknown(what: string, name: string, known: readonly string[]): ClusterError {
  const near = nearestOf(name, known);
  const meant = near === undefined ? '' : `, did you mean ${near}?`;
  const list = known.length === 0 ? 'none' : known.join(', ');
  return new ClusterError('USAGE', `the cluster has no ${what}${meant}`, {
    remedy: `There is: ${list}.`,
  });
}
