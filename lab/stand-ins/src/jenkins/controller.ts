import { randomBytes } from 'node:crypto';
import type { Clock } from '../shared/clock.ts';
import { nodeSecrets } from './agents/node-secrets.ts';
import type { PingTimes } from './agents/agent-link.ts';
import { ApiTokens } from './api-tokens.ts';
import { BuildStore } from './builds/build-store.ts';
import { Builder } from './builds/builder.ts';
import type { CascConfig } from './casc-schema.ts';
import type { Cloud, CloudHost, JenkinsLog } from './cloud.ts';
import { applyNodes, retentions } from './configured.ts';
import { version } from './core-version.ts';
import { Jobs } from './jobs.ts';
import { Nodes } from './nodes.ts';
import type { Plugin } from './plugins.ts';
import { Queue } from './queue.ts';
import { Scheduler } from './scheduling/scheduler.ts';
import { Security } from './security.ts';
import type { Settings } from './settings.ts';

export interface ControllerParts {
  readonly settings: Settings;
  readonly config: CascConfig;
  readonly plugins: readonly Plugin[];
  readonly clock: Clock;
  readonly log: JenkinsLog;
  readonly exit: () => void;
  /** Reads the configuration again. */
  readonly reread: () => CascConfig;
  /** Of the configuration's `clouds`. */
  readonly makeClouds: (config: CascConfig, host: CloudHost) => readonly Cloud[];
}

const quietPeriodSeconds = 5;

/** One running Jenkins. */
export class Controller {
  readonly settings: Settings;
  readonly plugins: readonly Plugin[];
  readonly clock: Clock;
  readonly log: JenkinsLog;
  readonly exit: () => void;
  readonly jobs: Jobs;
  readonly queue: Queue;
  readonly builds: BuildStore;
  readonly nodes: Nodes;
  readonly tokens: ApiTokens;
  readonly security: Security;
  readonly builder: Builder;
  readonly scheduler: Scheduler;
  /** Differs at each start. */
  readonly session = randomBytes(4).toString('hex');
  /** Of the listener that is really open; -1 if there is none. */
  agentPort = -1;
  ready = false;
  quietingDown = false;
  /** In the words of whoever asked for it. */
  quietDownReason: string | undefined = undefined;
  readonly #parts: ControllerParts;
  #config: CascConfig;
  #clouds: readonly Cloud[];

  constructor(parts: ControllerParts) {
    const { settings, config, clock, log } = parts;
    const { home } = settings;
    this.#parts = parts;
    this.#config = config;
    this.settings = settings;
    this.plugins = parts.plugins;
    this.clock = clock;
    this.log = log;
    this.exit = parts.exit;
    this.jobs = new Jobs(home);
    this.queue = new Queue(home);
    this.builds = new BuildStore(home, version);
    this.nodes = new Nodes({ now: clock.now, secretOf: nodeSecrets(home) });
    this.tokens = new ApiTokens(home);
    this.security = new Security(config, this.tokens);
    this.builder = new Builder({
      ...{ home, jobs: this.jobs, queue: this.queue, nodes: this.nodes, builds: this.builds },
      ...{ clock, log, rootUrl: () => this.rootUrl },
      retentions: (own) => retentions(this.#config, own),
    });
    this.scheduler = new Scheduler({
      ...{ queue: this.queue, jobs: this.jobs, nodes: this.nodes, builds: this.builds, clock },
      clouds: () => this.#clouds,
      quietingDown: () => this.quietingDown,
      begin: (item, node) => {
        this.builder.begin(item, node);
      },
      retire: (name) => {
        this.removeNode(name);
      },
    });
    applyNodes(config, this.nodes);
    this.#clouds = parts.makeClouds(config, this.#cloudHost());
  }

  get config(): CascConfig {
    return this.#config;
  }

  get executors(): number {
    return this.#config.jenkins.numExecutors ?? 2;
  }

  get quietPeriodMs(): number {
    return (this.#config.jenkins.quietPeriod ?? quietPeriodSeconds) * 1000;
  }

  get pingTimes(): PingTimes {
    const seconds = (name: string, otherwise: number) =>
      Number(this.settings.property(`hudson.slaves.ChannelPinger.${name}`) ?? otherwise);
    return {
      intervalMs: seconds('pingIntervalSeconds', 300) * 1000,
      timeoutMs: seconds('pingTimeoutSeconds', 240) * 1000,
    };
  }

  /** The configured address, ending in `/`. */
  get rootUrl(): string | undefined {
    const configured = this.#config.unclassified.location?.url;
    if (configured === undefined || configured === '') return undefined;
    return configured.endsWith('/') ? configured : `${configured}/`;
  }

  /** Ends in `/`. The configured address, or where the request was sent. */
  url(host: string | undefined): string {
    const { httpPort, prefix } = this.settings;
    return this.rootUrl ?? `http://${host ?? `localhost:${httpPort}`}${prefix}/`;
  }

  /** Builds begin from now on; the result ends that, builds that run are left alone. */
  start(): () => Promise<void> {
    const stopScheduler = this.scheduler.start();
    for (const cloud of this.#clouds) cloud.start();
    this.scheduler.soon();
    return async () => {
      stopScheduler();
      await this.#stopClouds();
    };
  }

  /** Throws a `CascError` and changes nothing if the new configuration is refused. */
  async reload(): Promise<void> {
    const config = this.#parts.reread();
    const clouds = this.#parts.makeClouds(config, this.#cloudHost());
    await this.#stopClouds();
    this.#config = config;
    this.security.configure(config);
    applyNodes(config, this.nodes);
    this.#clouds = clouds;
    for (const cloud of clouds) cloud.start();
    this.scheduler.soon();
  }

  async #stopClouds(): Promise<void> {
    const clouds = this.#clouds;
    this.#clouds = [];
    await Promise.all(clouds.map((cloud) => cloud.stop()));
  }

  #cloudHost(): CloudHost {
    return {
      ...{ nodes: this.nodes, log: this.log, clock: this.clock },
      jenkinsUrl: this.url(undefined),
      property: this.settings.property,
    };
  }

  /** Deleted by hand or idle: what a cloud made it has to take back. */
  removeNode(name: string): void {
    const owner = this.nodes.get(name)?.owner;
    this.nodes.remove(name);
    // Two clouds of one plugin have the same name; each knows its own nodes.
    for (const cloud of this.#clouds) if (cloud.name === owner) cloud.terminate(name);
  }
}
