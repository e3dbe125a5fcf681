import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { networkOrder, type Address } from '../shared/address.ts';
import { realClock, sleep, type Clock } from '../shared/clock.ts';
import type { Flags } from '../shared/flags.ts';
import { json, notFound, serve } from '../shared/http.ts';
import type { Answer, HttpServer, Request } from '../shared/http.ts';
import type { Log } from '../shared/log.ts';
import { build } from '../shared/build.ts';
import type { MasterInfo } from '../shared/mesos.ts';
import { parseDurationMs } from '../shared/quantities.ts';
import { metricsSpacingMs, rateLimit } from '../shared/rate-limit.ts';
import { acceptAgent } from './agent-endpoint.ts';
import { guardBy } from './authentication.ts';
import { checkFlags, type Checked } from './checks.ts';
import { runElection } from './election.ts';
import { firewallBy } from './firewall.ts';
import { Master } from './master.ts';
import { renderMetrics } from './metrics.ts';
import type { joinLogGroup } from './log-group.ts';
import { LogRegistrar } from './registrar.ts';
import { answer, type RoutesContext } from './routes.ts';
import { masterSettings } from './settings.ts';
import { openStorage, type Storage } from './storage.ts';

export interface StartOptions {
  readonly flags: Flags;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly address: Address;
  readonly log: Log;
  readonly exit: (code: number) => void;
  readonly clock?: Clock;
  /** ZooKeeper's part, for tests without it. */
  readonly elect?: typeof runElection;
  readonly joinLog?: typeof joinLogGroup;
}

type Ready = StartOptions & { readonly clock: Clock };

export interface RunningMaster {
  readonly master: Master;
  readonly port: number;
  readonly stop: () => Promise<void>;
}

/** How long the real program has its port open before it knows any path (0.2 to 1.2 s with 1.12.0). */
const deafMs = 250;

/** Rejects with `StartError`, or with Node's error when the address cannot be bound. */
export async function startMaster(options: StartOptions): Promise<RunningMaster> {
  const ready = { ...options, clock: options.clock ?? realClock };
  let handle: Endpoint = () => notFound;
  const server = await serve(
    { host: options.address.bindIp, port: options.address.port },
    (request) => handle(request),
  );
  const checked = checkFlags(options.flags);
  const parts = assemble(ready, checked, server.port);
  handle = (request) => metricsOnly(parts, request);
  parts.storage.start();
  await sleep(ready.clock, deafMs);
  handle = (request) => answer(parts.context, request);
  letAgentsIn(server, parts.context.master);
  parts.contend();
  return {
    master: parts.context.master,
    port: server.port,
    stop: async () => {
      parts.storage.replicas?.log.stop();
      await server.close();
    },
  };
}

type Endpoint = (request: Request) => Answer | Promise<Answer | undefined> | undefined;

function metricsOnly({ context }: Parts, request: Request): Answer | Promise<Answer> {
  if (request.path !== '/metrics/snapshot') return notFound;
  return context.metrics().then((values) => json(values));
}

function letAgentsIn(server: HttpServer, master: Master): void {
  server.server.on('upgrade', (message, socket: Socket, head) => {
    acceptAgent(master, { message, socket, head });
  });
}

interface Parts {
  readonly context: RoutesContext;
  readonly storage: Storage;
  readonly contend: () => void;
}

function assemble(options: Ready, checked: Checked, port: number): Parts {
  const { flags, clock } = options;
  const info = masterInfo(options.address, port);
  const storage = openStorage({ ...options, info }, checked);
  const master = new Master({
    info,
    settings: masterSettings(flags, clock),
    registrar: storage.registrar,
    agentReregisterTimeoutMs: flags.durationMs('agent_reregister_timeout'),
    log: options.log,
    newUuid: randomUUID,
    exit: options.exit,
    clock,
  });
  let contending = false;
  const limit = rateLimit(clock, metricsSpacingMs(options.env, parseDurationMs));
  const context: RoutesContext = {
    master,
    guard: guardBy(flags),
    firewall: firewallBy(flags),
    replica: storage.replicas?.replica,
    metrics: async () => {
      await limit();
      return renderMetrics(metricSources(master, storage, contending));
    },
    facts: () => ({
      flags: flags.entries(),
      cluster: flags.text('cluster'),
      startMs: master.startMs,
      electedMs: master.electedMs,
    }),
  };
  const start = () => {
    contending = true;
    contend(options, master, checked);
  };
  return { context, storage, contend: start };
}

function metricSources(master: Master, storage: Storage, contending: boolean) {
  const { registrar, replicas } = storage;
  return {
    core: contending ? master.core : undefined,
    elected: master.elected,
    recovered: master.recovered,
    startMs: master.startMs,
    log: replicas?.log,
    registrar: registrar instanceof LogRegistrar ? registrar : undefined,
  };
}

function contend(options: Ready, master: Master, { url }: Checked): void {
  const { info } = master.core;
  if (url === undefined) {
    master.leaderDetected(info);
    return;
  }
  (options.elect ?? runElection)({
    url,
    info,
    sessionTimeoutMs: options.flags.durationMs('zk_session_timeout'),
    clock: options.clock,
    onLeader: (leader) => {
      master.leaderDetected(leader);
    },
    onCandidacyLost: () => {
      master.candidacyLost();
    },
    onError: (error) => {
      options.log.warning('group.cpp:455', String(error));
    },
  });
}

function masterInfo(address: Address, boundPort: number): MasterInfo {
  const { ip, hostname } = address;
  const port = address.port === 0 ? boundPort : address.advertisedPort;
  return {
    id: randomUUID(),
    ip: networkOrder(ip),
    port,
    pid: `master@${ip}:${port}`,
    hostname,
    version: build.version,
    address: { hostname, ip, port },
    capabilities: [{ type: 'AGENT_UPDATE' }, { type: 'AGENT_DRAINING' }, { type: 'QUOTA_V2' }],
  };
}
