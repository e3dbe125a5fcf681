import type { Service } from '../services/service.ts';
import type { Gate, HostWork, Stage } from './step.ts';

const gateOf: Readonly<Record<Service['name'], Gate>> = {
  zookeeper: 'ensemble',
  'mesos-master': 'masters',
  'mesos-agent': 'agents',
  marathon: 'marathon',
  gateway: 'gateways',
  keepalived: 'entrance',
};

/** Of the services that lean on it: a first changed member that they cannot live with is found by them. */
export const leaningOn: Readonly<Record<Service['name'], readonly Gate[]>> = {
  zookeeper: ['masters', 'marathon'],
  'mesos-master': ['agents', 'marathon'],
  'mesos-agent': [],
  marathon: ['jenkins'],
  gateway: ['jenkins'],
  keepalived: [],
};

type GateStage = Extract<Stage, { kind: 'gate' }>;

/** A member that votes is needed whether its turn has come or not. */
export function gateStage(service: Service, later: readonly HostWork[] = []): GateStage {
  const gate = { kind: 'gate', phase: service.phase, gate: gateOf[service.name] } as const;
  return service.votes || later.length === 0
    ? gate
    : { ...gate, except: later.map(({ host }) => host) };
}

export function hostsStage(
  phase: Stage['phase'],
  work: readonly HostWork[],
): readonly Extract<Stage, { kind: 'hosts' }>[] {
  const busy = work.filter(({ steps }) => steps.length > 0);
  return busy.length === 0
    ? []
    : [{ kind: 'hosts', phase, work: busy.map(({ host, steps }) => ({ host, steps })) }];
}
