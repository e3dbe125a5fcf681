import { realClock } from '../shared/clock.ts';
import { serve, type Handler, type HttpServer } from '../shared/http.ts';
import { listenForAgents, portOf } from './agents/agent-listener.ts';
import { jenkinsHandler } from './api/handler.ts';
import { startingPage } from './api/pages.ts';
import { CascError, loadCasc } from './casc.ts';
import type { CascConfig } from './casc-schema.ts';
import { createMesosCloud } from './cloud/mesos-cloud.ts';
import { makeClouds } from './clouds.ts';
import { configXml } from './config-xml.ts';
import { Controller } from './controller.ts';
import { version } from './core-version.ts';
import { HomeNotWritable, markHome, prepareHome } from './home.ts';
import { readPlugins } from './plugins.ts';
import { requirePlugins } from './require-plugins.ts';
import { readSettings, type Settings } from './settings.ts';

/** Of `hudson.lifecycle.ExitLifecycle`; also taken here for a start that its configuration prevents. */
const exitCodeOnRestart = 5;
/** A real start takes half a minute and more; this much is enough for others to meet the 503. */
const startupMs = 1500;
/** The agent listener does not follow --httpListenAddress. */
const everywhere = '0.0.0.0';
const logger = 'jenkins';

function log(level: 'INFO' | 'WARNING' | 'SEVERE', name: string, message: string): void {
  const stamp = new Date().toISOString().replace('T', ' ').replace('Z', '+0000');
  process.stdout.write(`${stamp} [id=1]\t${level}\t${name}: ${message}\n`);
}

function main(): void {
  const settings = readSettings(process.argv.slice(2), process.env);
  try {
    prepareHome(settings.home, new Date().toString(), (text) => {
      process.stdout.write(`${text}\n`);
    });
  } catch (error) {
    if (!(error instanceof HomeNotWritable)) throw error;
    process.stdout.write(`${error.message}\n`);
    process.exit(1);
  }
  start(settings).catch((error: unknown) => {
    log('SEVERE', logger, error instanceof Error ? error.message : String(error));
    process.exit(error instanceof CascError ? exitCodeOnRestart : 1);
  });
}

async function start(settings: Settings): Promise<void> {
  const server = await serveEarly(settings);
  const plugins = readPlugins(settings.pluginList);
  const reread = () => {
    const read = configure(settings);
    if (plugins !== undefined) requirePlugins(read, plugins);
    return read;
  };
  const config = reread();
  markHome(settings.home, version, configXml(config, version));
  const controller = new Controller({
    ...{ settings, config, clock: realClock, log },
    plugins: plugins ?? [],
    reread,
    makeClouds: makeClouds({ mesos: createMesosCloud }),
    exit: () => {
      stop(server.http, exitCodeOnRestart);
    },
  });
  await openAgentPort(controller);
  server.handOver(jenkinsHandler(controller));
  stopOnSignals(server.http);
  setTimeout(() => {
    controller.ready = true;
    controller.start();
    log('INFO', logger, 'Jenkins is fully up and running');
  }, startupMs);
}

/** The HTTP port is open, with the page that asks to wait, before Jenkins itself exists. */
async function serveEarly({
  httpListenAddress: host,
  httpPort: port,
}: Settings): Promise<{ http: HttpServer; handOver: (handler: Handler) => void }> {
  let handler: Handler = startingPage;
  const http = await serve({ host, port }, (request) => handler(request));
  log(
    'INFO',
    logger,
    `Winstone Servlet Engine running: httpListenAddress=${host} httpPort=${port}`,
  );
  return {
    http,
    handOver: (next) => {
      handler = next;
    },
  };
}

function configure(settings: Settings): CascConfig {
  const { cascSources, cascMergeStrategy, secretsFolder } = settings;
  return loadCasc({
    sources: cascSources,
    mergeStrategy: cascMergeStrategy,
    secretsFolder,
    env: process.env,
    onUnresolved: (name) => {
      const message = `Found unresolved variable '${name}'. Will default to empty string`;
      log('WARNING', logger, message);
    },
  });
}

async function openAgentPort(controller: Controller): Promise<void> {
  const { settings, config, nodes, clock, session, pingTimes: ping } = controller;
  const saved = config.jenkins.slaveAgentPort;
  const port = settings.agentPortEnforced ? settings.agentPort : (saved ?? settings.agentPort);
  if (port === undefined || port < 0) return;
  const address = { host: everywhere, port };
  const server = await listenForAgents(address, { session, nodes, clock, ping, log });
  controller.agentPort = portOf(server);
  log('INFO', logger, `TCP agent listener started on port ${controller.agentPort}`);
}

function stopOnSignals(server: HttpServer): void {
  process.once('SIGTERM', () => {
    stop(server, 143);
  });
  process.once('SIGINT', () => {
    stop(server, 130);
  });
}

/** The answer to the request that asked for it has to get out first. */
function stop(server: HttpServer, code: number): void {
  log('INFO', logger, 'Jenkins stopped');
  setTimeout(() => {
    void server.close();
    process.exit(code);
  }, 200);
}

main();
