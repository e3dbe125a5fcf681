import { randomUUID } from 'node:crypto';
import type { FrameworkInfo } from '../../shared/mesos.ts';
import type { Cloud, CloudHost } from '../cloud.ts';
import { MesosAgents } from './mesos-agents.ts';
import { MesosApi } from './mesos-api.ts';
import { parseMesosCloud, type AgentTemplate, type MesosCloudConfig } from './mesos-casc.ts';
import { detectMaster } from './master-detector.ts';
import { readPluginSettings, type PluginSettings } from './plugin-settings.ts';
import { existingSession, sessionOf } from './sessions.ts';
import { describe, type Waiting } from './waiting-list.ts';

/** For logging only; Jenkins has no place where it shows this. */
export interface MesosCloudStatus {
  readonly connected: boolean;
  readonly masterUrl: string | undefined;
  readonly frameworkId: string;
  readonly waiting: readonly Waiting[];
}

const logger = 'org.jenkinsci.plugins.mesos.MesosCloud';
const reportEveryMs = 60_000;

/** `config` is the value of `jenkins.clouds[].mesos`; throws `CascError` where the plugin's classes refuse it. */
export function createMesosCloud(config: unknown, host: CloudHost): MesosCloud {
  return new MesosCloud(parseMesosCloud(config), host);
}

/**
 * The cloud of the Jenkins Mesos plugin 2.0 (jenkinsci/mesos-plugin, mesosphere/usi), faults included. It
 * connects when an agent is wanted for the first time, not before (`MesosApi.getInstance` is called by
 * `startAgent` and `getPending` only, and those when a queue is longer than the free executors).
 */
export class MesosCloud implements Cloud {
  readonly name = 'MesosCloud';
  readonly #config: MesosCloudConfig;
  readonly #host: CloudHost;
  readonly #frameworkId: string;
  readonly #agents: MesosAgents;
  #api: MesosApi | undefined;
  #stops: (() => void)[] = [];

  constructor(config: MesosCloudConfig, host: CloudHost) {
    this.#config = config;
    this.#host = host;
    this.#frameworkId = config.frameworkId === '' ? randomUUID() : config.frameworkId;
    this.#agents = new MesosAgents({
      cloudName: this.name,
      config,
      host,
      api: () => this.#connect(),
    });
    host.log(
      'INFO',
      logger,
      `Created Mesos cloud instance for framework ${this.#frameworkId} and endpoint ${config.mesosMasterUrl ?? 'null'}`,
    );
  }

  /** Jobs without a label are never given to this cloud (`MesosCloud.getSpecForLabel`). */
  provides(label: string | undefined): boolean {
    return this.#templateFor(label) !== undefined;
  }

  provision(label: string): void {
    const template = this.#templateFor(label);
    if (template !== undefined) this.#agents.launch(template);
  }

  /** The plugin counts what is on its way for other labels, too: those delay this one. */
  pending(): number {
    return this.#agents.planned + (this.#api?.pending() ?? 0);
  }

  terminate(node: string): void {
    this.#host.log('INFO', 'org.jenkinsci.plugins.mesos.MesosJenkinsAgent', `Killing task ${node}`);
    this.#api?.kill(node);
  }

  start(): void {
    const { clock, nodes } = this.#host;
    this.#stops = [
      this.#agents.retire(),
      clock.every(reportEveryMs, () => {
        this.#report();
      }),
    ];
    if (existingSession(nodes, this.#frameworkId) !== undefined) void this.#connect();
  }

  async stop(): Promise<void> {
    for (const stop of this.#stops) stop();
    const api = await existingSession(this.#host.nodes, this.#frameworkId)?.catch(() => undefined);
    api?.pause();
  }

  status(): MesosCloudStatus {
    return {
      connected: this.#api?.connected ?? false,
      masterUrl: this.#api?.masterUrl,
      frameworkId: this.#frameworkId,
      waiting: this.#api?.waiting.list() ?? [],
    };
  }

  #templateFor(label: string | undefined): AgentTemplate | undefined {
    if (label === undefined) return undefined;
    return this.#config.mesosAgentSpecTemplates.find((template) =>
      template.label.split(/\s+/).includes(label),
    );
  }

  async #connect(): Promise<MesosApi> {
    const { nodes } = this.#host;
    const api = await sessionOf(nodes, this.#frameworkId, () => this.#newApi());
    this.#api = api;
    api.start();
    return api;
  }

  async #newApi(): Promise<MesosApi> {
    const host = this.#host;
    const { mesosMasterUrl: master } = this.#config;
    const settings = readPluginSettings(host.property);
    const framework = this.#framework(settings);
    if (master === undefined) throw new Error('java.lang.NullPointerException');
    const masterUrl = await detectMaster({ master, clock: host.clock, log: host.log });
    const role = framework.roles?.[0] ?? '*';
    host.log(
      'INFO',
      'org.jenkinsci.plugins.mesos.MesosApi',
      `Initialized Mesos API object for framework ${this.#frameworkId}`,
    );
    return new MesosApi({ masterUrl, framework, role, settings, host, random: Math.random });
  }

  /** `MesosApi.buildFrameworkInfo`: no checkpointing, so an agent's restart ends what runs on it. */
  #framework({ failoverTimeoutMs }: PluginSettings): FrameworkInfo {
    const { agentUser: user, frameworkName: name, role } = this.#config;
    if (user === undefined || name === undefined || role === undefined) {
      throw new Error('java.lang.NullPointerException');
    }
    return {
      user,
      name,
      id: { value: this.#frameworkId },
      roles: [role],
      capabilities: ['MULTI_ROLE', 'REGION_AWARE', 'PARTITION_AWARE'].map((type) => ({ type })),
      failover_timeout: failoverTimeoutMs / 1000,
    };
  }

  #report(): void {
    const { clock, log } = this.#host;
    for (const waiting of this.status().waiting) {
      log('INFO', logger, describe(waiting, clock.now()));
    }
  }
}
