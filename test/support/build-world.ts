import { quote } from '../../src/adapters/quote.ts';
import type { BuildRequest } from '../../src/build/run-build.ts';
import type { ClusterSpec } from '../../src/config/cluster-spec.ts';
import type { Ports } from '../../src/ports.ts';
import type { Event } from '../../src/run/events.ts';
import { adminPassword, clusterFile, controller, specOf } from './cluster-file.ts';
import { fakeClock, type FakeClock } from './fake-clock.ts';
import type { FakeService } from './fake-host.ts';
import { fakeJenkins, type FakeBuildCourse, type FakeJenkins } from './fake-jenkins.ts';
import { fakePool, poolAnswers, type FakePool } from './fake-pool.ts';
import { sightOf } from './sight.ts';

/** One controller, a leading master, and nothing else: what a build needs. */
export interface BuildWorld {
  readonly clock: FakeClock;
  readonly spec: ClusterSpec;
  readonly jenkins: FakeJenkins;
  readonly pool: FakePool;
  readonly events: Event[];
  readonly interruption: AbortController;
  readonly request: BuildRequest;
}

interface BuildWorldParts {
  readonly course?: Partial<FakeBuildCourse>;
  readonly pool?: Partial<FakePool>;
  readonly template?: Record<string, unknown>;
  readonly canary?: Record<string, unknown>;
  /** Laid over the services by `host:port` or `host/port`. */
  readonly services?: Readonly<Record<string, FakeService>>;
  readonly timeoutMs?: number;
}

export const agentImage = 'registry.example.com/build-agent:1';

export async function buildWorld(parts: BuildWorldParts = {}): Promise<BuildWorld> {
  const buildAgents = { build: { image: agentImage, ...parts.template } };
  const main = controller({ buildAgents, ...(parts.canary && { canary: parts.canary }) });
  const spec = await specOf(clusterFile({ jenkins: { main } }));
  const clock = fakeClock();
  const { course } = parts;
  const jenkins = fakeJenkins({ clock, password: adminPassword, ...(course && { course }) });
  const framework = { id: 'ci-jenkins-main', name: 'jenkins-main', active: true, connected: true };
  const pool = fakePool({
    frameworks: [framework],
    tasks: () => jenkins.tasks(framework.id),
    agents: [
      { id: 'S-a1', hostname: '10.0.0.101', cpus: 4, mem: 6500 },
      { id: 'S2', hostname: '10.0.0.102', cpus: 4, mem: 6500 },
    ],
    ...parts.pool,
  });
  const services = {
    ...{ 'm1:5050': leader(pool), 'a1/8081': serviceOf(jenkins), 'a2/8081': serviceOf(jenkins) },
    ...parts.services,
  };
  const sight = await sightOf(services, { spec });
  const events: Event[] = [];
  const interruption = new AbortController();
  const ports = { clock, quote, signal: interruption.signal } as unknown as Ports;
  const request = {
    ...{ sight, ports, label: 'build', timeoutMs: parts.timeoutMs ?? 60_000 },
    report: (event: Event) => events.push(event),
    controller: spec.jenkins[0]!,
  };
  return { clock, spec, jenkins, pool, events, interruption, request };
}

export function serviceOf(jenkins: FakeJenkins): FakeService {
  return { http: (request) => jenkins.answers(request) };
}

/** Ready, and with the pool's answers. */
export function leader(pool: FakePool): FakeService {
  return {
    http: (request) => {
      if (request.path.startsWith('/metrics')) return { body: '{"registrar/log/ensemble_size":3}' };
      if (request.body?.includes('GET_HEALTH') === true) return { status: 200 };
      return poolAnswers(pool, request) ?? { status: 404 };
    },
  };
}
