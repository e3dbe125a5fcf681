import { hostname, userInfo } from 'node:os';
import { realClock } from '../shared/clock.ts';
import { serve } from '../shared/http.ts';
import type { Handler, HttpServer } from '../shared/http.ts';
import { ZooKeeperSession } from '../shared/zookeeper.ts';
import { parseZooKeeperUrl } from '../shared/zookeeper-url.ts';
import { basicAuthentication } from './api/basic-authentication.ts';
import { leaderFilter } from './api/leader-filter.ts';
import { Election } from './election.ts';
import { exitCodes } from './exit-codes.ts';
import { startLeading } from './leadership.ts';
import { createLog } from './log.ts';
import { parseOptions, type Options } from './options.ts';
import { Shutdown } from './shutdown.ts';
import { ZooKeeperStore } from './zookeeper-store.ts';

const log = createLog(
  (line) => process.stdout.write(line),
  () => new Date(),
);

const shutdown = new Shutdown(log, (code) => process.exit(code));
const { crash } = shutdown;

function main(): void {
  let options: Options;
  try {
    options = parseOptions({
      argv: process.argv.slice(2),
      env: process.env,
      hostname: hostname(),
      user: userInfo().username,
    });
  } catch (error) {
    process.stderr.write(`[scallop] Error: ${messageOf(error)}\n`);
    process.exit(exitCodes.badFlag);
  }
  warnAboutLibprocess();
  run(options).catch((error: unknown) => {
    crash('uncaught', messageOf(error));
  });
}

async function run(options: Options): Promise<void> {
  const self = `${options.hostname}:${options.httpPort}`;
  const url = parseZooKeeperUrl(options.zk);
  let ownHandler: Handler | undefined;
  const election = new Election({
    url,
    session: (given) => new ZooKeeperSession(given),
    sessionTimeoutMs: options.zkSessionTimeoutMs,
    connectionTimeoutMs: options.zkConnectionTimeoutMs,
    self,
    crash,
    log,
    onElected: () => {
      log.info(`Elected (Leader Interface): ${self}`);
      const store = new ZooKeeperStore(() => election.session, `${url.path}/state`);
      const abdicate = () => {
        crash('leadershipEndedGracefully', 'abdicating leadership');
      };
      const { atOnce } = shutdown;
      const leading = { options, store, self, log, crash, abdicate, atOnce, clock: realClock };
      startLeading(leading).then(
        (handler) => {
          ownHandler = handler;
        },
        (error: unknown) => {
          crash('leadershipEndedFaulty', messageOf(error));
        },
      );
    },
  });
  const filter = leaderFilter({
    self,
    ownHandler: () => ownHandler,
    leader: () => election.leader,
    connectTimeoutMs: options.leaderProxyConnectionTimeoutMs,
    readTimeoutMs: options.leaderProxyReadTimeoutMs,
  });
  const server = await listen(options, basicAuthentication(options, filter));
  shutdown.atEnd(() => {
    election.leave();
    void server.close();
  });
  stopOnSignals();
  log.info(`listening on ${options.httpAddress ?? '0.0.0.0'}:${options.httpPort}`);
  await election.start();
}

async function listen(options: Options, handler: Handler): Promise<HttpServer> {
  const host = options.httpAddress ?? '0.0.0.0';
  try {
    return await serve({ host, port: options.httpPort }, handler);
  } catch (error) {
    crash('cannotBind', `cannot bind ${host}:${options.httpPort}: ${messageOf(error)}`);
    throw error;
  }
}

/** As a JVM does: the shutdown hooks run, then the process ends with 128 + signal. */
function stopOnSignals(): void {
  for (const [signal, code] of [['SIGTERM', 143] as const, ['SIGINT', 130] as const]) {
    process.once(signal, () => {
      log.info(`${signal}: shutting down`);
      shutdown.end(code);
    });
  }
}

function warnAboutLibprocess(): void {
  for (const name of ['LIBPROCESS_IP', 'LIBPROCESS_PORT']) {
    if (process.env[name] !== undefined) continue;
    log.warning(`${name} is not set: masters may not be able to connect back to this scheduler`);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

process.on('uncaughtException', (error) => {
  crash('uncaught', error.stack ?? error.message);
});
process.on('unhandledRejection', (error) => {
  crash('uncaught', messageOf(error));
});
main();
