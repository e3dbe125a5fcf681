import type { Role } from '../../config/cluster-spec.ts';
import type { MemberSession } from './member-session.ts';
import { createMemberSession } from './member-session.ts';
import type { Place, Watch } from './place.ts';
import { electedProbe } from './probe-elected.ts';
import { gatewayProbe, jenkinsProbe } from './probe-gateway.ts';
import { appsProbe, marathonProbe } from './probe-marathon.ts';
import { mesosProbe } from './probe-mesos.ts';
import { stateProbe } from './probe-state.ts';
import { writeProbe } from './probe-write.ts';
import { syncedProbe, zookeeperProbe } from './probe-zookeeper.ts';
import type { Probe } from './probe.ts';

export interface AllProbes {
  readonly probes: readonly Probe[];
  /** To be closed at the end. */
  readonly sessions: readonly MemberSession[];
}

/** From the operator's side: every server, and whoever leads. */
export function allProbes(watch: Watch, id: string): AllProbes {
  const of = (role: Role) => watch.places.filter(({ host }) => host.roles.includes(role));
  const members = of('zookeeper').map((place) => ofMember(watch, place, id));
  const gateways = watch.places.filter(
    ({ host }) => host.roles.includes('gateway') || host.roles.includes('mesos-agent'),
  );
  return {
    sessions: members.flatMap(({ sessions }) => sessions),
    probes: [
      ...members.flatMap(({ probes }) => probes),
      ...of('mesos-master').map((place) => mesosProbe(watch, place)),
      ...of('marathon').map((place) => marathonProbe(watch, place)),
      ...gateways.flatMap((place) => [
        gatewayProbe(watch, place),
        ...watch.spec.jenkins.map((controller) => jenkinsProbe(place, controller)),
      ]),
      ...[syncedProbe(watch), stateProbe(watch), appsProbe(watch)],
    ],
  };
}

/** Two sessions: a read would wait behind a write that nobody acknowledges. */
function ofMember(watch: Watch, place: Place, id: string): AllProbes {
  const endpoint = { address: place.host.address, port: watch.spec.zookeeper.clientPort };
  const [session, reader] = [
    createMemberSession(place.zookeeper, endpoint),
    createMemberSession(place.zookeeper, endpoint),
  ];
  return {
    sessions: [session, reader],
    probes: [
      zookeeperProbe(watch, place),
      writeProbe(watch, place, { session, id }),
      electedProbe(watch, place, reader),
    ],
  };
}
