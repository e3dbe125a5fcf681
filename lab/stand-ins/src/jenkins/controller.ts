import { randomBytes } from 'node:crypto';
import type { CascConfig } from './casc.ts';
import type { Jobs } from './jobs.ts';
import type { Queue } from './queue.ts';
import type { Security } from './security.ts';
import type { Settings } from './settings.ts';

/** The LTS core whose contract this stand-in keeps. */
export const version = '2.568.2';
/** Of the remoting library in that core, as far as agents and clients look at it. */
export const remotingMinimumVersion = '3107.v665000b_51092';

/** One running Jenkins. */
export class Controller {
  readonly settings: Settings;
  readonly config: CascConfig;
  readonly jobs: Jobs;
  readonly queue: Queue;
  readonly security: Security;
  /** Differs at each start. */
  readonly session = randomBytes(4).toString('hex');
  readonly now: () => number;
  readonly exit: () => void;
  /** Of the listener that is really open; -1 if there is none. */
  agentPort = -1;
  ready = false;
  quietingDown = false;

  constructor(parts: {
    settings: Settings;
    config: CascConfig;
    jobs: Jobs;
    queue: Queue;
    security: Security;
    now: () => number;
    exit: () => void;
  }) {
    this.settings = parts.settings;
    this.config = parts.config;
    this.jobs = parts.jobs;
    this.queue = parts.queue;
    this.security = parts.security;
    this.now = parts.now;
    this.exit = parts.exit;
  }

  get executors(): number {
    return this.config.jenkins.numExecutors ?? 2;
  }

  /** Ends in `/`. The configured address, or where the request was sent. */
  url(host: string | undefined): string {
    const { httpPort, prefix } = this.settings;
    const configured = this.config.unclassified.location?.url;
    const url = configured ?? `http://${host ?? `localhost:${httpPort}`}${prefix}/`;
    return url.endsWith('/') ? url : `${url}/`;
  }
}
